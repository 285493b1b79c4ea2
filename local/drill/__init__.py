"""The drill of 10 January on the laptop cloud: what a backup of the primary does, and what Statline's own does.

Notifications flow at a steady rate and applications keep the primary busy, while one thing after another happens to
the database. It measures what clinicians feel on both sides, and prints it.
"""
