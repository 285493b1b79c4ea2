"""Lambda: the workers of functions, and what calls them."""
