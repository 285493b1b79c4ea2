"""Which sessions are to be ended, and whether the person who says so means it."""

from collections.abc import Sequence
from dataclasses import dataclass

import typer

from statline.cli.database.model import Session


@dataclass(frozen=True, slots=True)
class Choice:
    """Sessions that may be ended, and for each other process id why not."""

    dumps: tuple[Session, ...]
    others: tuple[Session, ...]
    refused: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to end."""
        return not self.dumps and not self.others


def choose(found: Sequence[Session], pids: Sequence[int], *, anybody: bool) -> Choice:
    """Those of the sessions that have the process ids and may be ended. ``anybody``: also what is no dump."""
    by_pid = {session.pid: session for session in found}
    allowed, refused = [], []
    for pid in dict.fromkeys(pids):
        session = by_pid.get(pid)
        words = _refusal(session, anybody=anybody)
        if session is None or words:
            refused.append(f"session {pid}: {words}")
        else:
            allowed.append(session)
    return Choice(
        tuple(session for session in allowed if session.is_dump),
        tuple(session for session in allowed if not session.is_dump),
        tuple(refused),
    )


def _refusal(session: Session | None, *, anybody: bool) -> str:
    if session is None:
        return "there is no such session; it may have ended by itself"
    if session.untouchable:
        return f"it is {session.untouchable}; it is never ended here"
    if not session.is_dump and not anybody:
        return f"it is no dump (it calls itself {session.application or 'nothing'}); --any ends it all the same"
    return ""


def confirm(choice: Choice) -> bool:
    """Have the person type what will happen, once more for sessions that are no dump."""
    all_of_them = [*choice.dumps, *choice.others]
    return _typed(f"end {_pids(all_of_them)}") and (
        not choice.others or _typed(f"end {_pids(choice.others)} though it is no dump")
    )


def _typed(sentence: str) -> bool:
    return bool(
        typer.prompt(f"Type exactly: {sentence}\n", default="", show_default=False, prompt_suffix="> ") == sentence
    )


def _pids(sessions: Sequence[Session]) -> str:
    return " ".join(str(session.pid) for session in sessions)
