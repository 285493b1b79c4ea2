"""One activation of 500 people."""

from collections import Counter
from collections.abc import Iterator

import pytest

from local.sandbox.client import SandboxClient
from local.sandbox.end_user_messaging.preflight import number_of
from local.sandbox.people.habits import Habit, Habits
from statline.contract.words import Channel, Priority
from tests.e2e.cast import CROWD, EVERY_NTH_HAS_A_DEVICE, PAGER_TEAM, phone_of, token_of
from tests.e2e.conftest import OBLIGING
from tests.e2e.phones import arrivals_of
from tests.e2e.region import Region
from tests.e2e.waiting import SOON, await_value

STAT_IDENTITY = "phone-4a000000000000000000000000000001"
LONGEST = 400.0
"""Seconds until everybody has everything: half a minute where the machine has nothing else to do."""
DEVICES = len(CROWD) // EVERY_NTH_HAS_A_DEVICE


@pytest.fixture
def nobody_answers(sandbox: SandboxClient, home: Region) -> Iterator[SandboxClient]:
    """Whoever accepts first would silence the others. In the end somebody does, by text, and the phones fall silent."""
    sandbox.set_habits(Habits(usual=Habit(on_call="ignores")))
    yield sandbox
    sandbox.text(phone_of(home.tenant, CROWD[0]), number_of(STAT_IDENTITY), "1")
    await_value(lambda: not sandbox.going_on(), LONGEST, "the end of five hundred calls")
    sandbox.set_habits(OBLIGING)


def test_an_activation_pages_each_of_500_people_once_on_each_endpoint(
    home: Region, nobody_answers: SandboxClient
) -> None:
    sandbox = nobody_answers
    home.await_directory()
    message = home.message(priority=Priority.STAT, kind="code", to=[], recipients=[{"type": "team", "id": PAGER_TEAM}])

    home.send(message, Priority.STAT)

    routed = home.bus.wait(lambda: home.bus.routed(message["id"]), SOON, "the routing")
    assert routed.recipients == len(CROWD)
    planned = {Channel.PUSH: DEVICES, Channel.SMS: len(CROWD), Channel.VOICE: len(CROWD)}
    assert routed.deliveries == planned
    assert routed.troubles == ()
    arrivals = arrivals_of(sandbox, message["id"], sum(planned.values()), seconds=LONGEST)
    paged = Counter((each.channel, each.phone) for each in arrivals)
    expected = {(channel, phone_of(home.tenant, user)) for user in CROWD for channel in ("sms", "voice")} | {
        ("push", token_of(home.tenant, user)) for user in CROWD[::EVERY_NTH_HAS_A_DEVICE]
    }
    assert set(paged) == expected
    assert set(paged.values()) == {1}
