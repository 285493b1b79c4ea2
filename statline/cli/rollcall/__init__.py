"""``statline rollcall``."""
