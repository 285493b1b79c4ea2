"""The port `SourceViews` on PostgreSQL: the views of the replica, in pages by their key.

Each page is a statement of its own, some milliseconds long, and no transaction spans two: a long one on a replica would
be ended for what it must replay, or would keep the primary from cleaning up.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from functions.core.domain.directory.reconciling import EntryName, Page, Row, SourceChange, ViewUnreadableError
from functions.core.domain.directory.source_kind import SourceKind
from functions.core.domain.errors import MisconfiguredError
from functions.database.errors import (
    DatabaseUnavailableError,
    NotAReplicaError,
    StatementRefusedError,
    StatementTimedOutError,
)
from functions.database.sessions import Sessions
from functions.reconcile.statements import DATA_AT, PAGE, VIEWS, View
from statline.contract.directory import ContactPointChange, ShiftChange, TeamChange, UserChange

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each further try with a server that is away: long enough for a replica that restarts, and for the
primary's first word to it, which may take half a minute where nothing is written."""

_NOT_AS_DOCUMENTED = "42"
"""PostgreSQL's class of errors about what is not there, and about rights."""
_INSTALL = (
    "docs/directory.md has the columns that the views must have: mend the view, then run statline/sql/roles.sql again"
)

_Answer = TypeVar("_Answer")

_CHANGES: Mapping[SourceKind, TypeAdapter[SourceChange]] = {
    SourceKind.USER: TypeAdapter(UserChange),
    SourceKind.CONTACT_POINT: TypeAdapter(ContactPointChange),
    SourceKind.TEAM: TypeAdapter(TeamChange),
    SourceKind.SHIFT: TypeAdapter(ShiftChange),
}


class ReplicaViews:
    """The views, read through sessions that refuse a primary. page: rows of one statement."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        page: int = PAGE,
        pauses: Sequence[float] = PAUSES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sessions = sessions
        self._page = page
        self._pauses = pauses
        self._sleep = sleep

    def data_at(self) -> datetime:
        """See `SourceViews.data_at`. Asked around every page: the server behind the name may be another by then."""
        try:
            return self._patiently(self._moment)
        except StatementRefusedError as cause:
            raise MisconfiguredError(f"the replica lacks what statline/sql/roles.sql installs: {cause}") from cause

    def pages(self, tenant: str, kind: SourceKind) -> Iterator[Page]:
        """See `SourceViews.pages`."""
        view = VIEWS[kind]
        after: Sequence[Any] = view.start
        data_at = self.data_at()
        while True:
            try:
                found = self._patiently(partial(self._sessions.rows, view.statement, [tenant, *after, self._page]))
            except (StatementTimedOutError, StatementRefusedError) as cause:
                raise ViewUnreadableError(
                    f"{view.name} cannot be read for {tenant}: {cause}{_advice(cause)}"
                ) from cause
            rows = [columns[0] for columns in found]
            last = [rows[-1][column] for column in view.key] if rows else []
            # Between two statements another server may have taken the name over: the page is of either's moment.
            before, data_at = data_at, self.data_at()
            yield Page(tuple(_row(tenant, kind, view, row) for row in rows), min(before, data_at))
            if len(rows) < self._page:
                return
            after = last

    def _moment(self) -> datetime:
        ((in_recovery, moment),) = self._sessions.rows(DATA_AT)
        if not in_recovery:
            raise NotAReplicaError(f"{self._sessions.server} is a replica no longer: it was promoted during the run")
        if moment is None:
            raise DatabaseUnavailableError(
                f"{self._sessions.server} cannot say of when its data is: it has heard nothing since it started"
            )
        at: datetime = moment.astimezone(UTC)
        return at

    def _patiently(self, ask: Callable[[], _Answer]) -> _Answer:
        for pause in self._pauses:
            try:
                return ask()
            except DatabaseUnavailableError:
                self._sleep(pause)
        return ask()


def _advice(cause: Exception) -> str:
    """What to do about a view that is not there, lacks a column, or may not be read."""
    code = getattr(cause.__cause__, "sqlstate", None) or ""
    return f". {_INSTALL}" if code.startswith(_NOT_AS_DOCUMENTED) else ""


def _row(tenant: str, kind: SourceKind, view: View, row: dict[str, Any]) -> Row:
    """The key is read apart from the rest: a row that breaks the contract still shows that its entry is there."""
    owner, id_ = ["", *(str(row[column]) for column in view.key)][-2:]
    name = EntryName(tenant, kind, owner, id_)
    try:
        change = _CHANGES[kind].validate_python({"kind": kind.value, "tenant": tenant} | view.fields(row))
    except ValidationError:
        return Row(name, None)
    return Row(name, change)
