"""CloudWatch's evaluation of alarms for the laptop cloud: reads alarms and figures there, and sets the states."""
