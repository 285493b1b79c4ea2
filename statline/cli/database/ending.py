"""Ends sessions, one record before and one after each, and looks whether they are gone."""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from statline.cli.database.audit import Actor, Entry, NotRecordedError, Phase, Record
from statline.cli.database.model import DatabaseError, Ending, Session

PATIENCE_SECONDS = 15.0
_LOOK_EVERY = 0.2
_WORDS: Mapping[Ending, str] = {
    Ending.ENDED: "ended, and gone from the server",
    Ending.GONE: "had ended by itself; whoever has its process id now was left alone",
    Ending.CHANGED: "does something else by now: nothing was done to it; list the sessions again",
    Ending.NOT_ENDED: f"was told to end and is still there after {PATIENCE_SECONDS:g} s; look again in a minute",
}


class Sessions(Protocol):
    """The server, as far as ending needs it."""

    def end(self, session: Session) -> bool:
        """Tell a session to end, if it is still that one and does what it did."""
        ...

    def is_there(self, session: Session) -> bool:
        """Whether that very session lives."""
        ...


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one session, in a word and in words. unrecorded: why its result is not in the record, if so."""

    session: Session
    ending: Ending
    words: str
    unrecorded: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ender:
    """Ends sessions. now, clock, pause: of the machine, unless a test says otherwise; clock counts seconds."""

    server: Sessions
    record: Record
    actor: Actor
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep

    def end(self, sessions: Sequence[Session]) -> Iterator[Ended]:
        """End one session after the other. Nothing is ended before every intent is kept, or `NotRecordedError`."""
        ids = {session.pid: secrets.token_hex(4) for session in sessions}
        for session in sessions:
            self.record.write(self._entry(ids[session.pid], session))
        for session in sessions:
            yield self._recorded(ids[session.pid], self._end(session))

    def _recorded(self, id_: str, ended: Ended) -> Ended:
        """The session is told by now, so a record that fails is said rather than raised."""
        try:
            self.record.write(self._entry(id_, ended.session, ended))
        except NotRecordedError as cause:
            return replace(ended, unrecorded=str(cause))
        return ended

    def _entry(self, id_: str, session: Session, ended: Ended | None = None) -> Entry:
        return Entry(
            id=id_,
            phase=Phase.RESULT if ended else Phase.INTENT,
            at=self.now(),
            actor=self.actor,
            session=session,
            ending=ended.ending if ended else None,
            words=ended.words if ended else "",
        )

    def _end(self, session: Session) -> Ended:
        try:
            ending = self._told(session)
        except DatabaseError as cause:
            return Ended(session, Ending.FAILED, str(cause))
        return Ended(session, ending, _WORDS[ending])

    def _told(self, session: Session) -> Ending:
        if not self.server.end(session):
            return Ending.CHANGED if self.server.is_there(session) else Ending.GONE
        deadline = self.clock() + PATIENCE_SECONDS
        while self.server.is_there(session):
            if self.clock() > deadline:
                return Ending.NOT_ENDED
            self.pause(_LOOK_EVERY)
        return Ending.ENDED
