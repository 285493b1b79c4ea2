"""Delivers pushes, by Firebase Cloud Messaging."""
