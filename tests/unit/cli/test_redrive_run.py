"""A redrive, step by step, on fakes: its order, its pace, its end."""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from statline.cli.redrive.letters import DeadLetter, Fate
from statline.cli.redrive.queues import QUEUES
from statline.cli.redrive.run import Redrive, Wishes
from statline.cli.redrive.ways import ROUTER, Handed, Straight
from tests.fakes.deliveries import a_delivery
from tests.fakes.messages import a_body

BEGAN = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
QUEUE = QUEUES["push-urgent"]
ARN = "arn:aws:sqs:ca-central-1:111122223333:statline-ingress-urgent"


def _letter(
    number: int, *, expires: timedelta = timedelta(hours=1), sent: timedelta = timedelta(hours=-1)
) -> DeadLetter:
    body = a_delivery(expires_at=BEGAN + expires).model_dump_json()
    return DeadLetter(id=f"m-{number}", body=body, sender="AROAX", sent_at=BEGAN + sent, receipt=f"r-{number}")


@dataclass
class Graveyard:
    """A dead-letter queue that notes what is deleted, and when."""

    letters: Sequence[DeadLetter]
    story: list[str] = field(default_factory=list)

    def batches(self, size: int = 10) -> Iterator[Sequence[DeadLetter]]:
        for start in range(0, len(self.letters), size):
            yield self.letters[start : start + size]

    def delete(self, letters: Sequence[DeadLetter]) -> int:
        self.story += [f"deleted {letter.id}" for letter in letters]
        return 0


@dataclass
class Work:
    """Takes letters, but for those that it refuses."""

    graveyard: Graveyard
    refused: frozenset[str] = frozenset()

    def hand_over(self, letters: Sequence[DeadLetter]) -> Handed:
        taken = [letter.id for letter in letters if letter.id not in self.refused]
        self.graveyard.story += [f"took {id_}" for id_ in taken]
        return Handed(frozenset(taken), "" if len(taken) == len(letters) else "it said no")


@dataclass
class Time:
    """Pauses without waiting, and asks to stop after so many of them."""

    stops_after: int | None = None
    pauses: list[float] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def stopping(self) -> bool:
        return self.stops_after is not None and len(self.pauses) >= self.stops_after


def _redrive(time: Time) -> Redrive:
    return Redrive(
        queue=QUEUE, began=BEGAN, now=lambda: BEGAN, pause=time.pause, stopping=time.stopping, clock=lambda: 0.0
    )


def _wishes(per_second: float = 100, most: int | None = None) -> Wishes:
    return Wishes(per_second=per_second, expired_too=False, most=most)


def test_a_letter_is_deleted_only_after_work_has_taken_it() -> None:
    graveyard = Graveyard([_letter(1), _letter(2)])
    run = _redrive(Time())
    list(run.apply(graveyard, Work(graveyard, frozenset({"m-2"})), _wishes()))
    assert graveyard.story == ["took m-1", "deleted m-1"]
    assert (run.tally.handed_over, run.tally.not_taken, run.tally.why_not) == (1, 1, "it said no")


def test_no_more_go_back_a_second_than_wished() -> None:
    graveyard = Graveyard([_letter(n) for n in range(6)])
    time = Time()
    list(_redrive(time).apply(graveyard, Work(graveyard), _wishes(per_second=2)))
    assert time.pauses == [1.0, 1.0, 1.0]


def test_less_than_one_a_second_goes_one_by_one() -> None:
    graveyard = Graveyard([_letter(n) for n in range(2)])
    time = Time()
    list(_redrive(time).apply(graveyard, Work(graveyard), _wishes(per_second=0.5)))
    assert time.pauses == [2.0, 2.0]


def test_it_stops_between_batches_when_asked() -> None:
    graveyard = Graveyard([_letter(n) for n in range(30)])
    run = _redrive(Time(stops_after=1))
    list(run.apply(graveyard, Work(graveyard), _wishes()))
    assert run.tally.handed_over == 10
    assert "asked to stop" in run.tally.stopped


