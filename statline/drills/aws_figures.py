"""What AWS says once a minute of queues, functions, topics and executions."""

import random
from collections.abc import Iterable, Mapping

from statline.alarms.model import MetricKey
from statline.contract.words import Channel, Priority
from statline.drills.calls import Calls
from statline.drills.delivery import Delivery
from statline.drills.levers import TICKING
from statline.drills.names import of_queue
from statline.drills.publication import SQS_IDLE_SECONDS, SQS_WAKES_SECONDS
from statline.drills.queueing import LaneQueue
from statline.drills.series import History, Series
from statline.drills.side_queues import FUNCTION_OF, SideQueues
from statline.drills.surroundings import Surroundings
from statline.drills.traffic import some_of
from statline.drills.working import Levers

_MINUTE = 60.0
_EVENTS_BEHIND = 400.0
"""Milliseconds that events are behind on a usual day."""
_BACKLOG = "directory.backlog"
_OF_CALLS = ("Invocations", "Errors", "Throttles", "IteratorAge")
_OTHERS_A_MINUTE = 6
"""Calls of a function beside delivery."""


class QueueFigures:
    """One queue as SQS publishes it: nothing while it has long been idle, and late again when it wakes."""

    def __init__(self, name: str, history: History) -> None:
        self._series: Mapping[str, Series | None] = {
            figure: history.series(of_queue(figure, name))
            for figure in (
                "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage", "NumberOfMessagesDeleted",
                "NumberOfMessagesSent", "NumberOfMessagesReceived", "ApproximateNumberOfMessagesNotVisible",
            )
        }  # fmt: skip
        self._active_at = float("-inf")
        self._awake_from = float("inf")

    def minute(self, at: float, *, visible: int, age: float, deleted: int, sent: int) -> None:
        """Publish the minute that began at `at`."""
        if visible or deleted or sent:
            if at - self._active_at > SQS_IDLE_SECONDS:
                self._awake_from = at + SQS_WAKES_SECONDS
            self._active_at = at
        if at - self._active_at > SQS_IDLE_SECONDS or at < self._awake_from:
            return
        values = (visible, age, deleted, sent, deleted, 0.0)
        for series, value in zip(self._series.values(), values, strict=True):
            if series is not None:
                series.add(at, value)


class AwsFigures:
    """The minute's figures of everything that AWS measures by itself."""

    def __init__(
        self,
        simulated: tuple[Delivery, SideQueues, Surroundings],
        history: History,
        wanted: Iterable[MetricKey],
        dice: random.Random,
    ) -> None:
        delivery, queues, surroundings = simulated
        self._delivery, self._history, self._dice = delivery, history, dice
        wanted = sorted(wanted, key=str)
        self._lanes = [(queue, QueueFigures(queue.queue.name, history)) for queue in delivery.queues.values()]
        self._letters = [
            (lane, queue, QueueFigures(f"{queue.queue.name}-dlq", history))
            for (_, lane), queue in delivery.queues.items()
        ]
        self._side = [(queue, QueueFigures(queue.name, history)) for queue in queues.values()]
        names = {queue.queue.name for queue in delivery.queues.values()} | {queue.name for queue in queues.values()}
        self._kept = _Kept(wanted, names, history)
        self._known = {
            f"statline-{calls.name}": calls
            for calls in (*delivery.calls.values(), surroundings.reconcile, surroundings.backup_watch)
        }
        self._functions = {name: self._function(name) for name in _values(wanted, "AWS/Lambda", "FunctionName")}
        self._calls = [
            (key, history.series(key)) for key in wanted if key.namespace == "AWS/Lambda" and key.name in _OF_CALLS
        ]
        self._once = [(_lever_of(key), history.series(key)) for key in wanted if _ONCE.get((key.namespace, key.name))]

    def minute(self, at: float, levers: Levers, put_in: Mapping[str, float]) -> None:
        """Publish the minute that began at `at`. put_in: what came in this minute, by its lever."""
        now = at + _MINUTE
        for queue, figures in self._lanes:
            figures.minute(at, visible=queue.visible(now), age=queue.age(now), deleted=queue.deleted, sent=queue.sent)
            queue.deleted = queue.sent = 0
        for side, figures in self._side:
            figures.minute(at, visible=side.visible, age=side.age(now), deleted=side.deleted, sent=side.sent)
            side.deleted = side.sent = 0
        buried = levers["function.dead-letters.errors"] < 1
        died = sum(self._letter(at, *row, buried=buried) for row in self._letters)
        self._kept.minute(at, levers, put_in)
        counted = {name: self._count(calls, levers, died) for name, calls in self._functions.items()}
        for key, series in self._calls:
            _publish(series, key, at, counted[dict(key.dimensions)["FunctionName"]])
        for lever, once in self._once:
            if once is not None and put_in.get(lever):
                once.add(at, put_in[lever])

    def _letter(self, at: float, lane: Priority, queue: LaneQueue, figures: QueueFigures, *, buried: bool) -> int:
        """The dead letters of one queue. Those of the stat lane are taken up at once, by a function that works."""
        taken_up = buried and lane is Priority.STAT
        died = queue.take_dead()
        figures.minute(at, visible=0 if taken_up else queue.dead, age=0.0, deleted=died if taken_up else 0, sent=0)
        return died if lane is Priority.STAT else 0

    def _function(self, name: str) -> Calls:
        return self._known.get(name) or Calls(name.removeprefix("statline-"))

    def _count(self, calls: Calls, levers: Levers, died: int) -> tuple[float, ...]:
        """The minute of one function. Those of delivery have counted for themselves."""
        if f"statline-{calls.name}" not in self._known:
            others = 0 if calls.name == "events" and levers["events.stopped"] > 0 else _OTHERS_A_MINUTE
            count = died if calls.name == "dead-letters" else others
            calls.worked(count, some_of(count, levers.get(f"function.{calls.name}.errors", 0.0), self._dice))
            calls.throttles += round(count * levers.get(f"function.{calls.name}.throttled", 0.0))
        return (*calls.take(), _EVENTS_BEHIND + 1000 * levers["events.behind"])


