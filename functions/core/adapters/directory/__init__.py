"""The directory table."""
