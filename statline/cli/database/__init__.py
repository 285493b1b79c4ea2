"""``statline database``."""
