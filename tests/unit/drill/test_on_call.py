"""What on-call's ears make of a message on the queue."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from local.on_call import OnCall, Word, word_of

TOPIC = "arn:aws:sns:ca-central-1:000000000000:statline-page"


def envelope(message: object, subject: str | None = None) -> str:
    text = message if isinstance(message, str) else json.dumps(message)
    return json.dumps({"TopicArn": TOPIC, "Subject": subject, "Message": text})


@pytest.mark.parametrize(
    ("body", "expected", "title"),
    [
        (
            envelope({"AlarmName": "Statline stat push is slow", "NewStateValue": "OK"}, "OK: ..."),
            ("Statline stat push is slow", "OK", "OK: ..."),
            "Statline stat push is slow",
        ),
        (envelope("What: a dump.\nWho: reports", "Statline: a backup"), ("", "", "Statline: a backup"), None),
        (envelope("What: a dump.\nWho: reports"), ("", "", ""), "What: a dump."),
        (envelope([1, 2]), ("", "", ""), "[1, 2]"),
    ],
    ids=["an alarm", "a letter", "a letter without a subject", "JSON of somebody else"],
)
def test_a_word_is_an_alarm_or_a_letter(body: str, expected: tuple[str, str, str], title: str | None) -> None:
    word = word_of(body, 7.0)
    assert (word.at, word.topic) == (7.0, "statline-page")
    assert (word.alarm, word.state, word.subject) == expected
    assert word.title == (title or word.subject)


@dataclass
class FakeQueue:
    """A queue with these messages, one at a time."""

    bodies: list[str]
    deleted: list[str] = field(default_factory=list)

    def receive_message(self, **_asked: object) -> Mapping[str, Sequence[Mapping[str, str]]]:
        if not self.bodies:
            return {}
        return {"Messages": [{"Body": self.bodies.pop(0), "ReceiptHandle": str(len(self.bodies))}]}

    def delete_message(self, *, ReceiptHandle: str, **_asked: object) -> None:  # noqa: N803 - boto3's word
        self.deleted.append(ReceiptHandle)


def hears(*bodies: str) -> OnCall:
    queue: Any = FakeQueue(list(bodies))
    return OnCall(queue, "url")


def named(word: Word) -> bool:
    return "second" in word.text


def test_a_word_is_awaited_over_others_and_found_again() -> None:
    ears = hears(envelope("first"), envelope("the second"))
    found = ears.await_word(named, within=5)
    assert found is not None
    assert ears.await_word(named, within=0) is found
    assert [word.text for word in ears.heard] == ["first", "the second"]


def test_nothing_is_answered_when_the_word_does_not_come() -> None:
    assert hears(envelope("first")).await_word(named, within=0) is None
