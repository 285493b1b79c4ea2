"""The laptop cloud, and what is played on it. Nothing imports it: neither the functions nor the stacks know of it."""
