"""Rights as AWS enforces them: who may send may do nothing else, and a delivery role has its own things only."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud import create_producer
from tests.e2e.cast import ALL
from tests.e2e.region import DIRECTORY_TABLE, STATE_TABLE, Region

KEY = {"pk": {"S": "T#northshore#N#n-1"}, "sk": {"S": "META"}}
Client = Callable[[str], Any]
Attempt = Callable[[Region, Client], object]


def _read(table: str) -> Attempt:
    return lambda _region, client: client("dynamodb").get_item(TableName=table, Key=KEY)


def _write(table: str) -> Attempt:
    return lambda _region, client: client("dynamodb").put_item(TableName=table, Item=KEY)


def _send(queue: str) -> Attempt:
    return lambda region, client: client("sqs").send_message(QueueUrl=region.queue(queue), MessageBody="{}")


def _receive(queue: str) -> Attempt:
    return lambda region, client: client("sqs").receive_message(QueueUrl=region.queue(queue))


def _read_secret(_region: Region, client: Client) -> object:
    return client("secretsmanager").get_secret_value(SecretId="statline/fcm")


NOT_FOR_PRODUCERS: Mapping[str, Attempt] = {
    "read the state table": _read(STATE_TABLE),
    "read the directory": _read(DIRECTORY_TABLE),
    "write the state table": _write(STATE_TABLE),
    "send past the router": _send("push-stat"),
    "change the directory": _send("directory-changes"),
    "read what others sent": _receive("ingress-stat"),
    "read the quarantine": _receive("quarantine"),
    "read the service account": _read_secret,
    "list the database": lambda _region, client: client("rds").describe_db_instances(),
}
NOT_FOR_FUNCTIONS: Mapping[tuple[str, str], Attempt] = {
    ("push", "read the directory"): _read(DIRECTORY_TABLE),
    ("push", "take another channel's work"): _receive("sms-stat"),
    ("push", "send as a producer"): _send("ingress-stat"),
    ("push", "reach the database"): lambda _region, client: client("rds").describe_db_instances(),
    ("sms", "read the service account"): _read_secret,
    ("sms", "write the directory"): _write(DIRECTORY_TABLE),
    ("voice", "take another channel's work"): _receive("push-stat"),
    ("router", "write the directory"): _write(DIRECTORY_TABLE),
    ("router", "take a channel's work"): _receive("push-stat"),
    ("directory", "read the state table"): _read(STATE_TABLE),
    ("events", "write the state table"): _write(STATE_TABLE),
    ("dead-letters", "read the directory"): _read(DIRECTORY_TABLE),
}


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as denied:
        attempt()
    return str(denied.value.response["Error"]["Code"])


def keys_of_function(region: Region, function: str) -> dict[str, str]:
    role = region.client("lambda").get_function_configuration(FunctionName=f"statline-{function}")["Role"]
    session = region.client("sts").assume_role(RoleArn=role, RoleSessionName="e2e")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }


@pytest.mark.parametrize("attempt", NOT_FOR_PRODUCERS.values(), ids=NOT_FOR_PRODUCERS.keys())
def test_a_producer_may_send_and_nothing_else(region: Region, attempt: Attempt) -> None:
    assert refusal(lambda: attempt(region, lambda service: region.client(service, region.producer))).startswith(
        "AccessDenied"
    )


def test_nobody_whom_the_config_does_not_name_for_an_app_says_a_providers_words(region: Region) -> None:
    """A producer that is no app has the right to send there, by IAM: the queue itself refuses."""
    forged = '{"source": "aws.connect", "detail": {}}'
    create_producer(region.cloud, "stranger")
    sqs = region.client("sqs", "stranger")

    assert refusal(lambda: sqs.send_message(QueueUrl=region.queue("receipts"), MessageBody=forged)).startswith(
        "AccessDenied"
    )


@pytest.mark.parametrize(
    ("function", "attempt"),
    [(function, attempt) for (function, _), attempt in NOT_FOR_FUNCTIONS.items()],
    ids=[f"{function}: {what}" for function, what in NOT_FOR_FUNCTIONS],
)
def test_a_functions_role_is_denied_what_is_not_its_own(region: Region, function: str, attempt: Attempt) -> None:
    keys = keys_of_function(region, function)

    assert refusal(lambda: attempt(region, lambda service: region.client(service, keys=keys))).startswith(
        "AccessDenied"
    )


def test_a_functions_role_may_do_what_it_is_for(region: Region) -> None:
    """The tests above could pass for keys that are good for nothing."""
    state = region.client("dynamodb", keys=keys_of_function(region, "push"))
    directory = region.client("dynamodb", keys=keys_of_function(region, "router"))

    reads = {STATE_TABLE: {"Keys": [KEY]}}
    assert state.batch_get_item(RequestItems=reads)["Responses"] == {STATE_TABLE: []}
    person = {"pk": {"S": f"T#{region.tenant}#user#{ALL}"}, "sk": {"S": "SELF"}}
    found = directory.batch_get_item(RequestItems={DIRECTORY_TABLE: {"Keys": [person]}})
    assert found["Responses"][DIRECTORY_TABLE]
