"""The command line `statline`: a room for each command that has more than a file."""
