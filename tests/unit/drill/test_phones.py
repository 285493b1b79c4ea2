"""What became of each notification, by what the phones got."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from local.drill.phones import Phones
from local.drill.traffic import Sent
from local.sandbox.records import ChannelName, Received
from statline.contract.words import Channel, Priority

PUSH, ANY = frozenset({Channel.PUSH}), frozenset(Channel)


def arrival(seq: int, name: str, at: float, channel: ChannelName = "push") -> Received:
    return Received(
        seq=seq,
        at=at,
        phone="a-phone",
        channel=channel,
        sender="s",
        provider_id="p",
        data={"statline_notification": name},
    )


@dataclass
class FakeSandbox:
    """Phones that have got this."""

    got: list[Received] = field(default_factory=list)

    def arrivals(self, after: int = 0, wait_seconds: int = 0) -> Sequence[Received]:
        return [one for one in self.got if one.seq > after]


def phones(*got: Received) -> Phones:
    sandbox: Any = FakeSandbox(list(got))
    return Phones(sandbox)


def sent(name: str, counted: frozenset[Channel] = PUSH, *, steady: bool = True) -> Sent:
    return Sent(name, Priority.STAT, 10.0, counted, steady)


def test_the_wait_ends_with_the_first_arrival_by_a_channel_that_counts() -> None:
    found = phones(arrival(1, "a", 11.0, "sms"), arrival(2, "a", 13.0), arrival(3, "a", 14.0))
    by_push, by_any = found.await_all([sent("a"), sent("a", ANY, steady=False)], within=0)
    assert (by_push.seconds, by_any.seconds) == (3.0, 1.0)
    assert (by_push.steady, by_any.steady) == (True, False)


def test_what_came_to_nobody_is_lost() -> None:
    (lost,) = phones(arrival(1, "another", 11.0), arrival(2, "a", 11.0, "sms")).await_all([sent("a")], within=0)
    assert lost.seconds is None


def test_a_phone_that_rang_twice_for_one_is_counted_and_two_channels_are_no_repetition() -> None:
    found = phones(arrival(1, "a", 11.0), arrival(2, "a", 12.0), arrival(3, "b", 11.0), arrival(4, "b", 11.0, "sms"))
    found.look()
    assert found.repeated([sent("a"), sent("b", ANY)]) == 1


def test_what_was_on_the_phones_before_does_not_count() -> None:
    sandbox: Any = FakeSandbox([arrival(1, "a", 5.0)])
    found = Phones.since_now(sandbox)
    sandbox.got.append(arrival(2, "a", 12.0))
    assert [one.seconds for one in found.await_all([sent("a")], within=0)] == [2.0]
