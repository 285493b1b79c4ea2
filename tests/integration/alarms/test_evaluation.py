"""Alarms of the laptop cloud, evaluated over its figures."""

import json

from tests.e2e.waiting import await_value
from tests.integration.alarms.bench import FINE, SOON, Bench, named
from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.stack import OUTPUTS, RESOURCES

HOME = "ca-central-1"


def test_a_queue_that_waits_speaks(bench: Bench) -> None:
    ear, sqs = bench.ear(), bench.clients("sqs")
    queue = named("waiting").replace(" ", "-")
    about = {"QueueName": queue}
    alarm = bench.above(
        named("waits"),
        "ApproximateAgeOfOldestMessage",
        Namespace="AWS/SQS",
        Dimensions=[{"Name": name, "Value": value} for name, value in about.items()],
        Period=60,
        TreatMissingData="notBreaching",
        AlarmActions=[ear.topic],
    )
    assert bench.state_after_a_look(alarm) == "OK"
    sqs.send_message(QueueUrl=sqs.create_queue(QueueName=queue)["QueueUrl"], MessageBody="nobody comes")

    def ages() -> bool:
        return any(bench.values("AWS/SQS", "ApproximateAgeOfOldestMessage", about, "Maximum"))

    await_value(ages, SOON, "an age")
    for _until_the_minute_is_over in range(0, 120, FINE):
        bench.evaluator.look()
    assert bench.state(alarm) == "ALARM"
    assert ear.listen() == [f"{alarm} ALARM"]


def test_a_stall_speaks_after_two_figures_of_ten_seconds_and_rests_after_one_good_one(bench: Bench) -> None:
    alarm = bench.above(named("stalled"), "OldestOutstanding", 20, EvaluationPeriods=2)

    bench.put("OldestOutstanding", [25, 35])
    assert bench.state_after_a_look(alarm) == "ALARM"

    bench.put("OldestOutstanding", [35, 0])
    assert bench.state_after_a_look(alarm) == "OK"


def test_what_a_function_writes_to_its_log_speaks_too(bench: Bench, create_stack: CreateStack) -> None:
    alarm = bench.above(named("logged"), "Logged", 20, EvaluationPeriods=2)
    metric = {"Name": "Logged", "StorageResolution": 1}
    directive = {"Namespace": bench.namespace, "Dimensions": [[]], "Metrics": [metric]}
    over = bench.evaluator.now
    lines = [
        json.dumps({"_aws": {"Timestamp": int(at * 1000), "CloudWatchMetrics": [directive]}, "Logged": 25})
        for at in (over - 2 * FINE, over - FINE)
    ]
    function = create_stack(RESOURCES, OUTPUTS)["Function"]

    bench.clients("lambda").invoke(FunctionName=function, Payload=json.dumps({"say": lines}).encode())

    await_value(lambda: len(bench.values(bench.namespace, "Logged", {})) == len(lines), SOON, "what was logged")
    assert bench.state_after_a_look(alarm) == "ALARM"


def test_one_breach_of_two_is_not_enough(bench: Bench) -> None:
    alarm = bench.above(named("stalled"), "Once", 20, EvaluationPeriods=2)

    bench.put("Once", [0, 35])

    assert bench.state_after_a_look(alarm) == "OK"


def test_silence_that_breaches_speaks_once_there_could_have_been_a_figure(bench: Bench) -> None:
    alarm = bench.above(named("silent"), "Canary", TreatMissingData="breaching")
    quiet = bench.above(named("quiet"), "Canary", TreatMissingData="notBreaching")

    assert [bench.state_after_a_look(alarm) for _ in range(3)] == ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM"]
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
    assert bench.state_after_a_look(held) == "OK"
    bench.put("Cause", [1])
    assert bench.state_after_a_look(cause) == "ALARM"

    bench.put("Symptom", [1])
    assert bench.state_after_a_look(told) == bench.state(held) == "ALARM"
    assert ear.listen() == [f"{told} ALARM"]

    bench.put("Cause", [0])
    assert bench.state_after_a_look(held) == "ALARM"
    assert f"{held} ALARM" in ear.listen()


def test_a_state_that_somebody_sets_tells_and_is_set_back(bench: Bench) -> None:
    ear = bench.ear()
    alarm = bench.above(named("forced"), "Forced", AlarmActions=[ear.topic])
    bench.put("Forced", [0])
    assert bench.state_after_a_look(alarm) == "OK"

    bench.cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")

    assert ear.listen() == [f"{alarm} ALARM"]
    assert bench.state_after_a_look(alarm) == "OK"


def test_a_composite_that_somebody_sets_stays_until_a_child_changes(bench: Bench) -> None:
    child, whole = bench.above(named("child"), "Child"), named("whole")
    bench.cloudwatch.put_composite_alarm(AlarmName=whole, AlarmRule=f'ALARM("{child}")')
    bench.put("Child", [0])
    assert bench.state_after_a_look(child) == bench.state(whole) == "OK"

    bench.cloudwatch.set_alarm_state(AlarmName=whole, StateValue="ALARM", StateReason="a test")
    assert [bench.state_after_a_look(whole) for _ in range(2)] == ["ALARM", "ALARM"]

    bench.cloudwatch.set_alarm_state(AlarmName=child, StateValue="INSUFFICIENT_DATA", StateReason="a test")
    assert bench.state_after_a_look(whole) == "OK"


def test_a_deleted_alarm_is_forgotten(bench: Bench) -> None:
    alarm = bench.above(named("gone"), "Gone")
    bench.evaluator.look()
    before = bench.evaluator.watched(HOME)

    bench.cloudwatch.delete_alarms(AlarmNames=[alarm])
    bench.evaluator.look()

    assert bench.evaluator.watched(HOME) == before - 1
