"""Opens another way for a stat that no receipt came for in time."""
