"""A code activation, from the page to the last phone's silence: keys, texts, steps, stand-downs, nobody at all."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest

from local.sandbox.client import SandboxClient
from local.sandbox.end_user_messaging.preflight import number_of
from local.sandbox.modes import Mode
from local.sandbox.people.calls import Happening
from local.sandbox.people.habits import Habit, Habits
from statline.contract.words import LadderState, Priority, Via
from tests.e2e.cast import WARD, changes_of_cast, phone_of
from tests.e2e.codes import Activation, Seat, code, happened_since, policy, position, team
from tests.e2e.conftest import OBLIGING
from tests.e2e.driving import drive, let_pass
from tests.e2e.region import Region
from tests.e2e.silence import Unanswered
from tests.e2e.waiting import SOON, await_value

LEADER, SECOND, BACKUP, GAS = WARD[:4]
PEOPLE = (LEADER, SECOND, BACKUP, GAS)
STAT_NUMBER = number_of("phone-4a000000000000000000000000000001")
ON_TIME = timedelta(seconds=5)
MINUTE = 60
HASTY = 15
LONGEST = 900.0
"""Seconds until nobody has answered, which begins after the backups."""
LEISURE = 4
"""People's seconds take so long here that a phone rings until somebody has looked, on a busy machine too."""
PRESSES = Habit(keys=("1",))


@pytest.fixture
def phones(home: Region) -> dict[str, str]:
    """The people by their phones."""
    return {phone_of(home.tenant, user): user for user in PEOPLE}


@pytest.fixture
def people(home: Region, misbehaving: SandboxClient) -> Iterator[SandboxClient]:
    """The sandbox, whose people let their phones ring unless a test says otherwise."""
    misbehaving.set_habits(Habits(usual=Habit(on_call="ignores")))
    misbehaving.set_pace(0.1)
    yield misbehaving
    misbehaving.set_pace(1)
    misbehaving.set_habits(OBLIGING)


@pytest.fixture
def activate(home: Region, tmp_path: Path) -> "Activate":
    return Activate(home, tmp_path)


class Activate:
    """Makes a team of its own, and calls it."""

    def __init__(self, region: Region, folder: Path) -> None:
        self._region = region
        self._folder = folder

    def __call__(self, *seats: Seat, wait: int = MINUTE, repeats: int = 0, **fields: object) -> Activation:
        """Call a team with these seats, which climbs by a policy of this wait."""
        name = f"team-{uuid.uuid4().hex[:8]}"
        changes = [
            *changes_of_cast(self._region.tenant, PEOPLE),
            policy(self._region, name, wait=wait, repeats=repeats),
            *team(self._region, name, seats, policy=name),
        ]
        self._region.import_directory(changes, self._folder / f"{name}.jsonl")
        self._region.await_directory()
        message = code(self._region, name, **fields)
        self._region.send(message, Priority.STAT)
        return Activation(self._region, message["id"])


def habits(region: Region, by_user: Mapping[str, Habit]) -> Habits:
    """The habits of some people; the others let it ring."""
    named = {phone_of(region.tenant, user): habit for user, habit in by_user.items()}
    return Habits(usual=Habit(on_call="ignores"), phones=named)


def test_a_key_covers_the_role_and_stops_the_phones_that_still_ring(
    home: Region, people: SandboxClient, activate: Activate, phones: dict[str, str]
) -> None:
    people.set_pace(LEISURE)
    before = position(people.happenings())

    activation = activate((LEADER, "leader", "primary"), (SECOND, "leader", "primary"))
    people.wait_for_happenings(lambda seen: _rung(seen, phones) >= {LEADER, SECOND}, SOON, before)
    people.set_pace(0.1)
    people.press(phone_of(home.tenant, LEADER), "1")

    covered = activation.await_covered("leader")
    assert (covered.user, covered.via) == (LEADER, Via.KEY)
    assert activation.await_end("leader") is LadderState.ACKNOWLEDGED

    def stopped_and_told() -> bool:
        told = happened_since(people, before, phones)
        heard = [text for who, what, text in told if (who, what) == (LEADER, "hears")]
        return (SECOND, "ended", "stopped") in told and any("coming" in text for text in heard)

    await_value(stopped_and_told, SOON, "the end of the second one's call, and the word that the leader is coming")


def _rung(happenings: Sequence[Happening], phones: Mapping[str, str]) -> set[str]:
    return {phones[each.phone] for each in happenings if each.what == "rings" and each.phone in phones}


