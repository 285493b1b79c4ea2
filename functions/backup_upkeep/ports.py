"""What upkeep needs of the world."""

from collections.abc import Mapping
from typing import Any, Protocol

from functions.core.domain.backup.leftovers import StoredExport, StoredInstance
from functions.core.domain.backup.retention import StoredSnapshot
from functions.core.domain.errors import PermanentError, TemporaryError


class RdsUnavailableError(TemporaryError):
    """RDS did not answer, or throttled us."""


class RdsRefusedError(PermanentError):
    """RDS does not do it: a right is missing, or what is asked makes no sense to it."""


class NotOursError(PermanentError):
    """Something was to be removed that no backup has made."""


class Region(Protocol):
    """RDS in one region. Every method raises `RdsUnavailableError` and `RdsRefusedError`.

    What removes answers whether it is gone or going; False: not now, its state forbids it. It raises `NotOursError` for
    what has not our name and our tag.
    """

    def snapshots(self) -> tuple[StoredSnapshot, ...]:
        """Every manual snapshot, ours and others'."""
        ...

    def instances(self) -> tuple[StoredInstance, ...]:
        """Every instance, ours and others'."""
        ...

    def exports(self) -> tuple[StoredExport, ...]:
        """Every export task, ours and others'."""
        ...

    def find_snapshot(self, name: str) -> Mapping[str, Any] | None:
        """One snapshot as RDS describes it."""
        ...

    def delete_snapshot(self, snapshot: StoredSnapshot) -> bool:
        """Delete a snapshot; a copy in the making ends with it."""
        ...

    def drop_instance(self, instance: StoredInstance) -> bool:
        """Drop an instance."""
        ...

    def cancel_export(self, export: StoredExport) -> bool:
        """Cancel an export."""
        ...

    def copy_from(self, region: str, snapshot_arn: str, *, name: str, key: str, tags: Mapping[str, str]) -> None:
        """Start to copy a snapshot of another region to here, if that has not been done."""
        ...


class Executions(Protocol):
    """The workflow's executions."""

    def runs(self, execution: str) -> bool:
        """Whether the execution of this ARN may still do something. One that nobody knows any more does not."""
        ...
