"""The database: its servers and network, and what keeps backups off its primary."""
