"""How a tenant's activations climb, who holds its service, and the line that people outside call or text."""

from collections.abc import Iterator
from datetime import time

from local.seed.people import DEMO_USER, REVISION
from local.seed.tenants import Tenant
from statline.contract.directory import (
    BackupTarget,
    DirectoryChange,
    EscalationPolicyChange,
    EscalationStep,
    LineChange,
    OpeningHours,
    PagerChange,
    ServiceChange,
    ShiftTarget,
    TeamTarget,
    UserTarget,
)
from statline.contract.words import Channel, Priority

CODE, ON_CALL, LAST_RESORT = "code-ladder", "on-call-ladder", "last-resort"
"""The policies: of the teams that codes are called for, of the others, and what goes on after those."""
SERVICE = "cardiology"
SERVICE_PAGER = 45
"""The service's pager comes this far behind the tenant's first."""

_SHIFT_AGAIN = EscalationStep(who=(ShiftTarget(type="shift"),), channels=(Channel.SMS, Channel.VOICE), wait=30)
_BACKUP = EscalationStep(who=(BackupTarget(type="backup"),), wait=30)
_RAPID_RESPONSE = EscalationStep(who=(TeamTarget(type="team", id="rapid-response", role="lead"),), wait=60)
_COORDINATORS = EscalationStep(who=(TeamTarget(type="team", id="bed-management"),), wait=300)
_DEMO = EscalationStep(who=(UserTarget(type="user", id=DEMO_USER),), wait=120)


def escalation(tenant: Tenant) -> Iterator[DirectoryChange]:
    """The tenant's policies, its cardiology service with a pager, and its line."""
    named = {"tenant": tenant.name, "revision": REVISION}
    yield EscalationPolicyChange(
        kind="escalation_policy",
        **named,
        id=CODE,
        name="Codes",
        first_wait=30,
        steps=(_SHIFT_AGAIN, _BACKUP),
        repeats=1,
        final=_RAPID_RESPONSE,
        then=LAST_RESORT,
    )
    yield EscalationPolicyChange(
        kind="escalation_policy",
        **named,
        id=ON_CALL,
        name="On call",
        first_wait=300,
        steps=(_SHIFT_AGAIN, _COORDINATORS),
        then=LAST_RESORT,
        one_is_enough=True,
    )
    yield EscalationPolicyChange(
        kind="escalation_policy", **named, id=LAST_RESORT, name="Last resort", steps=(_DEMO,), one_is_enough=True
    )
    yield from _cardiology(tenant)
    if tenant.line:
        yield LineChange(kind="line", tenant=tenant.name, revision=REVISION, number=tenant.line)


def _cardiology(tenant: Tenant) -> Iterator[DirectoryChange]:
    """The catheter team by day on weekdays, rapid response at other times."""
    by_day = OpeningHours(days=(1, 2, 3, 4, 5), starts=time(7), ends=time(18), holder="team", holder_id="stemi")
    yield ServiceChange(
        kind="service",
        tenant=tenant.name,
        revision=REVISION,
        id=SERVICE,
        name="Cardiology",
        zone=tenant.zone,
        hours=(by_day,),
        otherwise="rapid-response",
    )
    yield PagerChange(
        kind="pager",
        tenant=tenant.name,
        revision=REVISION,
        number=str(tenant.pagers + SERVICE_PAGER),
        holder="service",
        holder_id=SERVICE,
        priority=Priority.STAT,
        policy=ON_CALL,
    )
