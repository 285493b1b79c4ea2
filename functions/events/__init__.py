"""Tells the event bus of each change of the state table."""
