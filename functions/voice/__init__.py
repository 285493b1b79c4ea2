"""Delivers calls, by Amazon Connect."""
