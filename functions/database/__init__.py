"""PostgreSQL, for the few functions that may speak it: sessions, sign-in, TLS."""
