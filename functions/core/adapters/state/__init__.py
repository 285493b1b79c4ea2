"""The delivery-state table."""
