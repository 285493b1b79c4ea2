"""Takes in the changes of the directory."""
