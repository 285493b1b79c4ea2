"""How sessions look on a terminal."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from statline.cli.database_model import Session

_MIB = 1 << 20


def session_table(sessions: Sequence[Session], now: datetime) -> Table:
    """One line a session. Names come from the sessions themselves, so nothing in them is read as markup."""
    table = Table(
        "pid", "kind", "user", "application", "database", "from", "since (UTC)", "for", "state", "read", "note"
    )
    for session in sessions:
        row = (
            str(session.pid),
            session.kind.value,
            session.user,
            session.application,
            session.database,
            session.client,
            f"{session.busy_since:%Y-%m-%d %H:%M:%S}",
            _duration((now - session.busy_since).total_seconds()),
            session.state,
            f"{session.copied / _MIB:,.0f} MiB" if session.copied is not None else "",
            f"never ended here: {session.untouchable}" if session.untouchable else "",
        )
        table.add_row(*(Text(cell) for cell in row))
    return table


def _duration(seconds: float) -> str:
    whole = max(0, int(seconds))
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s"
