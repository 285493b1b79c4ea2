"""What is said about one notification: ``statline send``, ``show`` and ``stand-down``."""
