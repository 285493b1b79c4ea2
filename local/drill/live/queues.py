"""What happens to queues in a live drill: a storm, a message that no function can read, consumers that take nothing."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.drill.live.plan import Scene
from local.drill.mappings import mappings_of, switched_off
from local.drill.region import NAME as REGION
from local.drill.traffic import Stream
from statline.contract.words import Priority

STORM = 2_000
STORM_PRODUCER, STORM_STREAM = "lakeside-ehr", Stream(Priority.ROUTINE, tenant="lakeside")
"""Another hospital than the one that the steady traffic is of."""
STUCK = "push-stat"
_LAST_BEAT_WITHIN = 45.0
"""Seconds: what was under way when the region fell silent may still say that it lives."""
POISONED = "push-stat"
_POISON = '{"version": 1, "key": "this was never a delivery"}'
_NO_JSON = "this was never a message"
_RECEIVES = 3
"""After so many receives the poison is a dead letter. The deployed queues say 50, which takes eight minutes here."""


@contextmanager
def storm(scene: Scene) -> Iterator[None]:
    """A producer sends thousands of routine notifications as fast as SQS takes them."""
    began = time.time()
    scene.traffic.storm(scene.region.client("sqs", STORM_PRODUCER), STORM_STREAM, STORM)
    scene.notes.append(f"{STORM_PRODUCER} sent {STORM} routine notifications in {time.time() - began:.0f} s")
    yield


@contextmanager
def stuck_consumer(scene: Scene) -> Iterator[None]:
    """Nobody takes from the queue of stat pushes."""
    functions = scene.region.client("lambda")
    with switched_off(functions, mappings_of(functions, scene.region.queue_arn(STUCK))):
        yield


@contextmanager
def silent_region(scene: Scene) -> Iterator[None]:
    """No function of the region takes anything from any queue or stream."""
    functions = scene.region.client("lambda")
    mappings = mappings_of(functions)
    scene.notes.append(f"All {len(mappings)} event-source mappings of the region were off")
    with switched_off(functions, mappings):
        began = time.time()
        yield
        _note_heartbeats(scene, began, time.time())


def _note_heartbeats(scene: Scene, began: float, ended: float) -> None:
    """Somebody outside hears nothing more of the region: the last thing that would be noticed if all else were gone."""
    beats = [c.received_at for c in scene.sandbox.calls() if c.provider == "switch" and c.region == REGION]
    before = [at for at in beats if at < began + _LAST_BEAT_WITHIN]
    silent = ended - max(before, default=began)
    scene.notes.append(f"The dead-man's switch was last called {silent:.0f} s before the end")
    if not before:
        scene.faults.append("the dead-man's switch was not called before")
    if len(before) != len(beats):
        scene.faults.append("the dead-man's switch was called though nothing was delivered")


@contextmanager
def poison(scene: Scene) -> Iterator[None]:
    """Two messages that nobody can read: one on a channel's queue, one from a producer."""
    sqs = scene.region.client("sqs")
    with _short_lived(sqs, scene.region.queue(POISONED)):
        sqs.send_message(QueueUrl=scene.region.queue(POISONED), MessageBody=_POISON)
        sqs.send_message(QueueUrl=scene.region.queue(f"ingress-{Priority.URGENT}"), MessageBody=_NO_JSON)
        yield
    scene.notes.append(f"A dead letter after {_RECEIVES} receives, for the drill's sake: the stacks say 50")
    kept = _bodies(sqs, scene.region.queue("quarantine"))
    missing = [body for body in (_POISON, _NO_JSON) if body not in kept]
    scene.faults.extend(f"{body!r} is not in the quarantine" for body in missing)


@contextmanager
def _short_lived(sqs: Any, url: str) -> Iterator[None]:
    """A queue that gives a message up soon."""
    usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    hasty = json.dumps({**json.loads(usual), "maxReceiveCount": _RECEIVES})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": hasty})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": usual})


def _bodies(sqs: Any, url: str) -> set[str]:
    """The bodies in a queue. They are taken out: the next drill begins with none."""
    found: set[str] = set()
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
        found |= {message["Body"] for message in messages}
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found
