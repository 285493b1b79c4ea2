"""A rule's call of a function waits for room, as in Lambda's own queue of asynchronous calls.

The emulator makes the call at once and drops it where the function's reserved concurrency is taken: two events at the
same moment, and the second was never heard of.
"""

import json
import logging
import threading
import time
from typing import Any

from ministack.services import eventbridge, lambda_svc

logger = logging.getLogger("eventbridge")
_LOOK_AGAIN = 0.1
_PATIENCE = 300.0
"""Lambda waits for up to six hours. A laptop cloud's function that has no room for so long never will."""


def _call(arn: str, payload: str) -> None:
    function, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        logger.warning("A rule calls the function %s, which does not exist.", name)
        return
    record = lambda_svc._execution_record_for_config(function, config)
    threading.Thread(target=_call_when_there_is_room, args=(name, record, json.loads(payload)), daemon=True).start()


def _call_when_there_is_room(name: str, record: Any, event: Any) -> None:
    deadline = time.monotonic() + _PATIENCE
    while lambda_svc._execute_function_with_config_scope(record, event).get("throttle"):
        if time.monotonic() > deadline:
            logger.warning("A rule's call of %s was given up: it had no room for %.0f s.", name, _PATIENCE)
            return
        time.sleep(_LOOK_AGAIN)


def install() -> None:
    """Let calls of rules wait."""
    eventbridge._dispatch_to_lambda = _call
