"""What the demonstration sends, and what must come of it. One row an act; the messages lie in `messages/`."""

from collections.abc import Mapping
from dataclasses import dataclass

from statline.contract.words import Channel, Priority, RefusalReason


@dataclass(frozen=True, slots=True)
class Act:
    """One message of the demonstration.

    file: its name in `messages/`, without `.json`.
    lane: the ingress queue that it is put on.
    accepted: the channels on which a provider must accept it; none where it must be refused.
    refused: why it must be refused.
    note: what is worth seeing in it.
    """

    file: str
    title: str
    lane: Priority
    accepted: frozenset[Channel] = frozenset()
    refused: RefusalReason | None = None
    note: str = ""


ACTS = (
    Act(
        "routine-push",
        "A routine message to one person",
        Priority.ROUTINE,
        accepted=frozenset({Channel.PUSH}),
        note="It is about a patient and a lock screen is not the place: the phone shows a neutral text.",
    ),
    Act("urgent-page", "An urgent page by SMS", Priority.URGENT, accepted=frozenset({Channel.SMS})),
    Act(
        "stat-code",
        "A code to a team: push, SMS and a call at once",
        Priority.STAT,
        accepted=frozenset(Channel),
    ),
    Act(
        "misspelt",
        "A message with a misspelt field",
        Priority.URGENT,
        refused=RefusalReason.INVALID,
        note="`expire_at` is not `expires_at`: it is refused, told to its producer and kept for people.",
    ),
)

EXTRA = "code-blue"
"""A message that is only laid out, for whoever wants to go on: five people on shift."""

DEADLINES: Mapping[Priority, float] = {Priority.STAT: 20, Priority.URGENT: 30, Priority.ROUTINE: 60}
"""Seconds from the producer's request to the last thing that an act must show. A function's first call counts, too."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One region, and the producer that sends there for its own tenant. `callback` belongs to nobody."""

    region: str
    producer: str
    tenant: str
    callback: str


STAGES = (
    Stage("ca-central-1", "northshore-ehr", "northshore", "+16475550199"),
    Stage("us-east-1", "harborview-ehr", "harborview", "+12535550199"),
)
