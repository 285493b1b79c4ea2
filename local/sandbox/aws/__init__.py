"""What AWS's services have in common, and what an account tells a preflight."""
