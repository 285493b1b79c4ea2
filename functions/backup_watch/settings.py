"""The environment of the function that looks for backups on the primary."""

from functions.core.adapters.environment import Settings


class BackupWatchSettings(Settings):
    """The primary, by name only: this function never connects to it.

    backup_window: of RDS's own automated backups, UTC, ``hh:mm-hh:mm``: those are none of the findings.
    page_topic: where on-call is told who it is and since when. ticket_topic: for what can wait until the morning.
    runbook: the address of the page that says what to do.
    """

    backups_table: str
    primary: str
    backup_window: str
    page_topic: str
    ticket_topic: str
    runbook: str
