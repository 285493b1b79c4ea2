"""Notes what the replica holds before and after its snapshot, and checks the restored copy against it."""
