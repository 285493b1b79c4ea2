"""Climbs the ladders of activations until somebody acknowledges."""
