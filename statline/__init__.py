"""What producers and operators install: the contract, the client, the command line, and what tries alarms."""
