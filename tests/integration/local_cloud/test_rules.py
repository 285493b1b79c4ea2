"""Rules of EventBridge that call functions."""

import json
import uuid
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.integration.local_cloud.resources import await_value
from tests.integration.local_cloud.stack import ToyStack


@pytest.fixture
def source(toy: ToyStack) -> Iterator[str]:
    """A source whose events go to the function that has room for one call at a time."""
    name, events = f"toy.{uuid.uuid4().hex[:8]}", toy.clients("events")
    function = toy.clients("lambda").get_function_configuration(FunctionName=toy.ids["Reserved"])["FunctionArn"]
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    events.put_targets(Rule=name, Targets=[{"Id": "function", "Arn": function, "InputPath": "$.detail"}])
    yield name
    events.remove_targets(Rule=name, Ids=["function"])
    events.delete_rule(Name=name)


def test_events_at_the_same_moment_all_reach_a_function_that_takes_one_at_a_time(toy: ToyStack, source: str) -> None:
    marks = [uuid.uuid4().hex for _ in range(3)]
    toy.clients("events").put_events(
        Entries=[
            {"Source": source, "DetailType": "toy", "Detail": json.dumps({"mark": mark, "sleep": 0.3})}
            for mark in marks
        ]
    )
    await_value(lambda: all(toy.finished(mark) for mark in marks), 15.0)
    spans = sorted((line["began"], line["ended"]) for mark in marks for line in toy.finished(mark))
    assert len(spans) == len(marks)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
