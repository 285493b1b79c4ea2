"""Each lane has its own way through the stacks, and its own share of what works it off."""

from typing import Any

from functions.core.domain.routing.lanes import FUNCTION_TIMEOUT, LANES, RECEIVES_BEFORE_DEAD_LETTER
from infra.config.model import RegionConfig
from statline.contract.notification import MAXIMUM_BODY_BYTES
from statline.contract.words import Channel, Priority
from tests.infra.templates import Template, references

_CALM = {"statline-directory-changes", "statline-roll-calls"}
"""Queues that nobody's second depends on."""
_STAGES = {"router": "ingress", "push": "push", "sms": "sms", "voice": "voice"}


def _mappings(delivery: Template) -> dict[str, tuple[str, dict[str, Any]]]:
    """By the queue that it consumes: the function whose alias a mapping calls, and the mapping's properties."""
    functions = {
        logical_id: delivery.name_of(alias["Properties"]["FunctionName"])
        for logical_id, alias in delivery.resources("AWS::Lambda::Alias").items()
        if alias["Properties"]["Name"] == "live"
    }
    return {
        delivery.name_of(mapping["EventSourceArn"]): (functions[next(references(mapping["FunctionName"]))], mapping)
        for mapping in delivery.properties("AWS::Lambda::EventSourceMapping")
    }


def test_each_lane_is_worked_off_with_the_configs_concurrency_and_batch(
    delivery: Template, config: RegionConfig
) -> None:
    mappings = _mappings(delivery)
    for function, stage in _STAGES.items():
        capacity = config.capacity.router if function == "router" else config.capacity.channel(Channel(function))
        assert capacity is not None
        for priority in Priority:
            called, mapping = mappings[f"statline-{stage}-{priority.value}"]
            assert called == f"statline-{function}"
            assert mapping["ScalingConfig"] == {"MaximumConcurrency": capacity.lanes[priority].concurrency}
            assert mapping["BatchSize"] == capacity.lanes[priority].batch


def test_no_batch_waits_and_each_message_is_answered_for_alone(delivery: Template) -> None:
    for queue, (_, mapping) in _mappings(delivery).items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], queue
        assert mapping.get("MaximumBatchingWindowInSeconds", 0) == 0, queue
        assert "ProvisionedPollerConfig" not in mapping, queue


def test_a_queue_hides_a_message_as_long_as_its_lane_says(state: Template) -> None:
    for stage in _STAGES.values():
        for priority, lane in LANES.items():
            queue = state.named("AWS::SQS::Queue", f"statline-{stage}-{priority.value}")["Properties"]
            assert queue["VisibilityTimeout"] == lane.visibility.total_seconds()


def test_a_killed_workers_stat_is_taken_up_again_within_twenty_seconds(state: Template, delivery: Template) -> None:
    timeouts = {f["FunctionName"]: f["Timeout"] for f in delivery.properties("AWS::Lambda::Function")}
    for function, stage in _STAGES.items():
        visibility = state.named("AWS::SQS::Queue", f"statline-{stage}-stat")["Properties"]["VisibilityTimeout"]
        assert timeouts[f"statline-{function}"] == FUNCTION_TIMEOUT.total_seconds()
        assert timeouts[f"statline-{function}"] < visibility < 20
    for queue in ("escalation", "receipts", "receipt-deadlines"):
        visibility = state.named("AWS::SQS::Queue", f"statline-{queue}")["Properties"]["VisibilityTimeout"]
        assert FUNCTION_TIMEOUT.total_seconds() < visibility < 20


def test_every_queue_with_a_consumer_hides_messages_longer_than_the_consumer_may_run(
    state: Template, delivery: Template
) -> None:
    timeouts = {f["FunctionName"]: f["Timeout"] for f in delivery.properties("AWS::Lambda::Function")}
    queues = {q["QueueName"]: q["VisibilityTimeout"] for q in state.properties("AWS::SQS::Queue")}
    for queue, (function, _) in _mappings(delivery).items():
        if queue in queues:
            assert queues[queue] > timeouts[function]


def test_a_functions_reserve_covers_the_sum_of_its_lanes(delivery: Template) -> None:
    reserves = {
        f["FunctionName"]: f["ReservedConcurrentExecutions"] for f in delivery.properties("AWS::Lambda::Function")
    }
    wanted = dict.fromkeys(reserves, 0)
    for function, mapping in _mappings(delivery).values():
        wanted[function] += mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 1)
    assert all(reserves[name] >= wanted[name] for name in reserves)


def test_every_worked_off_queue_has_a_dead_letter_queue_of_its_own_that_keeps_letters_longer(state: Template) -> None:
    queues = {q["QueueName"]: q for q in state.properties("AWS::SQS::Queue")}
    worked_off = [name for name in queues if f"{name}-dlq" in queues]
    assert len(worked_off) == 17
    for name in worked_off:
        redrive = queues[name]["RedrivePolicy"]
        assert state.name_of(redrive["deadLetterTargetArn"]) == f"{name}-dlq"
        assert queues[name]["MessageRetentionPeriod"] < queues[f"{name}-dlq"]["MessageRetentionPeriod"] == 14 * 86_400
        assert redrive["maxReceiveCount"] == (10 if name in _CALM else RECEIVES_BEFORE_DEAD_LETTER)


def test_every_queue_is_either_worked_off_or_kept_for_people(state: Template, delivery: Template) -> None:
    queues = {q["QueueName"] for q in state.properties("AWS::SQS::Queue")}
    consumed = set(_mappings(delivery)) & queues
    for_people = {q for q in queues if q.endswith("-dlq")} | {"statline-quarantine", "statline-lost-events"}
    assert queues - consumed <= for_people


def test_the_dead_letters_of_every_stat_queue_have_a_consumer(delivery: Template) -> None:
    mappings = _mappings(delivery)
    for stage in _STAGES.values():
        function, _ = mappings[f"statline-{stage}-stat-dlq"]
        assert function == "statline-dead-letters"


def test_the_ingress_queues_refuse_what_is_larger_than_the_contract_allows(state: Template) -> None:
    for priority in Priority:
        queue = state.named("AWS::SQS::Queue", f"statline-ingress-{priority.value}")["Properties"]
        assert queue["MaximumMessageSize"] == MAXIMUM_BODY_BYTES


def test_the_stream_tells_only_what_events_are_made_of_and_loses_nothing_unseen(delivery: Template) -> None:
    (mapping,) = (m for m in delivery.properties("AWS::Lambda::EventSourceMapping") if "FilterCriteria" in m)
    (rule,) = mapping["FilterCriteria"]["Filters"]
    assert rule["Pattern"] == (
        '{"eventName":["INSERT","MODIFY"],'
        '"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"META"},{"prefix":"D#"},{"prefix":"REFUSAL"},'
        '{"prefix":"LADDER#"},{"prefix":"ACK#"},{"prefix":"WORD#"},{"prefix":"STANDDOWN"}]}}}}'
    )
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRetryAttempts"] > 0
    destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
    assert delivery.name_of(destination) == "statline-lost-events"
