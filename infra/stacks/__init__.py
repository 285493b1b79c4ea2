"""A region's stacks."""
