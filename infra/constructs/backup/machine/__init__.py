"""The backup workflow's states: each phase in its own file, and the words that they are written in."""
