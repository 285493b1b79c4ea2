"""The process put together: instances are found and watched, and Performance Insights is answered meanwhile."""

import asyncio
from collections.abc import Coroutine
from typing import Protocol

from local.insights import wire
from local.insights.figures import Interval
from local.insights.instances import Instance
from local.insights.operations import OPERATIONS
from local.insights.sessions import History
from local.insights.watchers import Watched, Watchers
from local.insights.watching import Pace, Watch
from local.insights.wire import API, Call
from local.sandbox.aws.wire import AwsError, require_signature, scope_of
from local.sandbox.http_server import Request, Response, json_response

_NOT_FOUND = 404


class Source(Protocol):
    """Who knows the instances and takes their figures."""

    async def instances(self) -> list[Instance] | None:
        """Every instance with an endpoint; None when nobody says."""

    async def publish(self, interval: Interval) -> None:
        """Take an instance's figures."""


class Insights:
    """Every watched instance, and the answers about them. `find_every`: seconds between two looks for instances."""

    def __init__(self, cloud: Source, pace: Pace, find_every: float) -> None:
        self._cloud = cloud
        self._pace = pace
        self._find_every = find_every
        self._watchers = Watchers(self._watch)

    async def run(self) -> None:
        """Find and watch instances until cancelled."""
        try:
            while True:
                found = await self._cloud.instances()
                if found is not None:
                    self._watchers.see(found)
                await asyncio.sleep(self._find_every)
        finally:
            await self._watchers.stop()

    async def handle(self, request: Request) -> Response:
        """Answer one request."""
        call = wire.call_of(request)
        if call is None:
            return self._page(request)
        try:
            return wire.answered(call.protocol, self._answer(call, request))
        except AwsError as error:
            return wire.refused(call.protocol, error)

    def _watch(self, instance: Instance, history: History) -> Coroutine[None, None, None]:
        return Watch(instance, history, self._pace, self._cloud.publish).run()

    def _answer(self, call: Call, request: Request) -> dict[str, object]:
        require_signature(request, API.signing_name)
        parameters = wire.parameters_of(call, request)
        operation = OPERATIONS.get(call.operation)
        if operation is None:
            known = ", ".join(OPERATIONS)
            raise AwsError("UnknownOperationException", f"Here Performance Insights answers {known} only.")
        return operation(parameters, self._watched(request, parameters["Identifier"]).history)

    def _watched(self, request: Request, resource_id: str) -> Watched:
        scope = scope_of(request)
        watched = self._watchers.find(scope.region if scope else "", resource_id)
        if watched is None or not watched.instance.has_insights:
            raise AwsError(
                "NotAuthorizedException",
                f"{resource_id} is no resource id of an instance in this region that Performance Insights is on for.",
            )
        return watched

    def _page(self, request: Request) -> Response:
        if request.path != "/health":
            return json_response(_NOT_FOUND, {"error": "Here are Performance Insights and /health."})
        watched = [f"{instance.region}/{instance.identifier}" for instance in self._watchers.instances]
        return json_response(200, {"status": "ok", "watched": watched})
