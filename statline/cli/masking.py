"""What a terminal may show of an address: enough to recognise it, not enough to use it."""

KEPT = 4


def masked(address: str) -> str:
    """The last characters of a number or a token, dots before them."""
    return f"...{address[-KEPT:]}" if len(address) > 2 * KEPT else "..."
