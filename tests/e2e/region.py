"""One region as its users see it: a producer that sends, an operator that looks."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from botocore.config import Config

from local.cloud import Cloud, aws_environment, clock
from local.cloud.clients import client_of
from local.cloud.environment import ADMIN
from local.cloud.model import ACCOUNT
from local.cloud.tools import ensure_awscli
from local.drill.mappings import mappings_of, switched_off
from statline.contract.directory import DirectoryChange
from statline.contract.words import Priority
from tests.e2e.bus import Bus, listening
from tests.e2e.waiting import await_value

PATIENCE = Config(retries={"total_max_attempts": 3})
STATE_TABLE, DIRECTORY_TABLE = "statline-delivery-state", "statline-directory"


@dataclass(frozen=True)
class Region:
    """One region with a producer of one tenant, and an ear on its bus."""

    cloud: Cloud
    name: str
    tenant: str
    producer: str
    bus: Bus

    def client(self, service: str, user: str = ADMIN, keys: Mapping[str, str] | None = None) -> Any:
        """A boto3 client of this region with a user's keys, or with others."""
        return client_of(self.cloud, service, region=self.name, user=user, keys=keys, config=PATIENCE)

    def queue(self, name: str) -> str:
        """The URL of one of Statline's queues."""
        return f"{self.cloud.endpoint}/{ACCOUNT}/statline-{name}"

    def send(self, body: object, lane: Priority, user: str = "") -> str:
        """Put a message on an ingress queue as the producer; return SQS's message id."""
        text = body if isinstance(body, str) else json.dumps(body)
        sqs = self.client("sqs", user or self.producer)
        return str(sqs.send_message(QueueUrl=self.queue(f"ingress-{lane}"), MessageBody=text)["MessageId"])

    def send_by_command_line(self, body: object, lane: Priority, folder: Path) -> "subprocess.CompletedProcess[str]":
        """Put a message on an ingress queue with the plain AWS command line and a JSON file."""
        file = folder / "message.json"
        file.write_text(json.dumps(body))
        variables = aws_environment(self.cloud, self.producer, self.name)
        command = [
            *(str(ensure_awscli()), "--endpoint-url", variables["AWS_ENDPOINT_URL"], "sqs", "send-message"),
            *("--queue-url", self.queue(f"ingress-{lane}"), "--message-body", f"file://{file}"),
        ]
        return subprocess.run(
            command, env={"PATH": os.defpath, **variables}, capture_output=True, text=True, check=False
        )

    def run(self, arguments: Sequence[str], user: str = ADMIN) -> "subprocess.CompletedProcess[str]":
        """Run our own command line, as the operator or as somebody else."""
        program = Path(sys.executable).with_name("statline")
        environment = {"PATH": os.defpath, **aws_environment(self.cloud, user, self.name)}
        return subprocess.run([str(program), *arguments], env=environment, capture_output=True, text=True, check=False)

    def statline(self, arguments: Sequence[str]) -> str:
        """Run our own command line as the operator; return what it printed."""
        done = self.run(arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def message(
        self, *, priority: Priority, to: Sequence[str], kind: str = "message", **fields: object
    ) -> dict[str, Any]:
        """A message of this region's tenant to these users, with an id of its own."""
        now = clock.now(self.cloud)
        return {
            "version": 1,
            "tenant": self.tenant,
            "id": f"e2e-{uuid.uuid4().hex[:12]}",
            "kind": kind,
            "priority": priority,
            "recipients": [{"type": "user", "id": user} for user in to],
            "content": {"sensitivity": "operational", "title": "Title", "body": "Body"},
            "sent_at": now.isoformat(),
            "expires_at": (now + timedelta(hours=1)).isoformat(),
            **fields,
        }

    def import_directory(self, changes: Iterable[DirectoryChange], file: Path) -> None:
        """Import changes with the command line."""
        file.write_text("".join(f"{change.model_dump_json(exclude_defaults=True)}\n" for change in changes))
        self.statline(["directory", "import", str(file), "--region", self.name])

    def await_directory(self, seconds: float = 120) -> None:
        """Return when every directory change was taken up."""
        await_value(lambda: self.waiting_in("directory-changes") == 0, seconds, "the end of the directory's changes")

    def without_consumer(self, queue: str) -> AbstractContextManager[None]:
        """A queue that no function takes from meanwhile."""
        functions = self.client("lambda")
        return switched_off(functions, mappings_of(functions, f"arn:aws:sqs:{self.name}:{ACCOUNT}:statline-{queue}"))

    def waiting_in(self, queue: str) -> int:
        """How many messages a queue holds, in flight or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=self.queue(queue), AttributeNames=names)
        return sum(int(found["Attributes"][name]) for name in names)

    def quarantined(self) -> list[str]:
        """The bodies in the quarantine queue; they stay there, for the next look too."""
        sqs, queue = self.client("sqs"), self.queue("quarantine")
        taken: list[dict[str, Any]] = []
        taking = {"QueueUrl": queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 600}
        while found := sqs.receive_message(**taking).get("Messages"):
            taken += found
        for message in taken:
            give_back(sqs, queue, message)
        return [message["Body"] for message in taken]

    def stand_down(self, activation: str) -> None:
        """Say as the producer that an activation is over: nobody is paged any more."""
        over = {
            "version": 1,
            "tenant": self.tenant,
            "id": activation,
            "kind": "stand_down",
            "sent_at": clock.now(self.cloud).isoformat(),
        }
        self.send(over, Priority.STAT)


def give_back(sqs: Any, queue: str, message: Mapping[str, Any]) -> None:
    """Let go of a message that was received: it is there for the next one at once."""
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)


@contextmanager
def opened(cloud: Cloud, name: str, tenant: str, producer: str) -> Iterator[Region]:
    """A region, listened to until the tests end."""
    events, sqs = (client_of(cloud, service, region=name, config=PATIENCE) for service in ("events", "sqs"))
    with listening(events, sqs, "statline-e2e") as bus:
        yield Region(cloud, name, tenant, producer, bus)
