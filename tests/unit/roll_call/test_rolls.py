"""The function: calls a roll when its schedule says so, and reports once the time to answer is over."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from functions.core.domain.errors import QueueUnavailableError, TemporaryError
from functions.roll_call.rolls import MOST_PEOPLE, Due, Report, Rolls
from statline.contract.events import RollCalled, RollCallEnded
from statline.contract.words import Answer, Kind, RollCallProblem, RollCallStanding, Sensitivity
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import TENANT
from tests.fakes.doors import FakeDoors
from tests.unit.roll_call.house import TEAM, House, somebody

DUE = Due(tenant=TENANT, team=TEAM)


@dataclass
class FakeReports:
    """Remembers what is to be reported. ``away``: the queue takes nothing."""

    waiting: list[Report] = field(default_factory=list)
    away: bool = False

    def later(self, report: Report) -> None:
        if self.away:
            raise QueueUnavailableError("the roll calls' queue is away")
        self.waiting.append(report)


@dataclass
class Scene:
    """The function over the fakes. ``bus_is_away``: the bus takes no event."""

    house: House
    doors: FakeDoors = field(default_factory=FakeDoors)
    reports: FakeReports = field(default_factory=FakeReports)
    told: list[RollCallEnded] = field(default_factory=list)
    bus_is_away: bool = False

    @property
    def rolls(self) -> Rolls:
        return Rolls(self.doors, self.reports, self.house.see, self._tell, self.house.clock)

    def _tell(self, events: Sequence[RollCallEnded]) -> int:
        if self.bus_is_away:
            return 0
        self.told += events
        return len(events)


def test_a_scheduled_roll_call_pages_the_team_and_waits_for_its_report() -> None:
    scene = Scene(House([]))

    report = scene.rolls.call(DUE)

    (message,) = scene.doors.sent
    assert message.kind is Kind.ROLL_CALL
    assert message.content.sensitivity is Sensitivity.OPERATIONAL
    assert scene.reports.waiting == [report]
    assert report.notification == message.id


def test_no_roll_is_called_whose_report_is_not_certain() -> None:
    scene = Scene(House([]), reports=FakeReports(away=True))

    with pytest.raises(TemporaryError):
        scene.rolls.call(DUE)

    assert scene.doors.sent == []


def test_a_roll_that_is_called_again_in_its_minute_is_the_same_one() -> None:
    scene = Scene(House([]), doors=FakeDoors(closed=True))
    with pytest.raises(TemporaryError):
        scene.rolls.call(DUE)
    scene.doors.closed = False
    scene.house.clock.advance(20)

    scene.rolls.call(DUE)

    assert len({report.notification for report in scene.reports.waiting}) == 1


def test_a_roll_that_is_routed_is_not_called_again() -> None:
    """Its moment would be another one, and the router would refuse it as another message of the same id."""
    scene = Scene(House(somebody("u-1")))
    first = scene.rolls.call(DUE)
    scene.house.call()
    scene.house.clock.advance(20)

    assert scene.rolls.call(DUE) == first

    assert len(scene.doors.sent) == len(scene.reports.waiting) == 1


def test_the_report_of_the_largest_team_fits_into_an_event() -> None:
    person = RollCalled(user="u" * 128, standing=RollCallStanding.ACKNOWLEDGED, problems=tuple(RollCallProblem))
    assert len(person.model_dump_json()) * MOST_PEOPLE < 250_000


def test_the_report_names_everybody_with_what_is_wrong() -> None:
    house = House([*somebody("u-1"), *somebody("u-2"), *somebody("u-3", device=False, phone=False)])
    scene = Scene(house)
    report = Report(tenant=TENANT, team=TEAM, notification=house.call().notification)
    house.says("u-1", Answer.ACCEPT)

    scene.rolls.end(report)

    (event,) = scene.told
    assert event.called
    assert {person.user: person.standing for person in event.people} == {
        "u-1": RollCallStanding.ACKNOWLEDGED,
        "u-2": RollCallStanding.SILENT,
        "u-3": RollCallStanding.UNREACHABLE,
    }
    assert RollCallProblem.NO_DEVICE in event.people[0].problems
    assert event.counts[RollCallStanding.SILENT] == 1
    assert event.counts[RollCallStanding.DECLINED] == 0


def test_a_roll_call_that_called_nobody_is_told_so() -> None:
    scene = Scene(House([]))

    scene.rolls.end(Report(tenant=TENANT, team=TEAM, notification="roll-call.stroke.20260110T1200Z"))

    (event,) = scene.told
    assert not event.called
    assert sum(event.counts.values()) == 0


def test_a_report_that_the_bus_did_not_take_comes_again() -> None:
    scene = Scene(House([]), bus_is_away=True)

    with pytest.raises(TemporaryError):
        scene.rolls.end(Report(tenant=TENANT, team=TEAM, notification="roll-call.x"))


def test_an_event_names_at_most_a_thousand_and_counts_all() -> None:
    house = House([change for number in range(MOST_PEOPLE + 2) for change in somebody(f"u-{number}", phone=False)])
    scene = Scene(house)
    report = Report(tenant=TENANT, team=TEAM, notification=house.call().notification)

    event = scene.rolls.end(report)

    assert len(event.people) == MOST_PEOPLE
    assert sum(event.counts.values()) == MOST_PEOPLE + 2


def test_what_waits_on_the_queue_is_read_again_as_it_was() -> None:
    report = Report(tenant=TENANT, team=TEAM, notification="roll-call.stroke.20260110T1200Z")

    assert Report.model_validate_json(report.model_dump_json()) == report


def test_a_schedule_may_name_its_own_moment() -> None:
    scene = Scene(House([]))

    scene.rolls.call(Due.model_validate({"tenant": TENANT, "team": TEAM, "at": "2026-01-10T07:15:00Z"}))

    assert scene.doors.sent[0].id == "roll-call.stroke.20260110T0715Z"
    assert scene.doors.sent[0].sent_at == NOON
