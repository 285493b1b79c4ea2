"""A laptop cloud of the benchmark's own: its name, its port, and the ends of it that the benchmark holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from local.cloud import Cloud, aws_environment, stop
from local.cloud.bring_up import up
from local.cloud.environment import ADMIN
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
    return Bench(
        producer=_client(cloud, "sqs", PRODUCER),
        queues=_client(cloud, "sqs", ADMIN),
        functions=_client(cloud, "lambda", ADMIN),
        sandbox=SandboxClient(cloud.sandbox_url),
    )


def _client(cloud: Cloud, service: str, user: str) -> Any:
    keys = aws_environment(cloud, user, REGION)
    make_client: Any = boto3.client
    return make_client(
        service,
        endpoint_url=cloud.endpoint,
        verify=str(cloud.certificate),
        region_name=REGION,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        config=Config(max_pool_connections=THREADS, read_timeout=30, retries={"total_max_attempts": 4}),
    )