_ONCE: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("AWS/SNS", "NumberOfNotificationsFailed"): {
        "statline-page": "on_call.lost_pages",
        "statline-sms-events": "receipts.refused",
        "statline-inbound-texts": "replies.refused",
    },
    ("AWS/Events", "FailedInvocations"): {"statline-calls": ""},
    ("AWS/Events", "InvocationsSentToDlq"): {"statline-calls": "calls.refused"},
    ("AWS/Events", "InvocationsFailedToBeSentToDlq"): {"statline-calls": ""},
    ("AWS/States", "ExecutionsFailed"): {"": "backup.failed"},
    ("AWS/States", "ExecutionsTimedOut"): {"": ""},
    ("AWS/States", "ExecutionsAborted"): {"": ""},
    ("Statline", "RealCanariesLost"): {channel.value: f"canary.{channel}.missed" for channel in Channel},
    ("Statline", "BackupHalted"): {"": "backup.halted"},
    ("Statline", "BackupCancelled"): {"": ""},
}
"""The lever of what is put in once, by the metric; by its topic, rule or channel, where it is one's."""


def _lever_of(key: MetricKey) -> str:
    levers = _ONCE[(key.namespace, key.name)]
    whose = next((value for name, value in key.dimensions if name in {"TopicName", "RuleName", "Channel"}), "")
    return levers[whose]


class _Kept:
    """The queues beside the lanes: changes of the directory, and what is kept for people."""

    def __init__(self, wanted: Iterable[MetricKey], lanes: set[str], history: History) -> None:
        beside = {
            name
            for name in _values(wanted, "AWS/SQS", "QueueName")
            if name not in lanes and (name.removesuffix("-dlq") not in lanes or name in _PEOPLE.values())
        }
        self._figures = {name: QueueFigures(name, history) for name in sorted(beside)}
        self._held = dict.fromkeys(beside, 0)
        self._since: float | None = None

    def minute(self, at: float, levers: Levers, put_in: Mapping[str, float]) -> None:
        for lever, queue in _PEOPLE.items():
            if queue in self._held:
                self._held[queue] += round(put_in.get(lever, 0))
        self._since = (self._since or at) if levers[_BACKLOG] > 0 else None
        for name, figures in self._figures.items():
            backlog = self._since is not None and name == "statline-directory-changes"
            age = at + _MINUTE - self._since if backlog and self._since is not None else 0.0
            untaken = backlog or levers.get(_TICKS_STOPPED.get(name, ""), 0.0) > 0
            worked = 0 if untaken or name.endswith("-dlq") or name in _PEOPLE.values() else 4
            visible = 4 if untaken else self._held[name]
            figures.minute(at, visible=visible, age=age, deleted=worked, sent=worked)


_TICKS_STOPPED = {f"statline-{function}-ticks": f"ticks.{function}.stopped" for function in TICKING}
_PEOPLE = {
    "quarantine": "statline-quarantine",
    "events.lost": "statline-lost-events",
    "directory.dead": "statline-directory-changes-dlq",
    **{f"queue.{name}.dead": f"statline-{name}-dlq" for name in FUNCTION_OF},
}


def _values(wanted: Iterable[MetricKey], namespace: str, dimension: str) -> list[str]:
    """The names that alarms read figures of a namespace by."""
    return sorted(
        {value for key in wanted if key.namespace == namespace for name, value in key.dimensions if name == dimension}
    )


def _publish(series: Series | None, key: MetricKey, at: float, counted: tuple[float, ...]) -> None:
    """Lambda says nothing about a function that nobody called."""
    figures = dict(zip(_OF_CALLS, counted, strict=True))
    if series is not None and (figures["Invocations"] or figures["Throttles"]):
        series.add(at, figures[key.name])
