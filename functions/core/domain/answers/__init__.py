"""What people say to an activation, and what they are told."""
