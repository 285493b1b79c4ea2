"""``statline status``."""
