"""What every call to AWS has in common."""
