"""The people, their phones and their calls."""
