"""``statline backup``."""
