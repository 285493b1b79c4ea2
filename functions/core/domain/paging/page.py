"""From a call to a page: pure. And whom the page's policy reaches where nobody holds the pager."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.domain.delivering.delivery import digest
from functions.core.domain.directory.entries import EntryKey, EntryKind
from functions.core.domain.escalation.activation import code_of
from functions.core.domain.escalation.climbing import Step
from functions.core.domain.paging.pager_call import Callback, PagerCall
from functions.core.domain.routing.plan import Plan
from statline.contract.directory import PagerChange
from statline.contract.notification import Content, Notification, PagerRecipient
from statline.contract.words import Kind, Priority, Sensitivity

LIFE: Mapping[Priority, timedelta] = {
    Priority.STAT: timedelta(hours=4),
    Priority.URGENT: timedelta(hours=8),
    Priority.ROUTINE: timedelta(hours=24),
}
"""How long a page is worth delivering, and its ladder climbs at most."""
MOST_TEXT = 1_600
"""The longest text that ten joined messages carry; what is longer did not come as a text."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is made of, besides the call: the pager, what is said, and where to call back."""

    pager: PagerChange
    text: str
    callback: Callback | None


def page_of(call: PagerCall, page: Page, now: datetime) -> Notification:
    """The notification that a call becomes. The same call is the same notification.

    What a caller writes is patient content: nobody vouches for it. A number to call back alone is not.
    """
    callback = page.callback or Callback()
    sent_at = min(call.at or now, now)
    inside = f"Call back extension {callback.extension}" if callback.extension else ""
    return Notification(
        tenant=page.pager.tenant,
        id=f"page-{digest('page', call.line, call.id)}",
        kind=Kind.PAGE,
        priority=page.pager.priority,
        recipients=(PagerRecipient(type="pager", number=page.pager.number),),
        content=Content(
            sensitivity=Sensitivity.PATIENT if page.text else Sensitivity.OPERATIONAL,
            title=f"Page {page.pager.number}",
            body="\n".join(part for part in (inside, _whole(page.text[:MOST_TEXT])) if part),
            callback=callback.number or None,
        ),
        sent_at=sent_at,
        expires_at=sent_at + LIFE[page.pager.priority],
    )


def _whole(text: str) -> str:
    """Without half characters, which JSON can hold and no text may."""
    return text.encode(errors="replace").decode()


def reference_of(page: Notification) -> str:
    """What the caller is told and the one who is paged reads."""
    return code_of(page.tenant, page.id)


def owner_key(pager: PagerChange) -> EntryKey | None:
    """The key of the team or service that holds a pager; None where a person does."""
    kinds = {"team": EntryKind.TEAM, "service": EntryKind.SERVICE}
    kind = kinds.get(pager.holder)
    return EntryKey(pager.tenant, kind, pager.holder_id) if kind else None


def reaches(plan: Plan) -> bool:
    """Whether a plan reaches a person. A rehearsed delivery looks sent, and reaches nobody."""
    return any(not delivery.rehearsed for delivery in plan.deliveries)


def steps_of(plan: Plan) -> list[Step]:
    """Every step that the page's ladders could fire, each way of paging once: rounds repeat them."""
    activation = plan.activation
    if activation is None:
        return []
    found: dict[tuple[object, ...], Step] = {}
    for ladder in activation.ladders:
        for at, rung in enumerate(ladder.rungs, start=1):
            found.setdefault((ladder.role, rung.who, rung.channels), Step(plan, activation, ladder, at))
    return list(found.values())
