"""Measures how old the oldest delivery is that still waits for us."""
