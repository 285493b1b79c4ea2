"""The environment of the function that checks restored backups.

In the VPC, with gateway endpoints only. It needs all 15 minutes and 512 MB, the layer ``lambda-postgres``, and to get
to the port of the replica and of restored instances. Its rights:

    dynamodb:GetItem, PutItem    the table of backups
    rds-db:connect               dbuser:*/<replica.user> (a restored instance's resource id is not known beforehand;
                                 the primary stays shut by its security group, and is refused by what it says itself)
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from functions.core.adapters.environment import Settings
from functions.database.access import DatabaseAccess


class SqlCheck(BaseModel):
    """A question that one number answers, and what the answer must be.

    sql: one SELECT of one number. It runs read-only, on the restored copy.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sql: str
    must_be: Literal["at_least", "at_most", "equal_to"]
    value: float


class BackupChecksSettings(Settings):
    """The replica, the table of backups, and the checks of this deployment's own (``sql/`` has everybody's)."""

    backups_table: str
    replica: DatabaseAccess
    checks: tuple[SqlCheck, ...] = ()
