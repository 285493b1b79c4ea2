"""A believable hospital group for the laptop cloud: invented people, invented numbers, the same at every start."""
