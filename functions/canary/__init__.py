"""Sends test notifications through every lane and channel, and says whether they arrived."""
