"""What people say to an activation: the first word for a role, everybody's own last word, and that it is called off."""

from dataclasses import dataclass
from datetime import datetime

from statline.contract.words import Answer, Via


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """The first acceptance for a role. Written once; who comes later is found in the words."""

    tenant: str
    activation: str
    role: str
    user: str
    via: Via
    at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """The last word of one person on an activation. ``roles``: what the person was paged for."""

    tenant: str
    activation: str
    user: str
    roles: tuple[str, ...]
    answer: Answer
    via: Via
    at: datetime


@dataclass(frozen=True, slots=True)
class StoodDown:
    """A producer called an activation off."""

    tenant: str
    activation: str
    producer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answers:
    """All that was said to one activation, read at one moment with strong consistency."""

    acknowledgements: tuple[Acknowledgement, ...] = ()
    words: tuple[Word, ...] = ()
    stood_down: StoodDown | None = None

    @property
    def covered(self) -> frozenset[str]:
        """The roles that somebody accepted."""
        return frozenset(each.role for each in self.acknowledgements)


@dataclass(frozen=True, slots=True)
class OpenActivation:
    """An activation that a phone was paged for, by the phone's number: whose phone it is, and the short code.

    A phone that several people share has one for each of them who was paged.
    """

    tenant: str
    activation: str
    user: str
    code: str
    opened_at: datetime
    expires_at: datetime
