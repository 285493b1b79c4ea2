"""Real PostgreSQL on this machine: what stands behind the laptop cloud's RDS, and behind tests that need a server.

Only the standard library: the emulator imports it from an environment of its own.
"""
