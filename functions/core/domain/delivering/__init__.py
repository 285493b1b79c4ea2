"""From a delivery to an outcome."""
