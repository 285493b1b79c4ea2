"""A function that prints what it gets, and does what the message says."""

import json
import os
import sys
import time
from typing import Any


def _obey(body: dict[str, Any]) -> bool:
    """Return whether the record succeeded."""
    time.sleep(body.get("sleep", 0))
    if body.get("die"):
        os._exit(9)
    if body.get("raise"):
        raise RuntimeError(body["raise"])
    return not body.get("fail")


def _body(record: dict[str, Any]) -> dict[str, Any]:
    if "dynamodb" in record:
        image = record["dynamodb"]["NewImage"]
        return {"sleep": float(image.get("sleep", {"N": "0"})["N"])}
    body: dict[str, Any] = json.loads(record["body"]) if "body" in record else record
    return body


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    failed = []
    for record in event.get("Records", [event]):
        began = time.time()
        print(
            json.dumps(
                {
                    "record": record,
                    "began": began,
                    "path": sys.path,
                    "environment": dict(os.environ),
                    "process": os.getpid(),
                }
            )
        )
        for line in _body(record).get("say", []):
            print(line)
        print("this went to standard error", file=sys.stderr)
        if not _obey(_body(record)):
            failed.append({"itemIdentifier": record["messageId"]})
        print(json.dumps({"done": record, "began": began, "ended": time.time()}))
    return {"batchItemFailures": failed}
