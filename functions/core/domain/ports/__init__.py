"""What the use cases need of the world. Adapters and fakes pass the same contract suites (tests/contract).

The values that ports speak of are imported for the type checker only: every function reads this file, and one that
sends texts is not to load the models of the whole directory for it.
"""
