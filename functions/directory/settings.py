"""The directory function's environment."""

from functions.core.adapters.environment import Settings


class DirectorySettings(Settings):
    """The table that the changes go into, and the queue that keeps the ones which cannot be applied."""

    directory_table: str
    quarantine_queue: str
