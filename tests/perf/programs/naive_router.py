"""The router that one writes first: boto3, one message at a time, one call for each thing. What ours is compared with.

It looks the people up, keeps a record and sends a message for each endpoint. It does not check the sender, the contract
or the tenant's policy, and a second run sends a second time.
"""

import json
import os
from functools import cache
from typing import Any

import boto3


@cache
def wire() -> Any:
    """The tables and the queues."""
    dynamodb: Any = boto3.resource("dynamodb")
    sqs: Any = boto3.client("sqs")
    tables = (dynamodb.Table(os.environ["DIRECTORY_TABLE"]), dynamodb.Table(os.environ["STATE_TABLE"]))
    return (*tables, sqs, json.loads(os.environ["CHANNEL_QUEUES"]))


def handle(event: dict[str, Any], _context: object) -> dict[str, list[str]]:
    """Route the messages."""
    for record in event["Records"]:
        _route(json.loads(record["body"]))
    return {"batchItemFailures": []}


def _route(message: dict[str, Any]) -> None:
    directory, states, sqs, queues = wire()
    for recipient in message["recipients"]:
        key = {"pk": f"T#{message['tenant']}#user#{recipient['id']}", "sk": "SELF"}
        user = directory.get_item(Key=key)["Item"]
        states.put_item(
            Item={
                "pk": f"T#{message['tenant']}#N#{message['id']}",
                "sk": recipient["id"],
                "content": message["content"],
            }
        )
        for channel, address in _ways(message, user):
            delivery = {"id": message["id"], "address": address, "content": message["content"]}
            sqs.send_message(QueueUrl=queues[channel][message["priority"]], MessageBody=json.dumps(delivery))


def _ways(message: dict[str, Any], user: dict[str, Any]) -> list[tuple[str, str]]:
    ways = []
    for name, entry in user.items():
        kind = name.partition("#")[0]
        if kind == "device" and "push" in message["channels"]:
            ways.append(("push", json.loads(entry["entry"])["token"]))
        if kind == "phone":
            number = json.loads(entry["entry"])["number"]
            ways += [(channel, number) for channel in ("sms", "voice") if channel in message["channels"]]
    return ways
