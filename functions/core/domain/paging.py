"""From a call to a page: pure. And whom the page's policy reaches where nobody holds the pager."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.core.domain.activation import Activation, LadderPlan, code_of
from functions.core.domain.delivery import digest
from functions.core.domain.directory import EntryKey, EntryKind, Shift
from functions.core.domain.pager_call import Callback, PagerCall
from statline.contract.directory import PagerChange, ShiftTarget, Target, TeamTarget, UserTarget
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

Team = tuple[str, str]
"""Tenant and team."""


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


def teams_of_rungs(tenant: str, activation: Activation | None) -> list[Team]:
    """The teams whose shifts the rungs of an activation's ladders mean."""
    found: dict[Team, None] = {}
    for ladder, target in _targets(activation):
        team = target.id if isinstance(target, TeamTarget) else ladder.team
        if team and not isinstance(target, UserTarget):
            found[tenant, team] = None
    return list(found)


def people_of_rungs(tenant: str, activation: Activation | None, shifts: Mapping[Team, Iterable[Shift]]) -> list[str]:
    """The people whom the rungs would page now, over the shifts of `teams_of_rungs`."""
    found: dict[str, None] = {}
    for ladder, target in _targets(activation):
        found.update(dict.fromkeys(_people(tenant, ladder, target, shifts)))
    return list(found)


def _targets(activation: Activation | None) -> Iterator[tuple[LadderPlan, Target]]:
    for ladder in activation.ladders if activation else ():
        for rung in ladder.rungs:
            for target in rung.who:
                yield ladder, target


def _people(tenant: str, ladder: LadderPlan, target: Target, shifts: Mapping[Team, Iterable[Shift]]) -> Collection[str]:
    if isinstance(target, UserTarget):
        return (target.id,)
    if isinstance(target, TeamTarget):
        there = shifts.get((tenant, target.id), ())
        return [shift.user for shift in there if not shift.backup and target.role in {None, shift.role}]
    wants_backup = not isinstance(target, ShiftTarget)
    return [shift.user for shift in shifts.get((tenant, ladder.team), ()) if shift.backup is wants_backup]
