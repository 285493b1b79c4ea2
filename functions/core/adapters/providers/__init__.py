"""Calls to the providers."""
