"""Schedules of EventBridge Scheduler that call functions."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.integration.local_cloud.resources import await_value
from tests.integration.local_cloud.stack import ToyStack

_CALLED_WITHIN = 25.0
"""Seconds: the emulator looks for what is due every ten."""


@pytest.fixture
def mark(toy: ToyStack) -> Iterator[str]:
    """What the function prints when the schedule calls it."""
    mark, scheduler = uuid.uuid4().hex, toy.clients("scheduler")
    function = toy.clients("lambda").get_function_configuration(FunctionName=toy.ids["Reserved"])
    scheduler.create_schedule(
        Name=mark,
        ScheduleExpression=f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": function["FunctionArn"],
            "RoleArn": function["Role"],
            "Input": json.dumps({"mark": mark, "at": "<aws.scheduler.scheduled-time>"}),
        },
    )
    yield mark
    scheduler.delete_schedule(Name=mark)


def test_a_schedule_tells_its_function_for_which_minute_it_calls(toy: ToyStack, mark: str) -> None:
    (line,) = await_value(lambda: toy.finished(mark), _CALLED_WITHIN)
    told = datetime.fromisoformat(line["done"]["at"])
    assert told.second == 0
    assert told <= datetime.now(UTC)
