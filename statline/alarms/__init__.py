"""CloudWatch's alarms, evaluated as CloudWatch does: read from templates or from an account, fed from any figures."""
