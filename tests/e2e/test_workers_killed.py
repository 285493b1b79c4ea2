"""Workers are killed at random while messages of every lane and channel go through."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from local.sandbox.client import SandboxClient
from local.sandbox.modes import Mode
from local.sandbox.records import CallRecord, ProviderName
from statline.client import StatlineClient
from statline.client.posting import Post
from statline.contract.notification import Notification
from statline.contract.words import Kind, Priority, RefusalReason
from tests.e2e.cast import WARD
from tests.e2e.killing import killing
from tests.e2e.ledger import Ledger
from tests.e2e.region import Region

MESSAGES = int(os.environ.get("STATLINE_KILL_MESSAGES", "240"))
KILLS = max(20, MESSAGES // 20)
SEED = 10_01_2026
PATIENCE = 150 + MESSAGES / 5
TAKEN_UP_WITHIN = 20.0
"""Seconds until a stat is taken up again whose worker died."""
PROVIDERS: tuple[ProviderName, ...] = ("fcm", "sms", "connect")
SLOW = 1.5
"""Seconds for which providers hold their answers back: so long, a call can be caught in the middle."""
MIX = (
    (Priority.STAT, Kind.MESSAGE, timedelta(hours=1)),
    (Priority.STAT, Kind.CODE, timedelta(hours=1)),
    (Priority.URGENT, Kind.PAGE, timedelta(seconds=90)),
    (Priority.ROUTINE, Kind.MESSAGE, timedelta(hours=1)),
)
"""An urgent text whose answer was lost is not sent again: it waits for a receipt until it expires, and so do we."""
MAY_BE_REFUSED = {(Priority.URGENT, RefusalReason.EXPIRED)}
"""An end as good as any other: its time was over before a router that lived came to it."""


def test_killed_workers_lose_nothing_and_send_nothing_twice_without_a_word(
    home: Region, misbehaving: SandboxClient
) -> None:
    misbehaving.set_modes(*(Mode(provider=provider, mode="slow", seconds=SLOW) for provider in PROVIDERS))
    calls_before = misbehaving.calls()
    after = calls_before[-1].seq if calls_before else 0
    home.await_directory()
    notifications = _messages(home)
    ledger = Ledger(home.bus, {notification.id for notification in notifications})

    StatlineClient(home.name, post=Post(home.client("sqs", home.producer))).send(notifications).raise_for_failures()
    misbehaving.wait_for_calls(_every_channel_works, PATIENCE, after)
    with killing(home.cloud, seed=SEED, most=KILLS) as killer:
        home.bus.wait(ledger.ended, PATIENCE, ledger)

    assert len(killer.kills) == KILLS
    assert {(refused.lane, refused.reason) for refused in ledger.refused.values()} <= MAY_BE_REFUSED
    calls = misbehaving.calls(after)
    assert any(ledger.unknown_at(delivery) for delivery in ledger.deliveries), "no worker was killed in a call"
    assert ledger.silences(Priority.STAT, killer.kills, TAKEN_UP_WITHIN) == []
    assert ledger.accepted() <= {call.message_id for call in calls if call.outcome == "accepted"}
    assert ledger.twice_without_a_word(calls) == []


def _messages(region: Region) -> list[Notification]:
    chance = Random(SEED)  # noqa: S311 - the same messages every time
    messages = []
    for _ in range(MESSAGES):
        priority, kind, life = chance.choice(MIX)
        message = region.message(
            priority=priority,
            kind=kind,
            to=[chance.choice(WARD)],
            expires_at=(datetime.now(UTC) + life).isoformat(),
        )
        messages.append(Notification.model_validate(message))
    return messages


def _every_channel_works(calls: Sequence[CallRecord]) -> bool:
    """Killed from the first moment on, no worker would live to begin."""
    return {call.provider for call in calls} >= set(PROVIDERS)
