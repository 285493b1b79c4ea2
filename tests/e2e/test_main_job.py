"""A notification goes all the way in each region, sent by the plain AWS command line and nothing of ours."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.sandbox.client import SandboxClient
from local.sandbox.people.habits import Habit, Habits
from statline.contract.words import Channel, DeliveryState, Priority
from tests.e2e.cast import ALL, phone_of, token_of
from tests.e2e.conftest import OBLIGING
from tests.e2e.phones import arrivals_of
from tests.e2e.region import Region

PUSH, SMS, VOICE = Channel.PUSH, Channel.SMS, Channel.VOICE
STRAIGHT = [DeliveryState.SENDING, DeliveryState.ACCEPTED]
WAYS = [(Priority.ROUTINE, PUSH), (Priority.URGENT, SMS), (Priority.URGENT, VOICE)]


@pytest.mark.parametrize(("priority", "channel"), WAYS, ids=[channel for _, channel in WAYS])
def test_each_channel_brings_a_message_to_the_phone_and_says_so(
    region: Region, sandbox: SandboxClient, tmp_path: Path, priority: Priority, channel: Channel
) -> None:
    message = region.message(priority=priority, to=[ALL], channels=[channel])

    done = region.send_by_command_line(message, priority, tmp_path)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["MessageId"]
    (arrival,) = arrivals_of(sandbox, message["id"], 1)
    address = token_of(region.tenant, ALL) if channel is PUSH else phone_of(region.tenant, ALL)
    assert (arrival.channel, arrival.phone) == (channel, address)
    assert region.bus.await_end(message["id"], channel) == {channel: STRAIGHT}


@pytest.fixture
def nobody_accepts(sandbox: SandboxClient) -> Iterator[None]:
    """Whoever accepts on the one channel calls off what has not gone out on the others."""
    sandbox.set_habits(Habits(usual=Habit()))
    yield
    sandbox.set_habits(OBLIGING)


@pytest.mark.usefixtures("nobody_accepts")
def test_a_code_goes_by_every_channel_and_from_the_stat_lanes_own_numbers(
    region: Region, sandbox: SandboxClient
) -> None:
    stat = region.message(priority=Priority.STAT, kind="code", to=[ALL])
    urgent = region.message(priority=Priority.URGENT, to=[ALL], channels=[SMS, VOICE])

    region.send(stat, Priority.STAT)
    region.send(urgent, Priority.URGENT)

    of_stat, of_urgent = (
        {each.channel: each.sender for each in arrivals_of(sandbox, message["id"], count)}
        for message, count in ((stat, 3), (urgent, 2))
    )
    region.stand_down(stat["id"])
    assert set(of_stat) == {"push", "sms", "voice"}
    assert of_stat["sms"] != of_urgent["sms"]
    assert of_stat["voice"] != of_urgent["voice"]


@pytest.mark.usefixtures("nobody_accepts")
def test_the_operator_sees_every_delivery_of_a_notification(region: Region) -> None:
    message = region.message(priority=Priority.STAT, kind="code", to=[ALL])
    region.send(message, Priority.STAT)
    region.bus.await_end(message["id"], PUSH, SMS, VOICE)

    shown = region.statline(["show", message["id"], "--tenant", region.tenant, "--region", region.name])

    region.stand_down(message["id"])
    states = re.findall(r"^  (ACCEPTED|DELIVERED) since", shown, re.MULTILINE)
    assert len(states) == 3
    assert phone_of(region.tenant, ALL) not in shown
