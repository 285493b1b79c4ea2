"""Activations and the ladders that are climbed while nobody acknowledges."""
