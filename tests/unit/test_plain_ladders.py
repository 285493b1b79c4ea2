"""The plain model that the deployed stacks' ladders are held to finds what it is there to find."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from statline.contract.events import DeliveryStateChanged, Event, LadderEnded, NotificationRouted, StepFired
from statline.contract.words import Channel, DeliveryState, Kind, LadderState, Priority
from tests.e2e.codes import Activation
from tests.e2e.ladders import LEASE_RAN_OUT, RoleLadder, Rule, faults_of, random_rule
from tests.e2e.region import Region
from tests.fakes.clock import NOON

OF_CODE: dict[str, Any] = {"tenant": "northshore", "notification": "code-1"}
RULE = Rule(
    random_rule("northshore", "rule", Random(0)).change.model_copy(update={"first_wait": 30}),  # noqa: S311
    (("1~1", 30, "shift"), ("1~2", 30, "backup")),
)
LADDER = RoleLadder("leader", "u-a", "u-b", RULE)
SENDING, ACCEPTED, UNKNOWN = DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN


def at(seconds: float) -> Any:
    return NOON + timedelta(seconds=seconds)


ROUTED = NotificationRouted(
    **OF_CODE,
    producer="ehr",
    kind=Kind.CODE,
    priority=Priority.STAT,
    recipients=1,
    deliveries={Channel.SMS: 1},
    sent_at=at(0),
    at=at(0),
    expires_at=at(3_600),
)


def moved(state: DeliveryState, seconds: float, recipient: str = "u-a", step: str = "", **more: Any) -> Event:
    delivery = f"delivery to {recipient} {step}".strip()
    plain = {"delivery": delivery, "channel": Channel.SMS, "priority": Priority.STAT, "revision": 1, "attempt": 1}
    return DeliveryStateChanged(
        **OF_CODE, **(plain | {"recipient": recipient, "step": step, "state": state, "at": at(seconds)} | more)
    )


def fired(step: str, seconds: float) -> Event:
    return StepFired(**OF_CODE, role="leader", step=f"leader~{step}", people=1, at=at(seconds))


def ended(state: LadderState, seconds: float) -> Event:
    return LadderEnded(**OF_CODE, role="leader", state=state, steps=0, at=at(seconds))


FIRST_PAGE = (ROUTED, moved(SENDING, 1), moved(ACCEPTED, 2))
FIRST_STEP = (fired("1~1", 31), moved(SENDING, 32, step="leader~1~1"), moved(ACCEPTED, 33, step="leader~1~1"))
SECOND_STEP = (fired("1~2", 62), moved(SENDING, 63, "u-b", "leader~1~2"), moved(ACCEPTED, 64, "u-b", "leader~1~2"))
UNANSWERED = (*FIRST_PAGE, *FIRST_STEP, *SECOND_STEP, ended(LadderState.EXHAUSTED, 95))
ANSWERED = (*FIRST_PAGE, ended(LadderState.ACKNOWLEDGED, 10))


def faults(events: Sequence[Event], calls: Mapping[str, int] | None = None) -> list[str]:
    heard = cast("Region", SimpleNamespace(bus=SimpleNamespace(events=list(events))))
    return list(faults_of(LADDER, Activation(heard, "code-1"), calls or {}))


@pytest.mark.parametrize("story", [UNANSWERED, ANSWERED])
def test_what_is_as_it_should_be_has_no_fault(story: Sequence[Event]) -> None:
    assert faults(story, {"delivery to u-a": 1}) == []


STORIES: dict[str, tuple[Sequence[Event], str]] = {
    "no end": (FIRST_PAGE, "never ended"),
    "a step twice in its order": ((*UNANSWERED, fired("2~1", 70)), "its policy has"),
    "a step left out": ((*FIRST_PAGE, *SECOND_STEP, ended(LadderState.EXHAUSTED, 95)), "its policy has"),
    "given up too soon": ((*FIRST_PAGE, *FIRST_STEP, ended(LadderState.EXHAUSTED, 95)), "was given up"),
    "somebody skipped": (
        (*FIRST_PAGE, *FIRST_STEP, fired("1~2", 62), ended(LadderState.EXHAUSTED, 95)),
        "did not page u-b",
    ),
    "a step too early": ((*FIRST_PAGE, fired("1~1", 5), *FIRST_STEP[1:], *UNANSWERED[-4:]), "early"),
    "a step too late": ((*FIRST_PAGE, fired("1~1", 400), *FIRST_STEP[1:], *UNANSWERED[-4:]), "late"),
    "a call after the end": (
        (*ANSWERED, moved(SENDING, 12, step="leader~1~1"), moved(ACCEPTED, 13, step="leader~1~1")),
        "after the end of leader",
    ),
}


@pytest.mark.parametrize(("story", "fault"), STORIES.values(), ids=STORIES.keys())
def test_what_is_wrong_is_told(story: Sequence[Event], fault: str) -> None:
    assert fault in "\n".join(faults(story))


DIED = (*ANSWERED, moved(SENDING, 12, attempt=2), moved(UNKNOWN, 25, attempt=2, reason=LEASE_RAN_OUT))
"""A worker claimed behind the end of the ladder, and died."""


def test_a_worker_that_died_before_it_called_has_called_nobody() -> None:
    assert faults(DIED, {"delivery to u-a": 1}) == []


def test_a_worker_that_called_and_then_died_is_told_of_by_its_provider() -> None:
    assert "called more often" in "\n".join(faults(DIED, {"delivery to u-a": 2}))
