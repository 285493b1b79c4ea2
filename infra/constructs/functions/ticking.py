"""Functions that work by the clock: once a minute, which is as often as EventBridge strikes, or more often."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets

from infra.config.capacity import TICKING
from infra.constructs.functions.delivery_function import DeliveryFunction
from infra.constructs.queues.queue import EncryptedQueue

_LATEST = Duration.minutes(2)
"""A minute that begins later than this is over."""


def let_tick(function: DeliveryFunction, *, name: str, purpose: str, ticks: EncryptedQueue) -> None:
    """Wake a function every minute, and let it send itself the minute's ticks.

    Lambda's protection against loops needs no allowance here: every strike of the clock begins a chain of its own, in
    which the function is called twice and no more, once by the clock and once by a tick.
    """
    ticks.grant_send(function.role)
    function.work_off("Ticks", queue=ticks, concurrency=TICKING - 1, batch=1)
    wake_each_minute(function, name=name, purpose=purpose)


def wake_each_minute(function: DeliveryFunction, *, name: str, purpose: str) -> None:
    """Call a function at every minute's start. A call that fails is over when the next one's minute has come."""
    function.alias.configure_async_invoke(retry_attempts=1, max_event_age=_LATEST)
    events.Rule(
        function,
        "Clock",
        rule_name=f"statline-{name}",
        description=f"Statline: {purpose}",
        # By cron and not by rate: an event's time is then its minute, and two events are never of the same one.
        schedule=events.Schedule.cron(minute="*"),
        targets=[targets.LambdaFunction(function.alias, retry_attempts=1, max_event_age=_LATEST)],
    )
