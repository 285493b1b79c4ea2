"""What is decided, a room for each subject. Pure: no AWS, no provider, no clock, no network."""
