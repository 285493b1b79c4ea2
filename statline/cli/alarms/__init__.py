"""``statline alarms``."""
