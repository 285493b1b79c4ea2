"""The versions of everything, with hashes; `python -m locks` chooses them anew."""
