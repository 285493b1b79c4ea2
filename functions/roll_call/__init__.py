"""Calls the roll of a team at the hours that the deployment names, and reports who answered."""
