"""What the stacks are made of: constructs that take resources and give rights."""
