"""The age that a tick tells is a plain model's, which knows of every way by itself whether and since when it waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.domain.delivering.delivery import Delivery, Endpoint, Fallback, Screen, next_way
from functions.core.domain.delivering.record import DeliveryRecord, first_record
from functions.core.domain.delivering.states import SETTLED, State
from functions.core.services import outstanding
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.unit.outstanding.scene import Scene, a_plan, claimed

WATCHED = (Priority.STAT, Priority.URGENT)
NOW = NOON + timedelta(seconds=600)
S = State
REACHED = (S.SENDING, S.RETRYING, S.UNKNOWN, S.ACCEPTED, S.DELIVERED, S.UNDELIVERED, S.CANCELLED, S.EXPIRED)
"""What the way behind those that failed may have come to. A way that was not delivered opens the one behind it, too."""


@dataclass(frozen=True)
class Chain:
    """A delivery with other ways behind it. So many of them failed, one after the other; the next one came to a state,
    or has no record yet."""

    channels: tuple[Channel, ...]
    failed: int
    state: State | None
    steps: tuple[int, ...]
    """The seconds from each way's opening to its end, or to its claim."""


@dataclass(frozen=True)
class Sent:
    """A notification, sent so many seconds after noon, and the chains that it was planned as."""

    lane: Priority
    seconds: int
    lasts: int
    chains: tuple[Chain, ...]


@st.composite
def chains(draw: st.DrawFn) -> Chain:
    ways = tuple(draw(st.lists(st.sampled_from(Channel), min_size=1, max_size=3)))
    failed = draw(st.integers(0, len(ways)))
    steps = tuple(draw(st.lists(st.integers(0, 90), min_size=len(ways), max_size=len(ways))))
    return Chain(ways, failed, draw(st.none() | st.sampled_from(REACHED)), steps)


notifications = st.lists(
    st.builds(
        Sent,
        st.sampled_from(WATCHED),
        st.integers(0, 590),
        st.sampled_from((5, 3600)),
        st.lists(chains(), min_size=1, max_size=3).map(tuple),
    ),
    max_size=12,
)


def first_of(sent: Sent, number: int, person: int, chain: Chain) -> Delivery:
    """Every way of every chain goes to an endpoint of its own."""
    first, *others = (
        Endpoint(channel=c, id=f"e-{place}", address="+14165550123") for place, c in enumerate(chain.channels)
    )
    delivery = a_delivery(first.channel, sent.lane, notification=f"n-{number}", recipient=f"u-{person}")
    return delivery.model_copy(
        update={
            "key": delivery.key.model_copy(update={"endpoint": first.id}),
            "fallbacks": tuple(Fallback(endpoint=way, screen=Screen(title="x", body="")) for way in others),
        }
    )


def play(
    chain: Chain, first: Delivery, sent_at: datetime
) -> tuple[list[DeliveryRecord], tuple[Channel, datetime] | None]:
    """The records of a chain, and what waits of it by the model: on which channel, since when."""
    records, opened, way = [], sent_at, first
    for number in range(chain.failed):
        ended = opened + timedelta(seconds=chain.steps[number])
        records.append(first_record(way, S.FAILED, ended))
        following = next_way(way)
        if following is None:
            return records, None
        way, opened = following, ended
    if chain.state is None:
        return records, (way.key.channel, opened)
    claim = claimed(way, opened + timedelta(seconds=chain.steps[chain.failed]))
    records.append(claim if chain.state is S.SENDING else claim.moved(chain.state, claim.changed_at))
    following = next_way(way) if chain.state is S.UNDELIVERED else None
    if following is not None:
        return records, (following.key.channel, records[-1].changed_at)
    only_a_receipt = chain.state is S.UNKNOWN and way.key.channel is Channel.SMS and way.priority is not Priority.STAT
    if chain.state in SETTLED or only_a_receipt:
        return records, None
    return records, (way.key.channel, opened)


@dataclass
class Model:
    """What waits, with its channel and since when, and which notifications are not over."""

    waiting: list[tuple[Priority, Channel, datetime]]
    staying: set[str]

    def oldest(self, lane: Priority, channel: Channel, now: datetime) -> float:
        moments = [since for of, by, since in self.waiting if (of, by) == (lane, channel)]
        return max((now - min(moments, default=now)).total_seconds(), 0)


def happen(scene: Scene, sent: list[Sent]) -> Model:
    """Let it all be kept and recorded; answer what a plain model knows of it at `NOW`."""
    model = Model([], set())
    for number, each in enumerate(sent):
        sent_at = NOON + timedelta(seconds=each.seconds)
        firsts = [first_of(each, number, person, chain) for person, chain in enumerate(each.chains)]
        scene.keep(a_plan(*firsts, seconds=each.seconds, expires_at=sent_at + timedelta(seconds=each.lasts)))
        for first, chain in zip(firsts, each.chains, strict=True):
            records, waits = play(chain, first, sent_at)
            scene.record(*records)
            if sent_at + timedelta(seconds=each.lasts) <= NOW:
                continue
            if waits:
                model.waiting.append((each.lane, *waits))
            if waits or records[-1].state not in SETTLED:
                model.staying.add(f"n-{number}")
    return model


@settings(deadline=None)
@given(notifications)
def test_the_age_of_each_lane_and_channel_is_the_models_and_only_what_is_over_leaves_the_list(sent: list[Sent]) -> None:
    scene = Scene()
    model = happen(scene, sent)

    scene.tick(600)

    for lane in WATCHED:
        assert scene.told.found[lane].whole
        for channel in Channel:
            assert scene.age(channel, lane) == model.oldest(lane, channel, NOW)
    assert {each.notification for lane in WATCHED for each in scene.listed(lane)} == model.staying


@settings(deadline=None)
@given(notifications, st.sampled_from((0.3, 0.8, 2.0)))
def test_a_tick_that_cannot_read_everything_tells_of_nothing_that_does_not_wait(
    sent: list[Sent], seconds: float
) -> None:
    scene = Scene()
    model = happen(scene, sent)
    scene.states.seconds = seconds

    with patch.object(outstanding, "PAGE", 1):
        scene.tick(600)

    for lane, found in scene.told.found.items():
        for channel, waiting in found.oldest.items():
            assert (lane, channel, waiting.since) in model.waiting
        for channel in Channel if found.whole else ():
            assert scene.age(channel, lane) <= model.oldest(lane, channel, found.at)
    assert {each.notification for lane in WATCHED for each in scene.listed(lane)} >= model.staying
