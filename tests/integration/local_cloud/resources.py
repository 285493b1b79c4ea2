"""Template resources, and how to see what a toy function did."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Value = TypeVar("Value")
Clients = Callable[..., Any]
FUNCTION_SOURCE = Path(__file__).with_name("toy_function.py").read_text()


def await_value(probe: Callable[[], Value | None], seconds: float = 8.0) -> Value:
    """Return the probe's first truthy answer; AssertionError when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := probe():
            return value
        time.sleep(0.02)
    message = f"nothing came within {seconds} s"
    raise AssertionError(message)


def role(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return a template's role that Lambda may assume, with these rights."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policies = [{"PolicyName": "rights", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}]
    document = {"Version": "2012-10-17", "Statement": [trust]}
    rights = {"Policies": policies} if statements else {}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document, **rights}}


def function(role_id: str, log_group: str, **properties: Any) -> dict[str, Any]:
    """Return a template's toy function (see toy_function.py), logging to that group."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.11",
            "Handler": "index.handler",
            "Timeout": 5,
            "Code": {"ZipFile": FUNCTION_SOURCE},
            "Role": {"Fn::GetAtt": [role_id, "Arn"]},
            "LoggingConfig": {"LogGroup": log_group},
            **properties,
        },
    }


def queue(visibility: int = 30, **properties: Any) -> dict[str, Any]:
    """Return a template's queue."""
    return {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": visibility, **properties}}


def mapping(queue_id: str, function_id: str, **properties: Any) -> dict[str, Any]:
    """Return a template's mapping from the queue to the function, which may report single failures."""
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": {"Fn::GetAtt": [queue_id, "Arn"]},
            "FunctionName": {"Ref": function_id},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            **properties,
        },
    }


class FunctionLog:
    """What a toy function printed: one JSON line for each record it was given."""

    def __init__(self, logs: Any, group: str) -> None:
        self._logs = logs
        self._group = group

    def lines(self) -> list[dict[str, Any]]:
        """Return every line so far."""
        try:
            pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=self._group)
            messages = [event["message"] for page in pages for event in page["events"]]
        except self._logs.exceptions.ResourceNotFoundException:
            return []
        return [json.loads(message) for message in messages if message.startswith("{")]

    def about(self, text: str) -> list[dict[str, Any]]:
        """Return the lines about records whose body has that text."""
        return [line for line in self.lines() if text in json.dumps(line)]