def test_it_gives_up_when_nothing_is_taken() -> None:
    graveyard = Graveyard([_letter(n) for n in range(100)])
    run = _redrive(Time())
    list(run.apply(graveyard, Work(graveyard, frozenset(f"m-{n}" for n in range(100))), _wishes()))
    assert run.tally.not_taken == 30
    assert "it said no" in run.tally.stopped


def test_what_died_again_meanwhile_is_not_sent_a_third_time() -> None:
    graveyard = Graveyard([_letter(1, sent=timedelta(minutes=9))])
    run = _redrive(Time())
    list(run.apply(graveyard, Work(graveyard), _wishes()))
    assert graveyard.story == []
    assert run.tally.fates[Fate.RETURNED] == 1


def test_a_letter_that_expires_while_it_waits_for_its_turn_is_not_sent() -> None:
    graveyard = Graveyard([_letter(n, expires=timedelta(seconds=30)) for n in range(20)])
    moments = iter([BEGAN, BEGAN + timedelta(minutes=1)])
    run = Redrive(
        queue=QUEUE, began=BEGAN, now=lambda: next(moments), pause=lambda _: None, stopping=lambda: False,
        clock=lambda: 0.0,
    )  # fmt: skip
    list(run.apply(graveyard, Work(graveyard), _wishes()))
    assert run.tally.handed_over == 10
    assert run.tally.fates[Fate.EXPIRED] == 10


def test_a_letters_text_is_in_nothing_that_is_printed_of_it() -> None:
    assert "northshore" not in repr(_letter(1))


class Functions:
    """Lambda, with a router that answers as told, one answer a call."""

    class meta:  # noqa: N801 - as boto3 has it
        region_name = "ca-central-1"

    def __init__(self, *answers: tuple[object, bool]) -> None:
        self.answers = list(answers)
        self.events: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, object]:  # noqa: N803 - as boto3 has it
        assert FunctionName == "statline-router:live"
        self.events.append(json.loads(Payload))
        said, failed = self.answers.pop(0)
        answer: dict[str, object] = {"Payload": io.BytesIO(json.dumps(said).encode())}
        return answer | ({"FunctionError": "Unhandled"} if failed else {})


def _messages(count: int) -> list[DeadLetter]:
    return [
        DeadLetter(id=f"m-{n}", body=a_body(id=f"n-{n}"), sender="AROAX:task", sent_at=BEGAN, receipt="r")
        for n in range(count)
    ]


def _router(functions: Functions) -> Straight:
    return Straight(cast("Any", functions), ROUTER, ARN)


def test_a_function_that_puts_off_or_fails_is_named() -> None:
    straight = Straight(cast("Any", Functions(({"errorType": "NothingTakenUpError"}, True))), ROUTER, ARN)
    assert "statline-router failed (NothingTakenUpError)" in straight.hand_over(_messages(1)).why_not


def test_the_router_gets_a_message_with_its_sender_and_from_its_own_queue() -> None:
    functions = Functions(({"batchItemFailures": []}, False))
    handed = _router(functions).hand_over(_messages(1))
    ((record,),) = (event["Records"] for event in functions.events)
    assert record["attributes"]["SenderId"] == "AROAX:task"
    assert record["eventSourceARN"] == ARN
    assert record["messageId"] == "m-0"
    assert handed.taken == {"m-0"}


def test_what_the_router_puts_off_stays() -> None:
    functions = Functions(({"batchItemFailures": [{"itemIdentifier": "m-1"}]}, False))
    handed = _router(functions).hand_over(_messages(2))
    assert handed.taken == {"m-0"}
    assert "put some off" in handed.why_not


def test_a_message_that_kills_the_router_holds_up_no_other() -> None:
    crash = ({"errorType": "Runtime.ExitError", "errorMessage": "died on Jane Doe"}, True)
    functions = Functions(crash, ({"batchItemFailures": []}, False), crash)
    handed = _router(functions).hand_over(_messages(2))
    assert handed.taken == {"m-0"}
    assert "Runtime.ExitError" in handed.why_not
    assert "Jane Doe" not in handed.why_not


@pytest.mark.parametrize("said", [None, "text", 7])
def test_a_router_that_says_nothing_sensible_has_taken_nothing(said: object) -> None:
    handed = _router(Functions((said, False))).hand_over(_messages(1))
    assert handed.taken == frozenset()
