"""The reconcile function between a real replica and the directory's table."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from functions.core.adapters.directory.inventory import DirectoryTableInventory
from functions.core.adapters.directory.writer import DirectoryTableWriter
from functions.core.domain.directory.reconciling import EntryName
from functions.reconcile.handler import handle
from functions.reconcile.settings import ReconcileSettings
from functions.reconcile.wiring import parts
from statline.contract.directory import DirectoryChange
from tests.fakes.clock import NOON, FakeClock
from tests.hospital_base import Hospital

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "directory"
TENANTS = ("northshore", "lakeside")


@dataclass(frozen=True)
class Context:
    """An invocation with so much time."""

    seconds: float = 60.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@dataclass(frozen=True)
class Scene:
    """The function's world."""

    hospital: Hospital
    dynamodb: "DynamoDBClient"
    monkeypatch: pytest.MonkeyPatch

    def configure(self, settings: ReconcileSettings) -> None:
        """Give the function this environment."""
        for name, value in settings.to_environment().items():
            self.monkeypatch.setenv(name, value)
        parts.cache_clear()

    def run(self, event: dict[str, Any] | None = None, *, seconds: float = 60.0) -> dict[str, Any]:
        """Invoke the function."""
        return handle(event or {}, Context(seconds))

    def import_long_ago(self, *changes: DirectoryChange) -> None:
        """Let changes have come by queue months ago."""
        writer = DirectoryTableWriter(self.dynamodb, TABLE, FakeClock())
        for change in changes:
            writer.apply(change)

    def import_now(self, *changes: DirectoryChange) -> None:
        """Let changes come by queue."""
        writer = DirectoryTableWriter(self.dynamodb, TABLE)
        for change in changes:
            writer.apply(change)

    def live(self) -> set[EntryName]:
        """What the directory has of people, phones, teams and shifts."""
        found = DirectoryTableInventory(self.dynamodb, TABLE).entries(TENANTS, NOON)
        return {entry.name for entry in found if not entry.deleted}

    def ids(self, kind: str = "user", tenant: str = "northshore") -> list[str]:
        """The ids of one kind that the directory has."""
        return sorted(name.id for name in self.live() if (name.kind, name.tenant) == (kind, tenant))


@contextmanager
def a_scene(hospital: Hospital, dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """The function with its environment, and without once more."""
    scene = Scene(hospital, dynamodb, monkeypatch)
    scene.configure(
        ReconcileSettings(directory_table=TABLE, replica=hospital.replica, tenants=TENANTS, most_deletions_percent=20)
    )
    yield scene
    parts.cache_clear()


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that was logged, with the fields of each line."""
    return "\n".join(str(vars(record)) for record in caplog.records)


def metrics(output: str) -> dict[str, float]:
    """The metrics that the function wrote, the last value of each; those with a kind are named ``Name/kind``."""
    found: dict[str, float] = {}
    for line in output.splitlines():
        said: dict[str, Any] = json.loads(line)
        for directive in said.get("_aws", {}).get("CloudWatchMetrics", []):
            kind = f"/{said['Kind']}" if "Kind" in said else ""
            found |= {metric["Name"] + kind: said[metric["Name"]] for metric in directive["Metrics"]}
    return found
