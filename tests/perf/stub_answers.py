"""What the stub answers: canned, as fast as Python can say it, and counted. It stands for AWS, FCM and Connect at once.

It takes every write and remembers none; it knows one directory, which it is given.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.perf.item_size import write_units

Answer = Mapping[str, Any]

_CALL = "/contact/outbound-voice"
_COUNTS, _DIRECTORY, _SECRET = "/counts", "/directory", "/secret"


@dataclass
class Stub:
    """Everything that the stub knows: what it was asked, and what it was given to answer with."""

    calls: Counter[str] = field(default_factory=Counter)
    items: dict[str, Any] = field(default_factory=dict)
    secret: str = ""

    def answer(self, path: str, target: str, body: bytes) -> Answer:
        """The answer to one request; ``target`` is AWS's name of the operation, empty elsewhere."""
        if path in _OWN:
            return _OWN[path](self, body)
        operation = target.rpartition(".")[2] or _operation_at(path)
        self.calls[operation] += 1
        return _ANSWERS[operation](self, json.loads(body) if operation != "Token" else {})

    def own_counts(self, _body: bytes) -> Answer:
        """What was asked so far."""
        return dict(self.calls)

    def take_directory(self, body: bytes) -> Answer:
        """Learn the directory's items."""
        self.items = {item["pk"]["S"]: item for item in json.loads(body)}
        return {}

    def take_secret(self, body: bytes) -> Answer:
        """Learn the one secret there is."""
        self.secret = body.decode()
        return {}

    def batch_get_item(self, request: Answer) -> Answer:
        """The items of the directory that were asked for."""
        ((table, asked),) = request["RequestItems"].items()
        found = [self.items[key["pk"]["S"]] for key in asked["Keys"] if key["pk"]["S"] in self.items]
        self.calls["keys read"] += len(asked["Keys"])
        return {"Responses": {table: found}, "UnprocessedKeys": {}}

    def get_item(self, request: Answer) -> Answer:
        """One item of the directory."""
        self.calls["keys read"] += 1
        item = self.items.get(request["Key"]["pk"]["S"])
        return {"Item": item} if item else {}

    def put_item(self, request: Answer) -> Answer:
        """Every write is taken."""
        self.calls["write units"] += write_units(request["Item"])
        return {}

    def send_message_batch(self, request: Answer) -> Answer:
        """Every message is taken."""
        sent = [{"Id": entry["Id"], **_taken()} for entry in request["Entries"]]
        self.calls["messages sent"] += len(sent)
        return {"Successful": sent, "Failed": []}

    def send_message(self, _request: Answer) -> Answer:
        """The message is taken."""
        self.calls["messages sent"] += 1
        return _taken()


def _taken() -> dict[str, str]:
    return {"MessageId": uuid4().hex, "MD5OfMessageBody": "0" * 32}


def _operation_at(path: str) -> str:
    if path == _CALL:
        return "StartOutboundVoiceContact"
    return "Token" if path == "/token" else "messages:send"


_ANSWERS: Mapping[str, Callable[[Stub, Answer], Answer]] = {
    "BatchGetItem": Stub.batch_get_item,
    "GetItem": Stub.get_item,
    "PutItem": Stub.put_item,
    "SendMessageBatch": Stub.send_message_batch,
    "SendMessage": Stub.send_message,
    "GetSecretValue": lambda stub, _: {"Name": "fcm", "SecretString": stub.secret},
    "SendTextMessage": lambda _stub, _: {"MessageId": uuid4().hex},
    "StartOutboundVoiceContact": lambda _stub, _: {"ContactId": str(uuid4())},
    "messages:send": lambda _stub, _: {"name": f"projects/bench/messages/{uuid4().hex}"},
    "Token": lambda _stub, _: {"access_token": "bench", "expires_in": 3600, "token_type": "Bearer"},
}

_OWN: Mapping[str, Callable[[Stub, bytes], Answer]] = {
    _COUNTS: Stub.own_counts,
    _DIRECTORY: Stub.take_directory,
    _SECRET: Stub.take_secret,
}
