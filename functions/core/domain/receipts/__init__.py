"""What comes back about a delivery."""
