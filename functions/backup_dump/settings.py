"""The environment of the function that dumps restored backups."""

from functions.core.adapters.environment import Settings
from functions.database.access import DatabaseAccess


class BackupDumpSettings(Settings):
    """Where dumps go, and as whom to read. The host comes with each call: it is the restored instance.

    replica: looked at for its name, user, port and trust only, and never spoken to.
    """

    backups_table: str
    bucket: str
    replica: DatabaseAccess
