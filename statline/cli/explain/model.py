"""What is told of one alarm."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from statline.alarms.model import Alarm, MetricAlarm, Query
from statline.cli.alarms.states import Standing


@dataclass(frozen=True, slots=True)
class Figure:
    """One query of an alarm with its last values, the newest last: when the period began, and None where none was."""

    query: Query
    values: Sequence[tuple[float, float | None]]


@dataclass(frozen=True, slots=True)
class Figures:
    """An alarm's figures now: those it reads, and what it compares, period by period."""

    alarm: MetricAlarm
    read: Sequence[Figure]
    compared: Figure
    breaching: Sequence[bool | None]


@dataclass(frozen=True, slots=True)
class Past:
    """One entry of an alarm's history."""

    at: datetime
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One alarm as it stands.

    alarm: its definition; None where it cannot be evaluated here, and `unreadable` says why.
    figures: for one on figures. children: for a composite, those below it, with the figures of those that are in ALARM.
    heard_through: the composites that it is part of.
    """

    standing: Standing
    alarm: Alarm | None
    unreadable: str
    figures: Figures | None
    children: Sequence[tuple[Standing, Figures | None]]
    heard_through: Sequence[Standing]
    past: Sequence[Past]
