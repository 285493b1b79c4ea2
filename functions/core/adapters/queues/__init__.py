"""The queues and the bus."""
