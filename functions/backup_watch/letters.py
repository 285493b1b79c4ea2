"""What on-call is told: when a finding begins, when it becomes known who it is, and when it is over."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from functions.backup_watch.finding import Finding, Level, Source

_LONGEST_SUBJECT = 100
_UNKNOWN = "not known yet; CloudTrail tells within minutes, in another letter"
_MEANS: Mapping[Level, str] = {
    Level.PAGE: (
        "The applications that clinicians work in may become slow or stand still while this lasts. Notifications do not"
        " use this database and go on."
    ),
    Level.TICKET: "Clinicians feel nothing now. Something about backups is not as it was declared.",
}
_FIRST: Mapping[Source, str] = {
    Source.LOAD: (
        "Ask whose it is, and have it stopped. To see and end it: `statline database sessions`, then `statline database"
        " end`."
    ),
    Source.SNAPSHOTS: (
        "A snapshot cannot be stopped. Find out who asked for it, so that no second one follows, and watch the"
        " primary's latency until it is over."
    ),
    Source.CALLS: "Ask whose it is, and have it undone or stopped where it can be.",
}


class Occasion(StrEnum):
    """Why a letter is written."""

    BEGAN = "began"
    WAS = "was"
    """It was over before anybody could be told."""
    IDENTIFIED = "identified"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Letter:
    """A subject (ASCII, at most 100 characters, which is what SNS takes) and a text."""

    subject: str
    text: str


def due(finding: Finding) -> Occasion | None:
    """What on-call has to be told of a finding and was not. The end of what a call asked for is not seen."""
    if finding.told_at is None:
        return Occasion.BEGAN if finding.ongoing else Occasion.WAS
    if finding.who and not finding.told_who:
        return Occasion.IDENTIFIED
    if not finding.ongoing and finding.end_told_at is None and finding.source is not Source.CALLS:
        return Occasion.ENDED
    return None


def told(finding: Finding, occasion: Occasion, now: datetime) -> Finding:
    """The finding after on-call was told."""
    if occasion is Occasion.ENDED:
        return replace(finding, end_told_at=now)
    over = now if occasion is Occasion.WAS else finding.end_told_at
    return replace(finding, told_at=finding.told_at or now, told_who=finding.who, end_told_at=over)


_SUBJECTS: Mapping[Occasion, str] = {
    Occasion.BEGAN: "backup on the primary",
    Occasion.WAS: "a backup was made on the primary",
    Occasion.IDENTIFIED: "who backs up the primary",
    Occasion.ENDED: "backup on the primary is over",
}
_SUBJECT_OF_TICKETS = "backups of the primary are not as declared"


def write(finding: Finding, occasion: Occasion, *, region: str, runbook: str) -> Letter:
    """The letter about a finding."""
    subject = _SUBJECTS[occasion] if finding.level is Level.PAGE else _SUBJECT_OF_TICKETS
    lines = [
        f"What: {finding.what}.",
        f"Who: {finding.who or _UNKNOWN}.",
        f"Since: {_moment(finding.first_seen)}.",
        *([f"Over: {_moment(finding.ended_at)}."] if finding.ended_at else []),
        *([f"RDS says: {finding.note}."] if finding.note else []),
    ]
    if occasion is not Occasion.ENDED:
        lines += [f"What it means: {_MEANS[finding.level]}", f"First: {_FIRST[finding.source]}"]
    lines.append(f"Runbook: {runbook}")
    return Letter(f"Statline {region}: {subject}"[:_LONGEST_SUBJECT], "\n".join(lines))


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
