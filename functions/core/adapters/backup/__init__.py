"""The table of backups."""
