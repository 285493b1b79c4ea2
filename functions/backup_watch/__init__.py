"""Finds out who backs up or dumps a primary, and tells on-call."""
