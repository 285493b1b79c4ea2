"""``statline redrive``."""
