"""Backups of the database's replica."""
