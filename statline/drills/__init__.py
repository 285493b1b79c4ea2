"""Incidents as data, replayed in simulated time against the alarms of the synthesized templates."""
