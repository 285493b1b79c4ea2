"""An incident as data: what happened in reality, what is done to the simulated region, and what must be said when."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from statline.contract.words import Priority
from statline.drills.course import Arrival, Course, Turn
from statline.drills.levers import LEVERS, matching, put_in_once

_SPAN = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?")
_UNITS = (86_400, 3600, 60, 1)
_START = re.compile(r"(?P<day>[a-z]+) (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)")
_CHOICE = re.compile(r"\{([^}]*)\}")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _seconds(value: object) -> object:
    """``1h 30m`` as seconds."""
    if not isinstance(value, str):
        return value
    match = _SPAN.fullmatch(value.strip())
    if not value.strip() or match is None:
        raise ValueError(f"{value!r} is no time span; write it like 35s, 2m 30s or 1h 10m")
    return float(sum(int(part or 0) * unit for part, unit in zip(match.groups(), _UNITS, strict=True)))


Span = Annotated[float, BeforeValidator(_seconds), Field(ge=0)]


def _each_of(pattern: str) -> list[str]:
    """``a {b,c} d`` as ``a b d`` and ``a c d``."""
    match = _CHOICE.search(pattern)
    if match is None:
        return [pattern]
    heads = [pattern[: match.start()] + word for word in match[1].split(",")]
    return [head + tail for head in heads for tail in _each_of(pattern[match.end() :])]


class Topic(StrEnum):
    """Whom an alarm tells."""

    PAGE = "page"
    TICKET = "ticket"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reality(_Model):
    """What the incident took where it really happened.

    known_after: from its start until somebody knew; unset: it was not published. lasted: until it was over.
    """

    when: str
    what: str
    known_after: Span | None = None
    lasted: Span | None = None
    source: str


class Change(_Model):
    """What is turned, from `at` until `until` after the incident's start (unset: to the drill's end).

    set: levers by name (``*`` means any), and where they stand. along: from where to where they are turned meanwhile.
    put_in: levers that are put in once, at `at`.
    """

    at: Span = 0.0
    until: Span | None = None
    set: Mapping[str, float] = Field(default_factory=dict)
    along: Mapping[str, tuple[float, float]] = Field(default_factory=dict)
    put_in: Mapping[str, float] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _turns_what_there_is(self) -> Self:
        if self.until is not None and self.until <= self.at:
            raise ValueError(f"until ({self.until:g} s) must be later than at ({self.at:g} s)")
        _check(self.set, once=False)
        _check(self.put_in, once=True)
        for index in (0, 1):
            _check({name: ends[index] for name, ends in self.along.items()}, once=False)
        return self


class Must(_Model):
    """An alarm that has to speak.

    by: at the latest, after the incident's start. not_before: earlier than this it would have spoken of something that
    is no trouble yet, and would wake people for nothing on another day. topic: whom it tells; unset: it tells nobody
    itself, a composite speaks for it. rest_by: when it must be at rest again. rest_not_before: earlier than this it
    would say that it is over while it is not.
    """

    alarm: str
    by: Span
    not_before: Span = 0.0
    topic: Topic | None = None
    rest_by: Span | None = None
    rest_not_before: Span = 0.0

    @model_validator(mode="after")
    def _rests_in_time(self) -> Self:
        if self.rest_by is not None and self.rest_not_before > self.rest_by:
            raise ValueError(f"{self.alarm}: rest_not_before is later than rest_by")
        return self


class Incident(_Model):
    """An incident, or a healthy time.

    begins: the day and the local time that it begins at, like ``saturday 10:00``. lasts: how long it is watched.
    shaded: the part that the picture shades; unset: from the first change to the last.
    must, may: what speaks. silent: what may not even come into ALARM. A page of anything else is a fault, too.
    slowest: seconds that the 90th percentile of a lane's minutes may reach. outside_by: when the dead-man's switch's
    owner must have told on-call.
    """

    title: str
    what: str
    reality: Reality | None = None
    begins: str
    lasts: Span
    changes: tuple[Change, ...] = ()
    must: tuple[Must, ...] = ()
    may: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    slowest: Mapping[Priority, float] = Field(default_factory=dict)
    outside_by: Span | None = None
    at_rest_by: Span | None = None

    @model_validator(mode="after")
    def _ends_within_its_time(self) -> Self:
        if self.lasts <= 0:
            raise ValueError("lasts must be longer than nothing")
        never = [row.alarm for row in self.must if row.not_before > row.by]
        if never:
            raise ValueError(f"not_before is later than by: {', '.join(never)}")
        late = [f"{row.alarm} by {row.by:g} s" for row in self.must if max(row.by, row.rest_by or 0) > self.lasts]
        if late or (self.at_rest_by or 0) > self.lasts:
            raise ValueError(
                f"expected after the end of the drill ({self.lasts:g} s): {', '.join(late) or 'at_rest_by'}"
            )
        self.weekday_and_time  # noqa: B018 - reads it, and says what is wrong with it
        return self

    @property
    def about_a_database(self) -> bool:
        """Whether it is done to a database, which not every region has."""
        return any(name.startswith("database.") for name in self._turned)

    @property
    def about_a_second_provider(self) -> bool:
        """Whether it is done to a second provider, or to its callbacks' door; not every region has one."""
        return any(name.startswith(("provider.twilio.", "callbacks.")) for name in self._turned)

    @property
    def _turned(self) -> tuple[str, ...]:
        return tuple(name for change in self.changes for name in (*change.set, *change.along))

    @property
    def musts(self) -> tuple[Must, ...]:
        """Every single alarm that has to speak: ``{stat,urgent}`` in a name means each."""
        return tuple(row.model_copy(update={"alarm": name}) for row in self.must for name in _each_of(row.alarm))

    @property
    def weekday_and_time(self) -> tuple[int, float]:
        """The day it begins on (0 is Monday), and the seconds of that day."""
        match = _START.fullmatch(self.begins)
        if match is None or match["day"] not in _DAYS:
            raise ValueError(f"begins: {self.begins!r} is no weekday and time; write it like 'saturday 10:00'")
        return _DAYS.index(match["day"]), int(match["hour"]) * 3600.0 + int(match["minute"]) * 60.0

    @property
    def shaded(self) -> tuple[float, float] | None:
        """When something is wrong, in seconds after the start; None in a healthy time."""
        ends = [change.until if change.until is not None else self.lasts for change in self.changes]
        return (min(change.at for change in self.changes), max(ends)) if self.changes else None

    def course(self, start: float) -> Course:
        """What is turned when, for an incident that begins at `start` (seconds of the epoch)."""
        return Course(
            [self._turn(change, start) for change in self.changes if change.set or change.along],
            [
                Arrival(start + change.at, name, count)
                for change in self.changes
                for pattern, count in change.put_in.items()
                for name in matching(pattern)
            ],
        )

    def _turn(self, change: Change, start: float) -> Turn:
        until = change.until if change.until is not None else self.lasts + 60.0
        return Turn(
            start + change.at,
            start + until,
            {name: value for pattern, value in change.set.items() for name in matching(pattern)},
            {name: ends for pattern, ends in change.along.items() for name in matching(pattern)},
        )


def _check(values: Mapping[str, float], *, once: bool) -> None:
    for pattern, value in values.items():
        names = [name for name in matching(pattern) if put_in_once(name) is once]
        if not names:
            how = "put in once" if once else "turned"
            raise ValueError(f"{pattern}: there is no such lever that is {how}; docs/drills.md lists them")
        least, most = LEVERS[names[0]].least, LEVERS[names[0]].most
        if not least <= value <= most:
            raise ValueError(f"{pattern}: {value:g} is not within {least:g} and {most:g}")
