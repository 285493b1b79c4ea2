"""Call a roll at its time, and tell what came of it when the time to answer is over.

The report is arranged before the roll is called: a crash between the two leaves a report that nobody was called, and
whoever called again calls then. Called twice in a minute, it is one roll call: its id is the minute's. One that is
routed is not sent again: at another moment it is another message, which the router would refuse. (Called twice before
the first is routed, the second one is refused, and the first one counts.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from pydantic import AwareDatetime

from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.paging.roll_call import RollCall, roll_call_of
from functions.core.domain.ports.clock import Clock
from functions.core.domain.ports.routing import Doors
from functions.core.services.see_roll_call import SeeRollCall
from statline.contract.events import RollCalled, RollCallEnded
from statline.contract.model import ContractModel, Identifier, Tenant
from statline.contract.words import RollCallStanding

MOST_PEOPLE = 500
"""How many people an event names; the counts are of all. An event is at most 256 KB, and an id 128 characters."""


class Due(ContractModel):
    """A team whose roll is to be called. ``at``: the schedule's moment; unsaid: now."""

    tenant: Tenant
    team: Identifier
    at: AwareDatetime | None = None


class Report(ContractModel):
    """A roll call whose time to answer is over when this message comes."""

    version: Literal[1] = 1
    tenant: Tenant
    team: Identifier
    notification: Identifier


class Reports(Protocol):
    """The function's own queue."""

    def later(self, report: Report) -> None:
        """Have oneself report when the time to answer is over. Raises `QueueUnavailableError`."""
        ...


@dataclass(frozen=True, slots=True)
class Rolls:
    """The use cases, with their ports. ``tell`` puts events on the bus and answers how many it took."""

    doors: Doors
    reports: Reports
    see: SeeRollCall
    tell: Callable[[Sequence[RollCallEnded]], int]
    clock: Clock

    def call(self, due: Due) -> Report:
        """Call a team's roll. Raises `TemporaryError`: called again in the same minute, it is the same one."""
        now = self.clock()
        message = roll_call_of(due.tenant, due.team, due.at or now, sent_at=now)
        report = Report(tenant=due.tenant, team=due.team, notification=message.id)
        if self.see(report.tenant, report.notification) is None:
            self.reports.later(report)
            self.doors.send(message)
        return report

    def end(self, report: Report) -> RollCallEnded:
        """Tell what came of a roll call. Raises `TemporaryError`: told again, it is the same or a later word."""
        found = self.see(report.tenant, report.notification)
        event = _event(report, found, self.clock())
        if self.tell([event]) != 1:
            raise QueueUnavailableError("the event bus took no word of a roll call's end")
        return event


def _event(report: Report, found: RollCall | None, at: datetime) -> RollCallEnded:
    people = found.people if found else ()
    return RollCallEnded(
        tenant=report.tenant,
        notification=report.notification,
        team=report.team,
        called=bool(people),
        counts={standing: sum(person.standing is standing for person in people) for standing in RollCallStanding},
        people=tuple(
            RollCalled(user=person.user, standing=person.standing, problems=person.problems)
            for person in people[:MOST_PEOPLE]
        ),
        at=at,
    )
