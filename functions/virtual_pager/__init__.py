"""Turns a call to a virtual pager's line into a page, and tells the caller what became of it."""
