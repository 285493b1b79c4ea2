"""Compares the directory with the replica's views, and repairs it."""
