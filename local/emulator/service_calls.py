"""What other services of AWS do in the account, for those that the provider sandbox plays.

``GET /_statline/resources?type=TYPE``: the resources of that type that stacks have made, of all regions, with their
properties resolved: Amazon Connect runs the flows that were deployed. ``POST /_statline/service``: invoke a function,
publish to a topic or put an event, as a service, and only as far as the function's or the topic's own policy lets that
service in. An event needs no policy.
"""

import asyncio
import contextvars
import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core.concurrency import run_reentrant
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, set_request_region
from ministack.services import cloudformation, eventbridge, lambda_svc, sns

RESOURCES, SERVICE = "/_statline/resources", "/_statline/service"
Answer = tuple[int, dict[str, str], bytes]
Wish = Mapping[str, Any]

_FORBIDDEN, _NOT_FOUND, _TOO_MANY = 403, 404, 429


def _json(status: int, body: object) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


def resources(resource_type: str) -> list[dict[str, Any]]:
    """The stacks' resources of a type."""
    found = []
    for (_account, region, _stack), stack in list(cloudformation._stacks._data.items()):
        for resource in list(stack.get("_resources", {}).values()):
            if resource["ResourceType"] == resource_type:
                found.append(
                    {
                        "region": region,
                        "id": resource["PhysicalResourceId"],
                        "properties": resource.get("Properties") or {},
                        "attributes": resource.get("Attributes") or {},
                    }
                )
    return found


def _is_let_in(policy: Any, action: str, wish: Wish) -> bool:
    account = get_account_id()
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=wish["arn"],
        region=wish["region"],
        service_context={
            "aws:sourcearn": wish["source_arn"],
            "aws:sourceaccount": account,
            "aws:sourceowner": account,
        },
    )
    return bool(evaluate_resource_policy(policy, context, service=wish["service"]).decision == "Allow")


def _refusal(action: str, wish: Wish) -> Answer:
    text = (
        f"{wish['service']} is not authorized to perform {action} on {wish['arn']}: no statement of its policy says so"
    )
    return _json(_FORBIDDEN, {"error": text})


def _invoke(wish: Wish) -> Answer:
    record, config, name = lambda_svc._get_func_record_for_ref(wish["arn"])
    if not record or not config:
        return _json(_NOT_FOUND, {"error": f"There is no function {wish['arn']}."})
    if not _is_let_in(lambda_svc._functions[name]["policy"], "lambda:InvokeFunction", wish):
        return _refusal("lambda:InvokeFunction", wish)
    callable_record = lambda_svc._execution_record_for_config(record, config)
    result = lambda_svc._execute_function_with_config_scope(callable_record, wish["payload"])
    if result.get("throttle"):
        return _json(_TOO_MANY, {"error": f"{name} has no room."})
    body = result.get("body")
    return _json(200, {"failed": bool(result.get("error")), "payload": _payload(body)})


def _payload(body: Any) -> Any:
    if isinstance(body, bytes | str):
        try:
            return json.loads(body)
        except ValueError:
            return str(body)
    return body


def _publish(wish: Wish) -> Answer:
    found = sns.topic_policy_for_arn(wish["arn"])
    if found is None:
        return _json(_NOT_FOUND, {"error": f"There is no topic {wish['arn']}."})
    if not _is_let_in(found[0], "sns:Publish", wish):
        return _refusal("sns:Publish", wish)
    return _json(200, {"message_id": sns.publish_internal(wish["arn"], wish["message"], "")["message_id"]})


def _put_event(wish: Wish) -> Answer:
    entry = {
        "Source": wish["source"],
        "DetailType": wish["detail_type"],
        "Detail": json.dumps(wish["detail"]),
        "Resources": wish["resources"],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    return _json(200, {})


_CALLS: Mapping[str, Callable[[Wish], Answer]] = {"invoke": _invoke, "publish": _publish, "put_event": _put_event}


async def _serve(body: bytes) -> Answer:
    wish = json.loads(body)
    set_request_region(wish["region"])
    context = contextvars.copy_context()
    answer: Answer = await run_reentrant(context.run, _CALLS[wish["call"]], wish, thread_name="statline-service")
    return answer


def _with_services(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_or_serve(method: str, path: str, headers: Any, body: bytes, parameters: Any, *rest: str) -> Any:
        if path == SERVICE and method == "POST":
            return await _serve(body)
        if path == RESOURCES and method == "GET":
            wanted = (parameters.get("type") or [""])[0]
            return _json(200, {"resources": await asyncio.to_thread(resources, wanted)})
        return await handle(method, path, headers, body, parameters, *rest)

    return handle_or_serve


def install() -> None:
    """Answer under the two paths."""
    app._handle_post_body_shortcuts = _with_services(app._handle_post_body_shortcuts)
