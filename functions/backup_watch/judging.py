"""From what was found before and what is seen now to what is to be known: one pure step."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from functions.backup_watch.finding import CALL_LASTS, UNSEEN_FOR, Finding, Observation, Source, begun, continued


def judge(
    known: Sequence[Finding], seen: Sequence[Observation], *, looked_at: Collection[Source], now: datetime
) -> list[Finding]:
    """The findings that are new, go on, have just ended, or whose author has become known.

    known: the ongoing ones and the lately ended, the oldest first.
    looked_at: the sources that answered. What a silent one showed before goes on.
    """
    last = {finding.key: finding for finding in known}
    judged = [found for each in seen if (found := _judged(last.get(each.key), each, now)) is not None]
    in_sight = {each.key for each in seen}
    return [*judged, *_ending(last, in_sight, looked_at, now)]


def _judged(before: Finding | None, seen: Observation, now: datetime) -> Finding | None:
    if before is None:
        return begun(seen, now)
    if before.ongoing:
        return continued(before, seen, now)
    if seen.source is Source.LOAD:
        return begun(seen, now)
    # Of a snapshot or a call there is one only. CloudTrail may tell of it when it is over.
    return replace(before, who=seen.who) if seen.who and not before.who else None


def _ending(
    last: dict[str, Finding], in_sight: Collection[str], looked_at: Collection[Source], now: datetime
) -> Iterator[Finding]:
    for key, finding in last.items():
        if finding.ongoing and key not in in_sight and _is_gone(finding, looked_at, now):
            yield replace(finding, ended_at=now if finding.source is Source.CALLS else finding.last_seen)


def _is_gone(finding: Finding, looked_at: Collection[Source], now: datetime) -> bool:
    if finding.source is Source.CALLS:
        return now - finding.first_seen >= CALL_LASTS
    return finding.source in looked_at and now - finding.last_seen >= UNSEEN_FOR
