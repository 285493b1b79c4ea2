"""``statline explain``."""
