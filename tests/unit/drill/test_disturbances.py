"""What live drills do to queues and providers, and that they take it back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.drill.live.plan import Scene
from local.drill.live.providers import OUTAGE, outage, quota_reached
from local.drill.live.queues import poison
from local.sandbox.modes import Mode, Modes
from local.sandbox.records import CallFacts, ProviderName

USUAL = json.dumps({"deadLetterTargetArn": "arn", "maxReceiveCount": 50})


@dataclass
class FakeSqs:
    """Queues with these bodies, and the redrive policy of all of them."""

    redrive: str = USUAL
    bodies: dict[str, list[str]] = field(default_factory=dict)

    def get_queue_attributes(self, **_asked: object) -> Mapping[str, Mapping[str, str]]:
        return {"Attributes": {"RedrivePolicy": self.redrive}}

    def set_queue_attributes(self, *, Attributes: Mapping[str, str], **_asked: object) -> None:  # noqa: N803 - boto3's
        self.redrive = Attributes["RedrivePolicy"]

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        self.bodies.setdefault(QueueUrl, []).append(MessageBody)

    def receive_message(self, *, QueueUrl: str, **_asked: object) -> Mapping[str, Sequence[Mapping[str, str]]]:  # noqa: N803
        kept = self.bodies.get(QueueUrl)
        return {"Messages": [{"Body": kept[0], "ReceiptHandle": "a"}]} if kept else {}

    def delete_message(self, *, QueueUrl: str, **_asked: object) -> None:  # noqa: N803
        self.bodies[QueueUrl].pop(0)

    def bury(self) -> None:
        """Give up what nobody can read, as the functions do."""
        self.bodies["quarantine"] = [body for bodies in self.bodies.values() for body in bodies]


@dataclass
class FakeRegion:
    sqs: FakeSqs = field(default_factory=FakeSqs)

    def client(self, _service: str) -> FakeSqs:
        return self.sqs

    def queue(self, name: str) -> str:
        return name


@dataclass
class FakeSandbox:
    modes: tuple[Mode, ...] = ()

    def set_modes(self, *modes: Mode) -> None:
        self.modes = modes

    def clear_modes(self) -> None:
        self.modes = ()


def scene(region: Any = None, sandbox: Any = None) -> Scene:
    nothing: Any = None
    return Scene(region, sandbox, nothing, nothing, lambda _: None)


def test_poison_is_given_up_soon_for_as_long_as_the_drill_lasts_and_found_in_the_quarantine() -> None:
    region = FakeRegion()
    played = scene(region)
    with poison(played):
        assert json.loads(region.sqs.redrive) == {"deadLetterTargetArn": "arn", "maxReceiveCount": 3}
        assert set(region.sqs.bodies) == {"push-stat", "ingress-urgent"}
        region.sqs.bury()
    assert json.loads(region.sqs.redrive) == json.loads(USUAL)
    assert played.faults == []
    assert region.sqs.bodies["quarantine"] == []


def test_poison_that_nobody_kept_is_a_fault() -> None:
    played = scene(FakeRegion())
    with poison(played):
        pass
    assert len(played.faults) == 2


def strike(provider: ProviderName) -> tuple[float, str]:
    modes = Modes()
    modes.switch(OUTAGE)
    found = modes.strike(CallFacts(provider=provider, operation="send"))
    return found.delay_seconds, found.failure.mode if found.failure else ""


@pytest.mark.parametrize(
    ("provider", "expected"), [("fcm", (10.0, "error503")), ("sms", (0.0, "error500")), ("connect", (0.0, ""))]
)
def test_an_outage_leaves_voice_alone(provider: ProviderName, expected: tuple[float, str]) -> None:
    assert strike(provider) == expected


@pytest.mark.parametrize("disturbance", [outage, quota_reached])
def test_providers_are_well_again_afterwards(disturbance: Any) -> None:
    sandbox = FakeSandbox()
    with disturbance(scene(sandbox=sandbox)):
        assert sandbox.modes
    assert not sandbox.modes
