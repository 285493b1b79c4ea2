"""What producers and Statline agree on: the message, the directory's changes, the events. Imports nothing of ours."""
