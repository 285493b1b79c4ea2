"""Lambda functions: how they are built, rolled out and woken."""
