"""The stack that most of these tests share, and how to use it."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from tests.integration.local_cloud.resources import Clients, FunctionLog, await_value, function, mapping, queue, role

LOG_GROUP = "/statline/toy"
_SQS = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
_KMS = {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*"}
_STREAM = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
_KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
_REDRIVE = {"deadLetterTargetArn": {"Fn::GetAtt": ["Graveyard", "Arn"]}, "maxReceiveCount": 2}

RESOURCES: dict[str, Any] = {
    "LogGroup": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": LOG_GROUP}},
    "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": _KEY_POLICY}},
    "Role": role(_SQS, _KMS, _STREAM),
    "PowerlessRole": role(),
    "Queue": queue(),
    "Encrypted": queue(KmsMasterKeyId={"Ref": "Key"}),
    "Unmapped": queue(),
    "CappedQueue": queue(),
    "Impatient": queue(visibility=1, RedrivePolicy=_REDRIVE),
    "Graveyard": queue(),
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
            "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Ref": "Key"}},
        },
    },
    "Function": function("Role", LOG_GROUP, RecursiveLoop="Allow"),
    "Failing": function("Role", LOG_GROUP),
    "Capped": function("Role", LOG_GROUP),
    "Reserved": function("Role", LOG_GROUP, ReservedConcurrentExecutions=1),
    "Streamed": function("Role", LOG_GROUP),
    "Powerless": function("PowerlessRole", LOG_GROUP),
    "Mapping": mapping("Queue", "Function"),
    "ImpatientMapping": mapping("Impatient", "Failing"),
    "CappedMapping": mapping("CappedQueue", "Capped", BatchSize=1, ScalingConfig={"MaximumConcurrency": 2}),
    "StreamMapping": {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
            "FunctionName": {"Ref": "Streamed"},
            "StartingPosition": "TRIM_HORIZON",
        },
    },
}
OUTPUTS = {"ImpatientArn": {"Fn::GetAtt": ["Impatient", "Arn"]}}


@dataclass(frozen=True)
class ToyStack:
    """Queue → function, with a dead-letter queue, and a second queue and function that hold each other up."""

    clients: Clients
    ids: dict[str, str]
    log: FunctionLog

    def send(self, queue_id: str = "Queue", keys: dict[str, str] | None = None, **body: Any) -> str:
        """Send a message with a mark of its own in the body; return the mark."""
        mark = uuid.uuid4().hex
        delay = body.pop("delay", 0)
        self.clients("sqs", keys).send_message(
            QueueUrl=self.ids[queue_id], MessageBody=json.dumps({"mark": mark, **body}), DelaySeconds=delay
        )
        return mark

    def started(self, mark: str) -> list[dict[str, Any]]:
        """Return the function's lines that say that it took the message."""
        return [line for line in self.log.about(mark) if "record" in line]

    def finished(self, mark: str) -> list[dict[str, Any]]:
        """Return the function's lines that say that it was done with the message."""
        return [line for line in self.log.about(mark) if "done" in line]

    def await_finished(self, mark: str) -> list[dict[str, Any]]:
        """Wait for the function to be done with the message; return what it said then."""
        return await_value(lambda: self.finished(mark))

    def buried(self, mark: str) -> dict[str, Any] | None:
        """Return the message from the dead-letter queue, once it is there."""
        answer = self.clients("sqs").receive_message(
            QueueUrl=self.ids["Graveyard"], MessageSystemAttributeNames=["All"], MaxNumberOfMessages=10
        )
        return next((letter for letter in answer.get("Messages", []) if mark in letter["Body"]), None)

    def session_of(self, function_id: str) -> dict[str, str]:
        """Return the credentials that the function gets: those of its role's session."""
        return {name: value for name, value in self.environment_of(function_id).items() if name.startswith("AWS_")}

    def environment_of(self, function_id: str) -> dict[str, str]:
        """Return the environment that the function runs in."""
        mark = uuid.uuid4().hex
        name = self.ids[function_id]
        self.clients("lambda").invoke(FunctionName=name, Payload=json.dumps({"mark": mark}))
        [line] = await_value(lambda: self.started(mark))
        environment: dict[str, str] = line["environment"]
        return environment
