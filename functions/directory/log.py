"""What the directory function logs: that a change was put aside, never what it held."""

from functions.core.adapters.telemetry.logs import Log
from functions.core.services.directory_changes import BadChange


class DirectoryLog:
    """Writes the log lines of directory changes."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def change_kept_aside(self, message_id: str, reason: BadChange) -> None:
        """A change is in the quarantine queue now."""
        self._log.warn("directory change kept aside", message_id=message_id, reason=reason)

    def change_put_off(self, message_id: str, cause: Exception) -> None:
        """A change goes back to its queue."""
        self._log.warn("directory change put off", message_id=message_id, error=type(cause).__name__)
