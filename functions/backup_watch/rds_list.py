"""RDS's list of snapshots, and what Performance Insights calls the primary."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.backup_watch.ports import CannotSeeError
from functions.backup_watch.snapshots import Snapshot
from functions.core.adapters.aws.clients import USER_AGENT

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

CALLS = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    user_agent=USER_AGENT,
)
"""RDS takes seconds to list things. Every call only reads."""

_KINDS = ("automated", "manual", "awsbackup")
"""Asked for one by one: without a kind RDS leaves out what AWS Backup made."""


class RdsList:
    """What RDS says of one instance."""

    def __init__(self, client: "RDSClient", primary: str) -> None:
        self._client = client
        self._primary = primary

    def of_primary(self) -> Sequence[Snapshot]:
        """Every snapshot of the primary. Raises `CannotSeeError`."""
        try:
            return [_snapshot(entry) for kind in _KINDS for entry in self._entries(kind)]
        except (ClientError, BotoCoreError) as cause:
            raise CannotSeeError(f"RDS does not list the snapshots of {self._primary} ({_why(cause)})") from cause

    def insights_id(self) -> str:
        """What Performance Insights calls the primary. Raises `CannotSeeError`, also where they are switched off."""
        try:
            (instance,) = self._client.describe_db_instances(DBInstanceIdentifier=self._primary)["DBInstances"]
        except (ClientError, BotoCoreError) as cause:
            raise CannotSeeError(f"RDS does not describe {self._primary} ({_why(cause)})") from cause
        if not instance.get("PerformanceInsightsEnabled"):
            raise CannotSeeError(f"Performance Insights are off on {self._primary}: a dump of it would not be seen")
        return str(instance["DbiResourceId"])

    def _entries(self, kind: str) -> Iterator[Any]:
        pages = self._client.get_paginator("describe_db_snapshots")
        for page in pages.paginate(DBInstanceIdentifier=self._primary, SnapshotType=kind):
            yield from page["DBSnapshots"]


def _snapshot(entry: Any) -> Snapshot:
    return Snapshot(
        name=entry["DBSnapshotIdentifier"],
        kind=entry.get("SnapshotType", "manual"),
        status=entry["Status"],
        begun_at=entry.get("SnapshotCreateTime"),
        is_copy=bool(entry.get("SourceDBSnapshotIdentifier")),
    )


def _why(cause: ClientError | BotoCoreError) -> str:
    return cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__
