"""The whole seed directory of a tenant."""

import random
from collections.abc import Iterator
from datetime import date

from local.seed.escalation import escalation
from local.seed.people import DEMO_USER, REVISION, people, user_ids
from local.seed.teams import shifts, teams
from local.seed.tenants import Tenant
from statline.contract.directory import DirectoryChange, PagerChange, TenantPolicyChange

PERSONAL_PAGERS = 20
FIRST_PERSONAL = 50
"""The pagers of people come this far behind those of teams."""


def directory_of(tenant: Tenant, today: date) -> list[DirectoryChange]:
    """Every change that makes a tenant's directory, policy and people first. The same on every run of one day."""
    chance = random.Random(tenant.name)  # noqa: S311  # no secret: the same people every time
    return [
        _policy(tenant),
        *people(tenant, chance),
        *teams(tenant),
        *_personal_pagers(tenant),
        *escalation(tenant),
        *shifts(tenant, today, user_ids(tenant)),
    ]


def _policy(tenant: Tenant) -> DirectoryChange:
    return TenantPolicyChange(
        kind="tenant_policy",
        tenant=tenant.name,
        revision=REVISION,
        rules=tenant.rules,
        patient_content=tenant.patient_content,
        critical_sound=tenant.critical_sound,
        sms_segments=tenant.sms_segments,
        switchboard=tenant.switchboard,
    )


def _personal_pagers(tenant: Tenant) -> Iterator[DirectoryChange]:
    for number, user in enumerate((DEMO_USER, *user_ids(tenant)[:PERSONAL_PAGERS])):
        yield PagerChange(
            kind="pager",
            tenant=tenant.name,
            revision=REVISION,
            number=str(tenant.pagers + FIRST_PERSONAL + number),
            holder="user",
            holder_id=user,
        )
