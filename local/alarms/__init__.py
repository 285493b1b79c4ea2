"""CloudWatch's alarms beside the laptop cloud: their states are computed here, as CloudWatch computes them."""
