"""Plans of activations for tests: made as the router makes them, over a small hospital."""

from collections.abc import Iterable
from typing import Any

from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.planning import plan_of
from functions.core.services.route import read_snapshot
from statline.contract.directory import DirectoryChange
from tests.fakes.clock import NOON
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import a_device, a_phone, a_shift, a_team, a_user
from tests.fakes.messages import a_notification

LEAD, NURSE, BACKUP = "u-1", "u-2", "u-3"


def somebody(*users: str) -> list[DirectoryChange]:
    """People whom push, a text and a call reach. Everybody's phone has a number of its own: u-7's ends with 007."""
    return [
        change
        for user in users
        for change in (a_user(user), a_device(user), a_phone(user, number=f"+1416555{int(user[2:]):04}"))
    ]


def stroke_team(**fields: Any) -> list[DirectoryChange]:
    """The team ``stroke``: u-1 is its lead, u-2 its nurse, u-3 the lead's backup; its role ``imaging`` is empty."""
    return [
        a_team(**{"roles": ["lead", "nurse", "imaging"]} | fields),
        *somebody(LEAD, NURSE, BACKUP),
        a_shift(LEAD, "lead"),
        a_shift(NURSE, "nurse"),
        a_shift(BACKUP, "lead", duty="backup"),
    ]


def an_activation(changes: Iterable[DirectoryChange] = (), **fields: Any) -> Plan:
    """The plan of a stat code to the stroke team, or of what else the fields say. ``changes``: more of the directory.

    The later of two changes of one entry is not taken: the directory in memory takes the first.
    """
    plain = {"kind": "code", "priority": "stat", "recipients": [{"type": "team", "id": "stroke"}]}
    notification = a_notification(**plain | fields)
    directory = FakeDirectory([*changes, *stroke_team()])
    return plan_of(notification, read_snapshot(directory, [notification], NOON), producer="ward-app", now=NOON)
