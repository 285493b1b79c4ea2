"""What a redrive says: counts, ages and reasons, and nothing that a letter says."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from statline.cli.redrive.letters import Fate, Tally
from statline.cli.redrive.queues import Content, DeadQueue

_MOST_SENDERS = 5
_WAYS: Mapping[Content, str] = {
    Content.MESSAGE: "given to the router with its sender's name",
    Content.WORD: "given to the receipts function with its sender's name",
}
_COPIED = "copied to {work}"
_STAY: Mapping[Fate, str] = {
    Fate.UNREADABLE: (
        "cannot be read, and stay: their function could do nothing with them either. Was the router deployed before "
        "the function that reads this queue? Then put the newer version of that function back"
    ),
    Fate.STALE: "are too old, and stay: taken now they would answer or tell something else than was meant",
    Fate.RETURNED: "died again after this began, and stay: the cause is not gone",
}


def findings(queue: DeadQueue, tally: Tally, now: datetime, *, expired_too: bool) -> Iterator[str]:
    """What lies there, and what would become of it, a line each."""
    if not tally.found:
        yield f"{queue.dead} is empty."
        return
    of_all = f" of those looked at ({tally.stopped})" if tally.stopped else ""
    yield f"{queue.dead}: {_letters(tally.found)}{of_all}, the oldest sent {span(tally.age(now))} ago."
    if queue.keeps_its_senders:
        yield f"  from {_senders(tally.senders)}"
    again, expired = tally.fates[Fate.AGAIN], tally.fates[Fate.EXPIRED]
    if again:
        yield f"  {again:,} to be {_way(queue)}"
    if expired and expired_too:
        yield f"  {expired:,} past their deadline: to be recorded as expired, told to their producers, sent to nobody"
    elif expired:
        yield (
            f"  {expired:,} past their deadline: they stay. With --expired record they are recorded as expired and "
            "told to their producers, and sent to nobody"
        )
    yield from _staying(tally)


def outcome(queue: DeadQueue, tally: Tally) -> Iterator[str]:
    """What was done, a line each."""
    sent, recorded = tally.done[Fate.AGAIN], tally.done[Fate.EXPIRED]
    yield f"{queue.dead}: {_letters(sent)} {_way(queue)}."
    if recorded:
        yield f"  {recorded:,} past their deadline handed over to be recorded as expired"
    if not recorded and tally.fates[Fate.EXPIRED]:
        yield f"  {tally.fates[Fate.EXPIRED]:,} past their deadline were seen and stay"
    yield from _staying(tally)
    if tally.not_taken:
        yield f"  {tally.not_taken:,} were not taken and stay: {tally.why_not}"
    if tally.undeleted:
        yield (
            f"  {tally.undeleted:,} were taken and could not be deleted here: a later redrive hands them over once "
            "more, which changes nothing"
        )
    if tally.stopped:
        yield f"  It ended early: {tally.stopped}. What is left stays as it was; run it again to go on."


def progress(tally: Tally) -> str:
    """How far it has come, in a line."""
    stays = tally.found - tally.handed_over
    return f"looked at {tally.found:,}, handed over {tally.handed_over:,}, left {stays:,}"


def span(length: timedelta) -> str:
    """A length of time in its two largest units."""
    seconds = max(0, int(length.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds % 86_400 // 3600, seconds % 3600 // 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s" if minutes else f"{seconds} s"


def _way(queue: DeadQueue) -> str:
    return _WAYS.get(queue.content, _COPIED).format(work=queue.work)


def _staying(tally: Tally) -> Iterator[str]:
    for fate, words in _STAY.items():
        if tally.fates[fate]:
            yield f"  {tally.fates[fate]:,} {words}"


def _senders(senders: Mapping[str, int]) -> str:
    most = sorted(senders.items(), key=lambda each: -each[1])
    named = ", ".join(f"{sender or 'nobody'} ({count:,})" for sender, count in most[:_MOST_SENDERS])
    return f"{named} and {len(most) - _MOST_SENDERS} more" if len(most) > _MOST_SENDERS else named


def _letters(count: int) -> str:
    return f"{count:,} dead letter{'' if count == 1 else 's'}"
