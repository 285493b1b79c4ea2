"""State machines as AWS runs them: names, types and errors of their calls, their role's rights, and their end."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.integration.local_cloud.conftest import CreateStack
from tests.integration.local_cloud.resources import Clients, FunctionLog, await_value, queue

LOG_GROUP = "/statline/machines"
_FUNCTION = """
class CheckRefusedError(Exception):
    pass

def handler(event, context):
    print("{}")
    if event.get("fail"):
        raise CheckRefusedError("it is so:\\nno")
    return {"got": event}
"""
_COPIES = {"Effect": "Allow", "Action": "rds:CopyDBSnapshot", "Resource": "arn:aws:rds:*:*:snapshot:ours-*"}
_ALLOWED = {
    "Effect": "Allow",
    "Action": ["rds:Describe*", "dynamodb:*", "cloudwatch:*Metric*", "lambda:InvokeFunction"],
    "Resource": "*",
}
State = dict[str, Any]


def _role(service: str, *statements: dict[str, Any]) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    policy = {"PolicyName": "rights", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    properties: dict[str, Any] = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    return {"Type": "AWS::IAM::Role", "Properties": {**properties, **({"Policies": [policy]} if statements else {})}}


RESOURCES: dict[str, Any] = {
    "Role": _role("states.amazonaws.com", _COPIES, _ALLOWED),
    "FunctionRole": _role("lambda.amazonaws.com"),
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Code": {"ZipFile": _FUNCTION},
            "Role": {"Fn::GetAtt": ["FunctionRole", "Arn"]},
            "LoggingConfig": {"LogGroup": LOG_GROUP},
        },
    },
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    },
    "Ear": queue(),
}


@dataclass(frozen=True)
class Machines:
    """State machines in a role of their own."""

    calls: Any
    role: str
    ids: dict[str, str]
    log: FunctionLog

    def start(self, states: dict[str, State], **given: Any) -> str:
        """Start an execution of states that follow each other; return its ARN."""
        names = list(states)
        afterwards: list[State] = [*({"Next": name} for name in names[1:]), {"End": True}]
        linked = {
            name: state if state["Type"] in {"Fail", "Succeed"} else {**after, **state}
            for (name, state), after in zip(states.items(), afterwards, strict=True)
        }
        definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": names[0], "States": linked})
        machine = self.calls.create_state_machine(
            name=f"m-{uuid.uuid4().hex[:8]}", roleArn=self.role, definition=definition
        )["stateMachineArn"]
        arn: str = self.calls.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"]
        return arn

    def end(self, execution: str) -> dict[str, Any]:
        """Wait for an execution's end, and return its description."""

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.calls.describe_execution(executionArn=execution)
            return found if found["status"] != "RUNNING" else None

        return await_value(ended, seconds=20)

    def output(self, *states: State, **given: Any) -> Any:
        """Run states that follow each other, and return what comes out."""
        found = self.end(self.start({f"S{number}": state for number, state in enumerate(states)}, **given))
        assert found["status"] == "SUCCEEDED", found
        return json.loads(found["output"])

    def error(self, state: State, **given: Any) -> tuple[str, str]:
        """Run a state that fails, and return its error and cause."""
        found = self.end(self.start({"S": state}, **given))
        assert found["status"] == "FAILED", found
        return found["error"], found["cause"]


def call(action: str, arguments: Any, **more: Any) -> State:
    resource = action if action.startswith(("lambda:", "events:")) else f"aws-sdk:{action}"
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": arguments, **more}


@pytest.fixture(scope="module")
def machines(clients: Clients, create_stack: CreateStack) -> Machines:
    ids = create_stack(RESOURCES)
    role = clients("iam").get_role(RoleName=ids["Role"])["Role"]["Arn"]
    return Machines(clients("stepfunctions"), role, ids, FunctionLog(clients("logs"), LOG_GROUP))


def test_errors_of_rds_have_the_names_of_the_sdks_classes(machines: Machines) -> None:
    error, _cause = machines.error(call("rds:describeDBSnapshots", {"DbSnapshotIdentifier": "nothing"}))

    assert error == "Rds.DbSnapshotNotFoundException"


def test_only_the_abbreviation_at_the_beginning_of_a_name_is_respelt(machines: Machines) -> None:
    arguments = {"SourceDBSnapshotIdentifier": "ours-a", "TargetDBSnapshotIdentifier": "ours-b", "KmsKeyId": "key"}

    error, _cause = machines.error(call("rds:copyDBSnapshot", arguments))

    assert error == "Rds.DbSnapshotNotFoundException"


def test_an_argument_that_the_service_does_not_know_is_named(machines: Machines) -> None:
    error, cause = machines.error(call("rds:describeDBInstances", {"DBInstance": "x"}))

    assert error == "States.Runtime"
    assert "DBInstance" in cause


def test_a_call_is_refused_that_the_machines_role_does_not_allow(machines: Machines) -> None:
    foreign = {"SourceDBSnapshotIdentifier": "theirs", "TargetDBSnapshotIdentifier": "ours-b"}

    error, cause = machines.error(call("rds:copyDBSnapshot", foreign))

    assert error == "Rds.RdsException"
    assert "not authorized to perform: rds:CopyDBSnapshot" in cause


def test_an_optimised_integration_asks_for_rights_too(machines: Machines) -> None:
    entry = {"Source": "toy", "DetailType": "Toy", "Detail": {}}

    error, cause = machines.error(call("events:putEvents", {"Entries": [entry]}))

    assert error == "EventBridge.AccessDeniedException"
    assert "not authorized to perform: events:PutEvents" in cause


def test_answers_have_the_types_of_the_services_model(machines: Machines) -> None:
    answer = machines.output(call("rds:describeDBInstances", {"MaxRecords": 20}))

    assert isinstance(answer["DbInstances"], list)


