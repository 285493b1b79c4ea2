"""Sessions and samples by hand."""

from local.insights.instances import Instance
from local.insights.sessions import History, Sample, Session


def session(
    statement: str = "SELECT 1",
    *,
    application: str = "ehr",
    user: str = "app",
    wait: str = "CPU",
    database: str = "clinical",
) -> Session:
    return Session(
        database=database,
        user_id="16384",
        user=user,
        application=application,
        host="127.0.0.1",
        kind="FOREGROUND",
        wait_type=wait.partition(":")[0],
        wait=wait,
        statement=statement,
    )


def history(*samples: Sample) -> History:
    found = History()
    for sample in samples:
        found.add(sample)
    return found


def instance(*, is_replica: bool = False, storage_gib: int = 20) -> Instance:
    return Instance(
        region="ca-central-1",
        identifier="statline-primary",
        resource_id="db-PRIMARY",
        port=5432,
        is_replica=is_replica,
        has_replicas=not is_replica,
        storage_gib=storage_gib,
        has_insights=True,
    )
