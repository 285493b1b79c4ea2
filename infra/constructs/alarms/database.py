"""The alarms on the database: causes, not symptoms, because delivery does not use it. They explain a late directory.

RDS publishes one figure a minute, a minute late, and does so while the instance runs. So two minutes in a row are known
about four minutes after the trouble began, and three after five.
"""

from infra.config.database import DatabaseConfig, Instance, Role
from infra.constructs.alarms.database_disk import disk_alarms
from infra.constructs.alarms.database_figures import CONCERNS, REPLICATION_STOPPED, instance_figure
from infra.constructs.alarms.database_server import server_alarms
from infra.constructs.alarms.rows import AlarmRow
from infra.constructs.alarms.wholes import Whole

# The lag of a PostgreSQL replica grows for up to five minutes while nobody writes to the primary, until the next
# segment of the write-ahead log. That is no lag.
REPLICA_LAG_SECONDS = 360


def database_alarms(database: DatabaseConfig) -> list[AlarmRow]:
    """The rows of a region's database."""
    instances = (database.primary, database.replica)
    rows = [row for instance in instances for row in (*disk_alarms(instance), *server_alarms(instance))]
    return [*rows, _lag(database.replica)]


def _lag(replica: Instance) -> AlarmRow:
    return AlarmRow(
        name="Statline database replica lags",
        means=f"{CONCERNS[Role.REPLICA].means} {replica.identifier} is over {REPLICA_LAG_SECONDS} seconds behind.",
        first="Look for a long query on the replica, and for heavy writing on the primary.",
        runbook="replica-lag",
        heard_as=Whole.REPLICA,
        figure=instance_figure("ReplicaLag", replica, "Maximum"),
        threshold=REPLICA_LAG_SECONDS,
        datapoints=(5, 5),
        missing=REPLICATION_STOPPED,
    )
