"""``statline directory``."""
