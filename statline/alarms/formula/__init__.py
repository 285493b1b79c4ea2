"""Metric math: CloudWatch's expressions over metrics, read and computed."""
