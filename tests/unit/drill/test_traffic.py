"""What producers of a drill send."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from local.drill.traffic import Stream, Traffic
from statline.contract.words import Channel, Priority

Entry = Mapping[str, str]


@dataclass
class FakeSqs:
    """SQS that refuses the entries of these ids, and says when it has got so many messages."""

    refuses: frozenset[str] = frozenset()
    enough: int = 1
    got: list[Mapping[str, str]] = field(default_factory=list)
    is_enough: Event = field(default_factory=Event)

    def get_queue_url(self, *, QueueName: str) -> Mapping[str, str]:  # noqa: N803 - boto3's word
        return {"QueueUrl": QueueName}

    def send_message(self, **message: str) -> None:
        self.got.append(message)
        if len(self.got) >= self.enough:
            self.is_enough.set()

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Entry]) -> Mapping[str, Sequence[Entry]]:  # noqa: N803
        for entry in Entries:
            self.got.append({"QueueUrl": QueueUrl, **entry})
        return {"Failed": [entry for entry in Entries if entry["Id"] in self.refuses]}


def traffic(sqs: Any, *streams: Stream) -> Traffic:
    return Traffic(sqs, streams, run="7")


def test_a_stream_is_sent_to_its_lane_with_what_it_asks_for() -> None:
    sqs = FakeSqs(enough=3)
    sending = traffic(sqs, Stream(Priority.STAT, 1000.0, channels=(), counted=frozenset(Channel)))
    sending.begin()
    assert sqs.is_enough.wait(10)
    sending.end()
    bodies = [json.loads(message["MessageBody"]) for message in sqs.got]
    assert {message["QueueUrl"] for message in sqs.got} == {"statline-ingress-stat"}
    assert all("channels" not in body and body["priority"] == "stat" for body in bodies)
    assert [one.name for one in sending.sent] == [body["id"] for body in bodies]
    assert len({body["id"] for body in bodies}) == len(bodies)


def test_routine_goes_in_its_tenants_group() -> None:
    sqs = FakeSqs()
    sending = traffic(sqs, Stream(Priority.ROUTINE, 100.0))
    sending.begin()
    assert sqs.is_enough.wait(10)
    sending.end()
    assert sqs.got[0]["MessageGroupId"] == "northshore"


def test_a_storm_sends_all_in_batches_and_counts_what_was_taken() -> None:
    sqs = FakeSqs(refuses=frozenset({"9"}))
    sending = traffic(sqs)
    other: Any = sqs
    sending.storm(other, Stream(Priority.ROUTINE, tenant="lakeside"), 25)
    assert len(sqs.got) == 25
    assert {json.loads(message["MessageBody"])["tenant"] for message in sqs.got} == {"lakeside"}
    assert (len(sending.sent), sending.refused) == (23, 2)
    assert not any(one.steady for one in sending.sent)
