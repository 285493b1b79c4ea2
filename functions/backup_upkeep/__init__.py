"""Removes what backups left and whose time is over, and copies one afar."""
