import json
import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.integration.local_cloud.resources import await_value
from tests.integration.local_cloud.stack import LOG_GROUP, ToyStack


def test_a_function_finds_no_package_that_its_asset_lacks(toy: ToyStack) -> None:
    mark = toy.send()

    [line] = await_value(lambda: toy.started(mark))

    assert not [place for place in line["path"] if "emulator" in place]


def test_a_functions_output_reaches_its_log_group(toy: ToyStack) -> None:
    mark = toy.send()
    toy.await_finished(mark)

    events = toy.clients("logs").filter_log_events(logGroupName=LOG_GROUP, filterPattern='"standard error"')["events"]

    assert [event["message"] for event in events].count("this went to standard error") >= 1


def test_the_output_of_one_invocation_does_not_leak_into_the_next(toy: ToyStack) -> None:
    marks = [toy.send() for _ in range(5)]

    for mark in marks:
        assert len(toy.await_finished(mark)) == 1
        assert len(toy.started(mark)) == 1


def test_a_function_reaches_aws_at_the_emulator(toy: ToyStack) -> None:
    environment = toy.environment_of("Function")

    assert environment["AWS_ENDPOINT_URL"].startswith("https://127.0.0.1:")
    assert environment["AWS_CA_BUNDLE"].endswith("server.crt")
    assert "PYTHONPATH" not in environment


def _invoke(toy: ToyStack, **body: Any) -> tuple[dict[str, Any], int]:
    """Call the function; return AWS's answer, and the process that it ran in."""
    mark = uuid.uuid4().hex
    answer = toy.clients("lambda").invoke(FunctionName=toy.ids["Function"], Payload=json.dumps({"mark": mark, **body}))
    [line] = await_value(lambda: toy.started(mark))
    return answer, line["process"]


def test_an_environment_outlives_an_exception_of_its_handler(toy: ToyStack) -> None:
    answer, before = _invoke(toy, **{"raise": "a bad day"})
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "RuntimeError"

    _, after = _invoke(toy)
    assert after == before


def test_calls_at_once_do_not_start_more_processes_at_once_than_there_are_processors(toy: ToyStack) -> None:
    """A call that needs no time is done before the third process would have been started."""
    with ThreadPoolExecutor(12) as pool:
        processes = {process for _, process in pool.map(lambda _: _invoke(toy), range(12))}

    assert len(processes) <= 2 * (os.cpu_count() or 1)
