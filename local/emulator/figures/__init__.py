"""What AWS measures of its own services, and where figures are kept."""
