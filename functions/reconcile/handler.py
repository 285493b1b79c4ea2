"""The reconcile function's entry point: a schedule, or a person who lets one run delete more than usual."""

from datetime import timedelta
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from functions.core.adapters.clock import utc_now
from functions.core.domain.directory.reconciling import Report
from functions.core.domain.errors import PermanentError, TemporaryError
from functions.core.services.reconcile import Order
from functions.reconcile.log import ReconcileLog
from functions.reconcile.wiring import parts, wired

SHARE_OF_TIME = 0.8
"""Of the function's time a run may begin pages; the rest is for the page that is under way by then."""


class Context(Protocol):
    """What Lambda says of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Until the function is killed."""
        ...


class Invocation(BaseModel):
    """What the function is called with. A schedule says other things besides, which are none of its business."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    allow_deletions_percent: Annotated[int, Field(ge=0, le=100)] | None = None


class InvocationRefusedError(PermanentError):
    """The invocation asks for something that there is not."""


class IncompleteRunError(TemporaryError):
    """Some view could not be read. What could be compared was."""


def handle(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Compare the directory with the replica once and answer what was done.

    Raises `IncompleteRunError` and what the use case raises: a run that was not complete is a failed invocation.
    """
    began = utc_now()
    own = parts()
    order = Order(
        most_deletions_percent=_percent(event, own.settings.most_deletions_percent),
        until=began + timedelta(milliseconds=context.get_remaining_time_in_millis() * SHARE_OF_TIME),
    )
    log = ReconcileLog(own.log)
    with wired(log) as reconcile:
        report = reconcile.run(order)
    log.done(report, int((utc_now() - began).total_seconds() * 1000))
    if not report.complete:
        raise IncompleteRunError(f"{report.unread} views could not be read; the log names each (`view not read`)")
    return _answer(report)


def _percent(event: dict[str, Any], usual: int) -> int:
    try:
        allowed = Invocation.model_validate(event).allow_deletions_percent
    except ValidationError as cause:
        raise InvocationRefusedError("allow_deletions_percent: a whole number from 0 to 100") from cause
    return usual if allowed is None else allowed


def _answer(report: Report) -> dict[str, Any]:
    held = [{"tenant": h.tenant, "kind": h.kind.value, "count": h.count, "of": h.of} for h in report.held_back]
    return {
        "data_at": report.data_at.isoformat(),
        "entries": {kind.value: count for kind, count in report.live.items()},
        "repaired": report.repaired,
        "deleted": report.deleted,
        "held_back": held,
        "refused": report.refused,
        "disagreeing": report.disagreeing,
    }
