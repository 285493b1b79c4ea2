"""Who can be reached how, and where that is known from."""
