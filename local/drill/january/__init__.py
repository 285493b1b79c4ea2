"""The drill of 10 January: the primary dumped by hand, backed up by Statline, and stopped altogether."""