def test_a_functions_exception_is_caught_by_the_name_of_its_type(machines: Machines) -> None:
    caught = {"ErrorEquals": ["CheckRefusedError"], "Next": "Caught", "Output": "{% $states.errorOutput %}"}
    invoke = call(
        "lambda:invoke", {"FunctionName": machines.ids["Function"], "Payload": {"fail": True}}, Catch=[caught]
    )

    found = machines.end(machines.start({"Invoke": {**invoke, "Next": "Caught"}, "Caught": {"Type": "Succeed"}}))

    assert found["status"] == "SUCCEEDED"
    said = json.loads(json.loads(found["output"])["Cause"])
    assert said["errorType"] == "CheckRefusedError"
    assert said["errorMessage"] == "it is so:\nno"


def test_a_map_invokes_for_every_item_in_order(machines: Machines) -> None:
    payload = {"FunctionName": machines.ids["Function"], "Payload": "{% $states.input %}"}
    each = call("lambda:invoke", payload, Output="{% $states.result.Payload.got %}", End=True)
    mapped = {
        "Type": "Map",
        "Items": "{% $states.input.items %}",
        "MaxConcurrency": 2,
        "ItemProcessor": {"StartAt": "Each", "States": {"Each": each}},
    }

    assert machines.output(mapped, items=[{"n": 1}, {"n": 2}, {"n": 3}]) == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_a_conditional_write_that_fails_has_dynamodbs_error(machines: Machines) -> None:
    item = {"pk": {"S": uuid.uuid4().hex}, "n": {"N": "1"}}
    table = machines.ids["Table"]
    write = call(
        "dynamodb:putItem",
        {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"},
    )
    update = call(
        "dynamodb:updateItem",
        {
            "TableName": table,
            "Key": {"pk": item["pk"]},
            "UpdateExpression": "SET n = n + :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        },
    )
    read = call("dynamodb:getItem", {"TableName": table, "Key": {"pk": item["pk"]}})

    written = machines.output(write, update, read)
    error, _cause = machines.error(write)

    assert written["Item"]["n"] == {"N": "2"}
    assert error == "DynamoDb.ConditionalCheckFailedException"


def test_a_figure_that_is_put_can_be_read(machines: Machines) -> None:
    metric = {"Namespace": "Toy", "MetricName": uuid.uuid4().hex, "Dimensions": [{"Name": "Region", "Value": "here"}]}
    datum = {**metric, "Value": 3, "Unit": "Seconds"}
    del datum["Namespace"]
    span = {"StartTime": "{% $fromMillis($millis() - 600000) %}", "EndTime": "{% $fromMillis($millis() + 60000) %}"}
    query = {"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}

    read = machines.output(
        call("cloudwatch:putMetricData", {"Namespace": "Toy", "MetricData": [datum]}),
        call("cloudwatch:getMetricData", {**span, "MetricDataQueries": [query]}),
    )

    assert read["MetricDataResults"][0]["Values"] == [3]


def invocations(machines: Machines) -> int:
    """How often the function has run."""
    return len(machines.log.lines())


def _retried(machines: Machines) -> dict[str, State]:
    again = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 50, "BackoffRate": 1}
    invoke = {"FunctionName": machines.ids["Function"], "Payload": {"fail": True}}
    return {"Again": call("lambda:invoke", invoke, Retry=[again])}


def _waiting(_machines: Machines) -> dict[str, State]:
    return {"Wait": {"Type": "Wait", "Seconds": 1}, "Fails": {"Type": "Fail", "Error": "TooLate"}}


def _mapped(machines: Machines) -> dict[str, State]:
    states = {
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Then"},
        "Then": {**_retried(machines)["Again"], "End": True},
    }
    items = {"StartAt": "Wait", "States": states}
    return {"Map": {"Type": "Map", "Items": [1, 2], "ItemProcessor": items}}


@pytest.mark.parametrize("states", [_retried, _waiting, _mapped])
def test_a_stopped_execution_stays_stopped_and_does_nothing_more(
    machines: Machines, states: Callable[[Machines], dict[str, State]]
) -> None:
    execution = machines.start(states(machines))
    await_value(lambda: len(machines.calls.get_execution_history(executionArn=execution)["events"]) > 1)

    machines.calls.stop_execution(executionArn=execution, cause="tried")
    done = machines.calls.get_execution_history(executionArn=execution)["events"]
    invoked = invocations(machines)
    after = machines.start({"Wait": {"Type": "Wait", "Seconds": 2}})
    machines.end(after)  # in this time a wait or a retry would have come back

    later = machines.calls.get_execution_history(executionArn=execution)["events"]
    assert machines.calls.describe_execution(executionArn=execution)["status"] == "ABORTED"
    assert [event["type"] for event in later] == [event["type"] for event in done]
    assert invocations(machines) == invoked


def test_the_bus_is_told_of_an_execution_that_was_stopped(machines: Machines, clients: Clients) -> None:
    name = f"ear-{uuid.uuid4().hex[:8]}"
    sqs, events, url = clients("sqs"), clients("events"), machines.ids["Ear"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": arn}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    pattern = {"source": ["aws.states"], "detail": {"status": ["ABORTED"]}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "ear", "Arn": arn}])
    execution = machines.start({"Wait": {"Type": "Wait", "Seconds": 5}})

    machines.calls.stop_execution(executionArn=execution)

    def heard() -> bool:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        told = [json.loads(message["Body"]) for message in messages]
        return any(
            event["detail-type"] == "Step Functions Execution Status Change"
            and event["detail"]["executionArn"] == execution
            for event in told
        )

    assert await_value(heard)
    events.remove_targets(Rule=name, Ids=["ear"])
    events.delete_rule(Name=name)
