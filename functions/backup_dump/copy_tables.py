"""The tables of a restored copy, with their sizes."""

from collections.abc import Sequence

from functions.backup_dump.plan import Table
from functions.database.restored import ROLE, refuse_all_but_a_copy
from functions.database.sessions import Sessions


class CopyTables:
    """Asks the copy."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def list(self) -> Sequence[Table]:
        """Every table that has rows of its own. Raises `NotARestoredCopyError`, and what `Sessions` raises."""
        ((in_recovery, followers),) = self._sessions.rows(ROLE)
        refuse_all_but_a_copy(in_recovery, followers)
        # What belongs to an extension is made by it; of its rows pg_dump itself knows which are somebody's.
        found = self._sessions.rows(
            """
            SELECT n.nspname, c.relname, pg_table_size(c.oid)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'r' AND c.relpersistence = 'p'
              AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                              AND d.deptype = 'e')
            ORDER BY 1, 2
            """
        )
        self._sessions.close()  # what follows takes minutes, and pg_dump has a connection of its own
        return [Table(*row) for row in found]
