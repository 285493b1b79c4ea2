"""The code that runs on Lambda: a folder for each function, the core that they share, and how some speak PostgreSQL."""
