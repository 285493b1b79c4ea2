"""The queues, and what puts messages on them from outside."""
