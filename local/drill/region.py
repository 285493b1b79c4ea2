"""One region of the laptop cloud, as the drill gets at it: AWS's clients, and the servers behind RDS."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from local.cloud import Cloud
from local.cloud.clients import client_of
from local.cloud.environment import ADMIN
from local.cloud.model import ACCOUNT
from local.cloud.process_table import running
from local.databases.machines import Machine, confine
from local.databases.server import HOST, SUPERUSER, Server

NAME, PRODUCER = "ca-central-1", "northshore-ehr"
DATABASE = "clinical"
MACHINE = "statline-backup"
PRIMARY, REPLICA = "statline-primary", "statline-replica"
PAGE, TICKET = "statline-page", "statline-ticket"
TOPICS = (PAGE, TICKET)
"""On-call's topics: what wakes somebody, and what is read within a working day."""
_OURS = "Statline "
"""How the names begin of the alarms that people read."""
_KINDS = ("MetricAlarms", "CompositeAlarms")
_TABLE = "statline-backups"


@dataclass(frozen=True, slots=True)
class Region:
    """The drill's region of a running cloud. Its clients are made once: making one costs more than many calls."""

    cloud: Cloud
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)

    def client(self, service: str, user: str = ADMIN) -> Any:
        """A client of an AWS service, as a user of the cloud."""
        if (service, user) not in self._clients:
            self._clients[service, user] = client_of(self.cloud, service, region=NAME, user=user)
        return self._clients[service, user]

    def topics(self) -> list[str]:
        """The ARNs of on-call's topics."""
        return [f"arn:aws:sns:{NAME}:{ACCOUNT}:{topic}" for topic in TOPICS]

    def speaking(self) -> list[str]:
        """The alarms that are in ALARM now, composite ones too; without those by which a roll-out is taken back."""
        pages = (
            self.client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(StateValue="ALARM", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        )
        found = [alarm for page in pages for kind in _KINDS for alarm in page.get(kind, [])]
        return sorted(name for alarm in found if (name := str(alarm["AlarmName"])).startswith(_OURS))

    def machine_arn(self) -> str:
        """The ARN of the backup workflow."""
        return f"arn:aws:states:{NAME}:{ACCOUNT}:stateMachine:{MACHINE}"

    def rests(self, alarms: Collection[str]) -> bool:
        """Whether each of these is known to be at rest: one that is new has seen no figure yet."""
        found = self.client("cloudwatch").describe_alarms(
            AlarmNames=list(alarms), AlarmTypes=["MetricAlarm", "CompositeAlarm"], StateValue="OK"
        )
        return {str(alarm["AlarmName"]) for kind in _KINDS for alarm in found.get(kind, [])} >= set(alarms)

    def port_of_primary(self) -> int:
        """Where the primary listens."""
        return self._port(PRIMARY)

    def port_of_replica(self) -> int:
        """Where the replica listens."""
        return self._port(REPLICA)

    def queue(self, name: str) -> str:
        """The URL of one of Statline's queues, by what stands behind ``statline-``."""
        return f"{self.cloud.endpoint}/{ACCOUNT}/statline-{name}"

    def queue_arn(self, name: str) -> str:
        """Its ARN."""
        return f"arn:aws:sqs:{NAME}:{ACCOUNT}:statline-{name}"

    def servers(self) -> list[Server]:
        """The servers behind primary and replica, to be stopped and started without RDS."""
        return [server_behind(self._port(name)) for name in (PRIMARY, REPLICA)]

    def step_of_backup(self) -> str:
        """The step that the newest backup is at."""
        rows = self.client("dynamodb").query(
            TableName=_TABLE,
            KeyConditionExpression="pk = :backup",
            ExpressionAttributeValues={":backup": {"S": "BACKUP"}},
            ScanIndexForward=False,
            Limit=1,
        )["Items"]
        return str(rows[0]["step"]["S"]) if rows else ""

    def _port(self, instance: str) -> int:
        found = self.client("rds").describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]
        return int(found[0]["Endpoint"]["Port"])


def server_behind(port: int) -> Server:
    """The server that listens on a port, by what it says of itself."""
    with psycopg.connect(f"host={HOST} port={port} dbname=postgres user={SUPERUSER}") as session:
        row = session.execute("SHOW data_directory").fetchone()
    if row is None:
        raise AssertionError("PostgreSQL does not say where its data is")
    return Server(Path(row[0]), port)


def keep_apart(cloud: Cloud) -> None:
    """Keep all that delivers off the primary's processors: on AWS it is no part of that machine either."""
    groups = {process.pid for process in cloud.processes}
    confine((entry.pid for entry in running().values() if entry.group in groups), Machine.OTHER)
