"""Takes up the dead letters of the stat lane: another way, and a word to on-call."""
