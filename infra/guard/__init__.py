"""The ways to back up a primary, and the documents that deny them."""
