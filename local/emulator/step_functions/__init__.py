"""Step Functions: its executions."""
