"""One laptop cloud whose RDS takes a fifth of its time, with a primary and a replica in it; gone when the tests end."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from local.cloud import Cloud, start, stop
from local.databases.server import HOST, SUPERUSER
from tests.integration.local_cloud.conftest import clients_of
from tests.integration.local_cloud.resources import Clients, await_value

PACE = ("STATLINE_RDS_PACE", "0.2")
PRIMARY, REPLICA = "the-primary", "the-replica"
DATABASE = "clinical"


def hasty_cloud(name: str) -> Cloud:
    """Start a cloud whose RDS is in a hurry, without a sandbox."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(*PACE)
        return start(f"{name}-{os.getpid()}", port=0, sandbox=False)


@dataclass(frozen=True)
class Rds:
    """RDS of one region, and the servers behind it."""

    clients: Clients
    region: str = "ca-central-1"

    @property
    def calls(self) -> Any:
        """A client of RDS."""
        return self.clients("rds", region=self.region)

    def instance(self, name: str) -> dict[str, Any]:
        """An instance as RDS describes it."""
        found: dict[str, Any] = self.calls.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        return found

    def snapshot(self, name: str) -> dict[str, Any]:
        """A snapshot as RDS describes it."""
        found: dict[str, Any] = self.calls.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
        return found

    def await_instance(self, name: str, state: str = "available") -> dict[str, Any]:
        """Wait for an instance's state, and return it."""
        return await_value(
            lambda: found if (found := self.instance(name))["DBInstanceStatus"] == state else None, seconds=20
        )

    def await_snapshot(self, name: str, state: str = "available") -> dict[str, Any]:
        """Wait for a snapshot's state, and return it."""
        return await_value(lambda: found if (found := self.snapshot(name))["Status"] == state else None, seconds=20)

    def session(self, name: str) -> "psycopg.Connection[tuple[Any, ...]]":
        """A session with the server behind an instance."""
        port = self.instance(name)["Endpoint"]["Port"]
        dsn = f"host={HOST} port={port} dbname={DATABASE} user={SUPERUSER}"
        return psycopg.connect(dsn, autocommit=True)

    def make_pair(self) -> None:
        """Make the primary, and the replica that follows it."""
        self.calls.create_db_instance(
            DBInstanceIdentifier=PRIMARY,
            Engine="postgres",
            DBInstanceClass="db.m6g.large",
            AllocatedStorage=400,
            MasterUsername="owner",
            MasterUserPassword="not-a-secret",
            DBName=DATABASE,
            MultiAZ=True,
            Tags=[{"Key": "statline:database-role", "Value": "primary"}],
        )
        self.await_instance(PRIMARY)
        self.calls.create_db_instance_read_replica(DBInstanceIdentifier=REPLICA, SourceDBInstanceIdentifier=PRIMARY)
        self.await_instance(REPLICA)


@pytest.fixture(scope="session")
def rds_cloud() -> Iterator[Cloud]:
    running = hasty_cloud("test-rds")
    yield running
    stop(running, forget=True)


@pytest.fixture(scope="session")
def rds_clients(rds_cloud: Cloud) -> Clients:
    return clients_of(rds_cloud)


@pytest.fixture(scope="session")
def rds(rds_clients: Clients) -> Rds:
    """RDS with a primary and a replica that streams."""
    found = Rds(rds_clients)
    found.make_pair()
    return found


@pytest.fixture
def name() -> str:
    """A name that nothing has yet."""
    return f"t-{uuid.uuid4().hex[:10]}"
