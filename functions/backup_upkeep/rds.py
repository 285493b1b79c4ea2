"""RDS of one region, as upkeep needs it: what is there, and to remove it.

Removing what is gone already is a success. Removing what the workflow has not made is an error, whoever asks.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.backup_upkeep.ports import NotOursError, RdsRefusedError, RdsUnavailableError
from functions.core.adapters.aws.clients import USER_AGENT
from functions.core.domain.backup.leftovers import StoredExport, StoredInstance
from functions.core.domain.backup.retention import StoredSnapshot

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

CALLS = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "total_max_attempts": 4},
    user_agent=USER_AGENT,
)
"""RDS's control plane takes its time. Every call made here may be repeated without harm."""
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "InternalFailure"})
_SERVER_SIDE = 500


class Rds:
    """RDS in one region. Every method raises `RdsUnavailableError` and `RdsRefusedError`."""

    def __init__(self, client: "RDSClient") -> None:
        self._client = client

    def snapshots(self) -> tuple[StoredSnapshot, ...]:
        """Every manual snapshot of the region, ours and others'."""
        pages = self._pages("describe_db_snapshots", "look at the snapshots", SnapshotType="manual")
        return tuple(
            StoredSnapshot(each["DBSnapshotIdentifier"], each["Status"], _tags(each))
            for page in pages
            for each in page["DBSnapshots"]
        )

    def instances(self) -> tuple[StoredInstance, ...]:
        """Every DB instance of the region, ours and others'."""
        pages = self._pages("describe_db_instances", "look at the instances")
        return tuple(
            StoredInstance(
                each["DBInstanceIdentifier"],
                each["DBInstanceStatus"],
                _tags(each),
                each.get("ReadReplicaSourceDBInstanceIdentifier") or None,
            )
            for page in pages
            for each in page["DBInstances"]
        )

    def exports(self) -> tuple[StoredExport, ...]:
        """Every export task of the region, ours and others'."""
        pages = self._pages("describe_export_tasks", "look at the exports")
        return tuple(
            StoredExport(each["ExportTaskIdentifier"], each["Status"], each["SourceArn"])
            for page in pages
            for each in page["ExportTasks"]
        )

    def find_snapshot(self, name: str) -> Mapping[str, Any] | None:
        """One snapshot as RDS describes it."""
        try:
            with _told_apart(f"look at {name}"):
                found = self._client.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"]
        except _GoneError:
            return None
        return dict(found[0]) if found else None

    def delete_snapshot(self, snapshot: StoredSnapshot) -> bool:
        """Delete a snapshot; a copy in the making ends with it.

        Answer whether it is gone or going. Raises `NotOursError`.
        """
        name = snapshot.name
        if not snapshot.is_ours:
            raise NotOursError(f"the snapshot {name} was not made by a backup: it is not deleted")
        return self._removed(f"delete {name}", lambda: self._client.delete_db_snapshot(DBSnapshotIdentifier=name))

    def drop_instance(self, instance: StoredInstance) -> bool:
        """Drop an instance with its automated backups, and take no last snapshot.

        Answer whether it is gone or going. Raises `NotOursError`.
        """
        name = instance.name
        if not instance.may_be_dropped:
            raise NotOursError(f"the instance {name} was not restored by a backup: it is not dropped")
        return self._removed(
            f"drop {name}",
            lambda: self._client.delete_db_instance(
                DBInstanceIdentifier=name, SkipFinalSnapshot=True, DeleteAutomatedBackups=True
            ),
        )

    def cancel_export(self, export: StoredExport) -> bool:
        """Cancel an export. Answer whether it has ended or is ending. Raises `NotOursError`."""
        name = export.name
        if export.backup is None:
            raise NotOursError(f"the export {name} was not started by a backup: it is not cancelled")
        return self._removed(
            f"cancel the export {name}", lambda: self._client.cancel_export_task(ExportTaskIdentifier=name)
        )

    def copy_from(self, region: str, snapshot_arn: str, *, name: str, key: str, tags: Mapping[str, str]) -> None:
        """Start to copy a snapshot of another region to here. Does nothing where the copy has been started."""
        try:
            with _told_apart(f"copy {snapshot_arn} to {name}"):
                self._client.copy_db_snapshot(
                    SourceDBSnapshotIdentifier=snapshot_arn,
                    TargetDBSnapshotIdentifier=name,
                    SourceRegion=region,
                    KmsKeyId=key,
                    CopyTags=False,
                    Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                )
        except _ThereAlreadyError:
            return
        except (_GoneError, _NotNowError) as cause:
            raise RdsRefusedError(f"RDS did not copy {snapshot_arn}: {cause}; it must be there and finished") from cause

    def _pages(self, call: Any, doing: str, **asked: str) -> Sequence[Mapping[str, Any]]:
        with _told_apart(doing):
            return list(self._client.get_paginator(call).paginate(**asked))

    def _removed(self, doing: str, call: Callable[[], object]) -> bool:
        try:
            with _told_apart(doing):
                call()
        except _GoneError:
            return True
        except _NotNowError:
            return False
        return True


class _GoneError(Exception):
    """It is not there."""


class _NotNowError(Exception):
    """Its state does not allow it yet."""


class _ThereAlreadyError(Exception):
    """There is one of this name."""


_MEANING: Mapping[str, type[Exception]] = {
    "DBSnapshotNotFound": _GoneError,
    "DBSnapshotNotFoundFault": _GoneError,
    "DBInstanceNotFound": _GoneError,
    "DBInstanceNotFoundFault": _GoneError,
    "ExportTaskNotFound": _GoneError,
    "ExportTaskNotFoundFault": _GoneError,
    "InvalidExportTaskState": _GoneError,
    "InvalidExportTaskStateFault": _GoneError,
    "InvalidDBSnapshotState": _NotNowError,
    "InvalidDBSnapshotStateFault": _NotNowError,
    "InvalidDBInstanceState": _NotNowError,
    "InvalidDBInstanceStateFault": _NotNowError,
    "DBSnapshotAlreadyExists": _ThereAlreadyError,
    "DBSnapshotAlreadyExistsFault": _ThereAlreadyError,
}
"""RDS's codes, with and without the word that some of its answers end them with."""


@contextmanager
def _told_apart(doing: str) -> Iterator[None]:
    try:
        yield
    except ClientError as cause:
        code = cause.response["Error"]["Code"]
        if code in _MEANING:
            raise _MEANING[code](code) from cause
        status = cause.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in _THROTTLED or status >= _SERVER_SIDE:
            raise RdsUnavailableError(f"RDS did not {doing}: {code}") from cause
        raise RdsRefusedError(f"RDS refused to {doing}: {code}: {cause.response['Error']['Message']}") from cause
    except BotoCoreError as cause:
        raise RdsUnavailableError(f"RDS gave no answer when it was to {doing}") from cause


def _tags(described: Mapping[str, Any]) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in described.get("TagList", [])}
