"""The sandbox's own interface."""
