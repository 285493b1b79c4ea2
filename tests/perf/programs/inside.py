"""What runs inside a measured process: standard library only, so that nothing is there which the package lacks.

Started by path with an isolated interpreter (`tests.perf.process`), it reads its order from standard input and writes
what it found to a file; standard output is the function's own log.

    {"paths": [...], "module": "functions.push.handler", "warm_up": [event, ...], "events": [event, ...],
     "meter": "http://127.0.0.1:1234/counts", "result": "result.json"}
"""

import importlib
import json
import os
import sys
import time
import urllib.request
from types import SimpleNamespace
from typing import Any


def main() -> None:
    """Run the events and write down what they cost."""
    order: dict[str, Any] = json.load(sys.stdin)
    sys.path[:0] = order["paths"]
    handle = importlib.import_module(order["module"]).handle
    for number, event in enumerate(order["warm_up"]):
        _call(handle, event, f"warm-up-{number}")
    before, logged = _counts(order["meter"]), _logged()
    began = time.process_time()
    for number, event in enumerate(order["events"]):
        _call(handle, event, f"measured-{number}")
    cpu = time.process_time() - began
    found = {"cpu_seconds": cpu, "before": before, "after": _counts(order["meter"]), "log_bytes": _logged() - logged}
    with open(order["result"], "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is not part of what is measured
        json.dump(found, file)


def _call(handle: Any, event: Any, request: str) -> None:
    answer = handle(event, SimpleNamespace(aws_request_id=request))
    if answer["batchItemFailures"]:
        raise SystemExit(f"{len(answer['batchItemFailures'])} messages of {request} were not processed")


def _counts(meter: str) -> Any:
    with urllib.request.urlopen(meter, timeout=10) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def _logged() -> int:
    sys.stdout.flush()
    return os.fstat(1).st_size


if __name__ == "__main__":
    main()
