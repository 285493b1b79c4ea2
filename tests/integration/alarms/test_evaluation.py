"""Alarms of the laptop cloud, evaluated over its figures."""

import json
import time
from collections.abc import Callable

from local.cloud import Cloud, stop
from tests.e2e.waiting import await_value
from tests.integration.alarms.bench import FINE, TWO_LOOKS, Bench, named
from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.stack import OUTPUTS, RESOURCES

A_MINUTE_IS_OVER = 90.0


def test_a_queue_that_waits_speaks(bench: Bench) -> None:
    ear, sqs = bench.ear(), bench.clients("sqs")
    queue = named("waiting").replace(" ", "-")
    alarm = bench.above(
        named("waits"),
        "ApproximateAgeOfOldestMessage",
        Namespace="AWS/SQS",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        Period=60,
        TreatMissingData="notBreaching",
        AlarmActions=[ear.topic],
    )
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName=queue)["QueueUrl"], MessageBody="nobody comes")

    bench.await_state(alarm, "ALARM", A_MINUTE_IS_OVER)
    assert ear.listen() == [f"{alarm} ALARM"]


def test_a_stall_speaks_after_two_figures_of_ten_seconds_and_rests_after_one_good_one(bench: Bench) -> None:
    alarm = bench.above(named("stalled"), "OldestOutstanding", 20, EvaluationPeriods=2)

    bench.put("OldestOutstanding", [25, 35])
    bench.await_state(alarm, "ALARM")

    bench.put("OldestOutstanding", [35, 0])
    bench.await_state(alarm, "OK")


def test_what_a_function_writes_to_its_log_speaks_too(bench: Bench, create_stack: CreateStack) -> None:
    alarm = bench.above(named("logged"), "Logged", 20, EvaluationPeriods=2)
    metric = {"Name": "Logged", "StorageResolution": 1}
    directive = {"Namespace": bench.namespace, "Dimensions": [[]], "Metrics": [metric]}
    over = time.time() // FINE * FINE
    lines = [
        json.dumps({"_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}, "Logged": 25})
        for at in (over - 2 * FINE, over - FINE)
    ]
    function = create_stack(RESOURCES, OUTPUTS)["Function"]

    bench.clients("lambda").invoke(FunctionName=function, Payload=json.dumps({"say": lines}).encode())

    bench.await_state(alarm, "ALARM")


def test_one_breach_of_two_is_not_enough(bench: Bench) -> None:
    alarm = bench.above(named("stalled"), "Once", 20, EvaluationPeriods=2)

    bench.put("Once", [0, 35])

    bench.await_state(alarm, "OK")


def test_silence_that_breaches_speaks_once_there_could_have_been_a_figure(bench: Bench) -> None:
    alarm = bench.above(named("silent"), "Canary", TreatMissingData="breaching")
    quiet = bench.above(named("quiet"), "Canary", TreatMissingData="notBreaching")

    bench.await_state(quiet, "OK")
    assert bench.state(alarm) == "INSUFFICIENT_DATA"
    bench.await_state(alarm, "ALARM", 2 * FINE + TWO_LOOKS)
    assert bench.state(quiet) == "OK"


def test_a_composite_follows_and_its_suppressor_holds_it_back(bench: Bench) -> None:
    ear = bench.ear()
    symptom, cause = bench.above(named("symptom"), "Symptom"), bench.above(named("cause"), "Cause")
    rule = {"AlarmRule": f'ALARM("{symptom}")', "AlarmActions": [ear.topic]}
    told, held = named("told"), named("held")
    bench.cloudwatch.put_composite_alarm(AlarmName=told, **rule)
    bench.cloudwatch.put_composite_alarm(
        AlarmName=held,
        **rule,
        ActionsSuppressor=cause,
        ActionsSuppressorWaitPeriod=0,
        ActionsSuppressorExtensionPeriod=0,
    )
    bench.await_state(held, "OK")
    bench.put("Cause", [1])
    bench.await_state(cause, "ALARM")

    bench.put("Symptom", [1])
    bench.await_state(told, "ALARM")
    bench.await_state(held, "ALARM")
    assert ear.listen() == [f"{told} ALARM"]

    bench.put("Cause", [0])
    await_value(lambda: f"{held} ALARM" in ear.listen(), TWO_LOOKS, "what was held back")
    assert bench.state(held) == "ALARM"


def test_a_state_that_somebody_sets_tells_and_is_set_back(bench: Bench) -> None:
    ear = bench.ear()
    alarm = bench.above(named("forced"), "Forced", AlarmActions=[ear.topic])
    bench.put("Forced", [0])
    bench.await_state(alarm, "OK")

    bench.cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")

    assert ear.listen() == [f"{alarm} ALARM"]
    bench.await_state(alarm, "OK")


def test_a_composite_that_somebody_sets_stays_until_a_child_changes(bench: Bench) -> None:
    child, whole = bench.above(named("child"), "Child"), named("whole")
    bench.cloudwatch.put_composite_alarm(AlarmName=whole, AlarmRule=f'ALARM("{child}")')
    bench.put("Child", [0])
    bench.await_state(child, "OK")
    bench.await_state(whole, "OK")

    bench.cloudwatch.set_alarm_state(AlarmName=whole, StateValue="ALARM", StateReason="a test")
    bench.await_looks(2)
    assert bench.state(whole) == "ALARM"

    bench.cloudwatch.set_alarm_state(AlarmName=child, StateValue="INSUFFICIENT_DATA", StateReason="a test")
    bench.await_state(whole, "OK")


def test_a_deleted_alarm_is_forgotten(bench: Bench) -> None:
    alarm = bench.above(named("gone"), "Gone")
    bench.await_looks()
    before = bench.health()["alarms"]["ca-central-1"]

    bench.cloudwatch.delete_alarms(AlarmNames=[alarm])

    await_value(lambda: bench.health()["alarms"]["ca-central-1"] == before - 1, TWO_LOOKS, "one alarm less")


def test_states_and_figures_outlive_a_restart_and_evaluation_goes_on(
    bench: Bench, cloud: Cloud, begin: Callable[[], Cloud]
) -> None:
    alarm = bench.above(named("kept"), "Kept")
    bench.put("Kept", [1])
    bench.await_state(alarm, "ALARM")

    stop(cloud)
    begin()

    assert bench.state(alarm) == "ALARM"
    bench.put("Kept", [0])
    bench.await_state(alarm, "OK")
