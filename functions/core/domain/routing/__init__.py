"""From a message to a plan."""
