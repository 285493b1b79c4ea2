"""The functions' packages and layers, built without Docker."""
