"""How sessions look on a terminal: lines rather than cells of a table, so that nothing is cut on a narrow screen."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from statline.cli.database.model import Session

_MIB = 1 << 20
_PID_DIGITS = 8


def lines_of(sessions: Iterable[Session], now: datetime) -> Iterator[str]:
    """Two lines a session: who it is, and what it does since when."""
    for session in sessions:
        since = (now - session.busy_since).total_seconds()
        said = f", has read {session.copied / _MIB:,.0f} MiB so far" if session.copied is not None else ""
        never = f"; never ended here: {session.untouchable}" if session.untouchable else ""
        yield (
            f"{session.pid:<{_PID_DIGITS}} {session.kind}: {session.user or 'nobody'} from {session.client},"
            f" in {session.database or 'no database'}, calls itself {session.application or 'nothing'}"
        )
        yield (
            f"{'':{_PID_DIGITS}} since {session.busy_since:%Y-%m-%d %H:%M:%S%z} ({_duration(since)}),"
            f" {session.state or session.backend}{said}{never}"
        )


def _duration(seconds: float) -> str:
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s"
