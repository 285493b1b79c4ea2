"""The ports made real, a room for each thing that they touch."""
