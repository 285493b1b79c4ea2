"""A laptop cloud of the benchmark's own: its name, its port, and the ends of it that the benchmark holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.config import Config

from local.cloud import Cloud, stop
from local.cloud.bring_up import up
from local.cloud.clients import client_of
from local.cloud.lifecycle import find
from local.cloud.model import ACCOUNT
from local.sandbox.client import SandboxClient
from statline.contract.words import Priority

NAME = "bench"
PORT = 4966
"""Far from the usual cloud's 4566, so that both can run. Always the same, so that the stacks are synthesized once."""
REGION, PRODUCER, TENANT, USER, DEVICE = "ca-central-1", "northshore-ehr", "northshore", "u-demo", "d-demo"
"""Somebody of the seed directory, and who may send to them."""
THREADS = 4


@dataclass(frozen=True, slots=True)
class Bench:
    """What the benchmark does with the cloud: it sends as a producer, looks as the operator, and watches FCM."""

    producer: Any
    queues: Any
    functions: Any
    sandbox: SandboxClient

    def queue(self, name: str) -> str:
        """The URL of a queue, by what stands behind ``statline-``."""
        return str(self.queues.get_queue_url(QueueName=f"statline-{name}")["QueueUrl"])

    def ingress(self, lane: Priority) -> str:
        """The URL of a lane's ingress queue."""
        return self.queue(f"ingress-{lane}")


@contextmanager
def bench_cloud() -> Iterator[Bench]:
    """A cloud with the real stacks for as long as the block runs; nothing of it is left behind."""
    try:
        yield _bench(up(NAME, port=PORT))
    finally:
        started = find(NAME)
        if started is not None:
            stop(started, forget=True)


def queue_arn(name: str) -> str:
    """The ARN of a queue, by what stands behind ``statline-``."""
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:statline-{name}"


def _bench(cloud: Cloud) -> Bench:
    patience = Config(max_pool_connections=THREADS, read_timeout=30, retries={"total_max_attempts": 4})
    return Bench(
        producer=client_of(cloud, "sqs", region=REGION, user=PRODUCER, config=patience),
        queues=client_of(cloud, "sqs", region=REGION, config=patience),
        functions=client_of(cloud, "lambda", region=REGION, config=patience),
        sandbox=SandboxClient(cloud.sandbox_url),
    )
