"""The alarms on the functions of the delivery stack: that they fail, and that they are throttled."""

from collections.abc import Sequence

from infra.constructs.alarms.figures import function
from infra.constructs.alarms.rows import NOT_CALLED, AlarmRow
from infra.constructs.alarms.topics import Severity
from statline.contract.words import Channel

_CANARY, _WEBHOOKS = "canary", "webhooks"
_ON_CALLS = ("keypad", "virtual-pager")
"""Functions that a contact flow calls while somebody listens. Nothing is tried again: their errors are alarms of their
own, and no mere cause."""
_FUNCTIONS = (
    "router", "push", "sms", "voice", "escalation", "receipts", "late-receipts", *_ON_CALLS, "events", "directory",
    "dead-letters", "roll-call", _WEBHOOKS, "outstanding", _CANARY,
)  # fmt: skip
_ON_THE_WAY = frozenset(
    {"router", "push", "sms", "voice", "escalation", "receipts", "late-receipts", "dead-letters", _WEBHOOKS}
)
"""Where a notification or an answer waits when the function fails. A store that is away shows here, and perhaps nowhere
else: what is received again and again leaves SQS's figure of the oldest message."""


def function_alarms(channels: Sequence[Channel], *, canary: bool, callbacks: bool) -> list[AlarmRow]:
    """The rows of a region that has these channels.

    canary: whether it has one. callbacks: whether something of it faces the internet.
    """
    names = functions_of(channels, canary=canary, callbacks=callbacks)
    return [
        _stats_died(),
        *(_failing(name) for name in names if name not in _ON_CALLS),
        *(_throttled(name) for name in names),
    ]


def functions_of(channels: Sequence[Channel], *, canary: bool, callbacks: bool) -> list[str]:
    """The functions of a region that has these channels, by their names behind ``statline-``."""
    lacking: set[str] = {*Channel} - {*channels}
    lacking |= set() if Channel.VOICE in channels else {*_ON_CALLS}
    lacking |= set() if canary else {_CANARY}
    lacking |= set() if callbacks else {_WEBHOOKS}
    return [name for name in _FUNCTIONS if name not in lacking]


def _stats_died() -> AlarmRow:
    # The stat lanes' dead letters are taken up within a second: their queues' depth, sampled once a minute, is
    # mostly zero. The calls of the function that takes them up are what cannot be missed.
    return AlarmRow(
        name="Statline stat messages died",
        means="A stat notification was given up on one channel. It was at once tried on another, and its producer told;"
        " whether a clinician has it is not certain.",
        first="Find the notification in the log of statline-dead-letters and see its state with"
        " `statline show ID --tenant TENANT`.",
        runbook="dead-stat",
        heard_as=Severity.PAGE,
        figure=function("Invocations", "dead-letters"),
        threshold=0,
        missing=NOT_CALLED,
    )


def _failing(name: str) -> AlarmRow:
    # A cause: what clinicians feel of it wakes somebody, this tells why. One killed worker is no news: its messages
    # come back. Two minutes of three are, where notifications wait for them.
    return AlarmRow(
        name=f"Statline {name} fails",
        means=f"Calls of statline-{name} end in a crash or a time-out. Its messages are tried again; if it goes on they"
        " are late, and then dead letters.",
        first="Read the newest errors in its log; was it deployed within the hour?",
        runbook="failing-function",
        heard_as=Severity.TICKET,
        figure=function("Errors", name),
        threshold=0,
        datapoints=(2, 3) if name in _ON_THE_WAY else (3, 5),
        missing=NOT_CALLED,
    )


def _throttled(name: str) -> AlarmRow:
    # The reserve is not below the mappings' concurrency, so in health nothing is ever throttled.
    return AlarmRow(
        name=f"Statline {name} is throttled",
        means=f"statline-{name} gets less concurrency than its queues ask for: notifications wait.",
        first="Compare the function's reserve with its mappings' concurrency, and both with the account's limit.",
        runbook="throttled-function",
        heard_as=Severity.TICKET,
        figure=function("Throttles", name),
        threshold=0,
        datapoints=(3, 5),
        missing=NOT_CALLED,
    )
