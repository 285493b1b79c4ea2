"""Hears the key that is pressed on a call of ours."""
