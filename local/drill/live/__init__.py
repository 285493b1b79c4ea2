"""Live drills: an incident happens to a running cloud, and what must be heard of it, and felt, is waited for."""
