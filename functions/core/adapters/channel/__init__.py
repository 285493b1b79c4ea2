"""The two ends of every channel function: its queue's batch, and what it logs and measures."""
