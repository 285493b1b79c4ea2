"""Turns each message into a plan, and the plan into deliveries on the queues of channels."""