def test_a_text_with_the_activations_code_covers_the_role(
    home: Region, people: SandboxClient, activate: Activate
) -> None:
    activation = activate((LEADER, "leader", "primary"))
    routed = activation.await_routed()
    activation.wait(lambda: activation.accepted_at(""), SOON, "the first acceptance")

    people.text(phone_of(home.tenant, LEADER), STAT_NUMBER, routed.code)

    assert activation.await_covered("leader").via is Via.SMS
    assert activation.await_end("leader") is LadderState.ACKNOWLEDGED


def test_a_role_without_anybody_is_told_at_once(home: Region, people: SandboxClient, activate: Activate) -> None:
    people.set_habits(habits(home, {BACKUP: PRESSES}))

    activation = activate((BACKUP, "leader", "backup"))

    told = [(trouble.recipient, trouble.trouble.value) for trouble in activation.await_routed().troubles]
    assert ("role:leader", "nobody_on_shift") in told
    assert activation.await_covered("leader").user == BACKUP


def test_nobody_answers_and_the_producer_and_on_call_hear_so(unanswered: "Future[Unanswered]") -> None:
    found = unanswered.result(LONGEST)
    assert found.state is LadderState.EXHAUSTED
    assert found.letter.state == "ALARM"


def test_a_stood_down_activation_falls_silent_and_its_people_hear_so(
    home: Region, people: SandboxClient, activate: Activate
) -> None:
    activation = activate((LEADER, "leader", "primary"))
    activation.wait(lambda: activation.accepted_at(""), SOON, "the first acceptance")
    before = people.arrivals()[-1].seq

    home.stand_down(activation.id)

    assert activation.await_end("leader") is LadderState.STOOD_DOWN
    people.wait_for_arrivals(
        lambda seen: [each for each in seen if "stood down" in (each.body or "").lower()], SOON, after=before
    )


def test_a_ladder_climbs_on_time_until_somebody_accepts_and_then_nothing_rings(
    driven: Region, people: SandboxClient, activate: Activate, phones: dict[str, str]
) -> None:
    people.set_habits(habits(driven, {BACKUP: PRESSES, GAS: PRESSES}))

    activation = activate((LEADER, "leader", "primary"), (BACKUP, "leader", "backup"), (GAS, "anaesthesia", "primary"))
    drive(driven.cloud, people, lambda: len(activation.told_ends()) == 2, patience=900)

    again, backup = activation.await_steps("leader", 2)
    assert [again.step, backup.step] == ["leader~1~1", "leader~1~2"]
    accepted = activation.accepted_at("leader~1~1")
    assert accepted is not None
    assert timedelta() <= backup.at - (accepted + timedelta(seconds=MINUTE)) < ON_TIME
    assert activation.await_covered("leader").user == BACKUP
    assert activation.await_covered("anaesthesia").user == GAS
    before = position(people.happenings())
    let_pass(driven.cloud, 10 * MINUTE)
    drive(driven.cloud, people, lambda: True, patience=400)
    assert happened_since(people, before, phones) == []


def test_a_ladder_climbs_with_every_provider_down(driven: Region, people: SandboxClient, activate: Activate) -> None:
    people.set_modes(*(Mode(provider=provider, mode="error503") for provider in ("fcm", "sms", "connect", "twilio")))

    activation = activate((LEADER, "leader", "primary"), (BACKUP, "leader", "backup"))
    drive(driven.cloud, people, lambda: bool(activation.told_ends()), patience=900)

    assert [step.step for step in activation.await_steps("leader", 2)] == ["leader~1~1", "leader~1~2"]
    assert activation.await_end("leader") is LadderState.EXHAUSTED


def test_a_ladder_of_many_rungs_is_no_loop(driven: Region, people: SandboxClient, activate: Activate) -> None:
    """Lambda would end a loop of queues and functions after 16 hops, were it not allowed."""
    activation = activate((LEADER, "leader", "primary"), (BACKUP, "leader", "backup"), wait=HASTY, repeats=5)
    drive(driven.cloud, people, lambda: bool(activation.told_ends()), patience=900)

    steps = [step.step for step in activation.await_steps("leader", 12)]
    assert steps == [f"leader~{number}~{place}" for number in range(1, 7) for place in (1, 2)]
    assert activation.await_end("leader") is LadderState.EXHAUSTED
