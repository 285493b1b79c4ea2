"""The canaries of a moment: which there are, what each says, and which of them really go out.

All of it follows from the moment: a tick that comes twice means the same canaries, by the same ids.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from functions.canary.recipients import ENDPOINTS, user_of
from functions.canary.settings import TENANT
from functions.core.domain.delivering.delivery import DeliveryKey
from statline.contract.notification import Content, Notification, UserRecipient
from statline.contract.words import Channel, Kind, Priority, Sensitivity

LANES = (Priority.STAT, Priority.URGENT, Priority.ROUTINE)
APART = timedelta(seconds=5)
"""Between two ticks. Each is one lane's, so that a lane's canaries do not wait behind those of another."""
EVERY = APART * len(LANES)
"""Between two canaries of the same way: four a minute."""
LIFE = timedelta(minutes=5)
"""How long a canary may still be delivered. One that is so late would say nothing but that it is late."""
ALIKE = timedelta(seconds=2)
"""What is sent within so little is sent at the same time: a tick that comes twice, twice at once, says the same."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Canary:
    """One notification on one lane, to one test recipient on one channel. real: the recipient is really reached."""

    lane: Priority
    channel: Channel
    moment: datetime
    real: bool

    @property
    def id(self) -> str:
        """The notification's id: one for each lane, channel and moment."""
        return f"canary-{self.lane}-{self.channel}-{self.moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    @property
    def key(self) -> DeliveryKey:
        """The one delivery that the router makes of it: known beforehand, because the directory's entries are ours."""
        return DeliveryKey(
            tenant=TENANT,
            notification=self.id,
            recipient=user_of(self.channel, real=self.real),
            channel=self.channel,
            endpoint=ENDPOINTS[self.channel],
        )

    def notification(self, sent_at: datetime) -> Notification:
        """What is put on the lane's ingress queue."""
        return Notification(
            tenant=TENANT,
            id=self.id,
            kind=Kind.SYSTEM,
            priority=self.lane,
            recipients=(UserRecipient(type="user", id=self.key.recipient),),
            content=Content(
                sensitivity=Sensitivity.OPERATIONAL,
                title="Statline canary",
                body=f"A test of {self.lane} by {self.channel}. Nobody has to do anything.",
            ),
            sent_at=sent_at,
            expires_at=sent_at + LIFE,
            channels=(self.channel,),
            # The test device shows the newest one of each lane, and not thousands.
            collapse_key=f"canary-{self.lane}",
        )


def canaries_at(
    moment: datetime, channels: Mapping[Channel, object], real_every_minutes: Mapping[Channel, int]
) -> list[Canary]:
    """The canaries of a moment: one for each channel of the region, all on the lane whose turn it is."""
    lane = lane_at(moment)
    return [
        Canary(lane, channel, moment, _is_real(lane, moment, real_every_minutes.get(channel))) for channel in channels
    ]


def counted_from(moment: datetime, now: datetime) -> datetime:
    """The moment that canaries sent now are measured from: less than `ALIKE` before now, so that a late tick does not
    look like slow delivery; and not now itself, because the same id with another ``sent_at`` is refused."""
    return moment + max((now - moment) // ALIKE, 0) * ALIKE


def lane_at(moment: datetime) -> Priority:
    """The lane whose turn it is."""
    return LANES[_since_minute(moment) // APART % len(LANES)]


def is_first_of_minute(moment: datetime) -> bool:
    """Whether no other canary of the same lane and minute comes before."""
    return _since_minute(moment) < EVERY


def _since_minute(moment: datetime) -> timedelta:
    return timedelta(seconds=moment.second, microseconds=moment.microsecond)


def _is_real(lane: Priority, moment: datetime, every_minutes: int | None) -> bool:
    """Whether this lane's canary really goes out: once in so many minutes one does, and the lanes take turns.

    They do not go out together: a phone takes one call at a time, and each costs money.
    """
    if every_minutes is None or not is_first_of_minute(moment):
        return False
    turn, rest = divmod(int(moment.timestamp() / _MINUTE.total_seconds()), every_minutes)
    return rest == 0 and LANES[turn % len(LANES)] is lane
