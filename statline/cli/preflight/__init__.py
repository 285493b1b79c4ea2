"""``statline preflight``."""
