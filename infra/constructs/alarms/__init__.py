"""The alarms of a region: rows by capability, and the constructs that make them."""
