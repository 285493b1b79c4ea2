"""How a process of the laptop cloud ends: when it is asked to, or when the work beside its server fails."""

import asyncio
import os
import signal

import pytest

from local.sandbox.http_server import Request, Response, Server, json_response
from local.sandbox.serving import serve_beside

HOST = "127.0.0.1"


async def _answer(request: Request) -> Response:
    return json_response(200, {"path": request.path})


async def _serve(begun: asyncio.Event, *, fails: bool = False) -> None:
    async def busy() -> None:
        begun.set()
        if fails:
            raise LookupError("the work has failed")
        await asyncio.Event().wait()

    async with asyncio.timeout(10):
        await serve_beside(busy, Server(_answer), HOST, 0, lambda: None)


def test_a_process_that_is_asked_to_stop_leaves_its_work() -> None:
    async def stopped() -> None:
        begun = asyncio.Event()
        serving = asyncio.create_task(_serve(begun))
        await begun.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await serving

        assert serving.done()
        assert serving.exception() is None

    asyncio.run(stopped())


def test_an_error_of_the_work_ends_the_process_and_is_told() -> None:
    with pytest.raises(LookupError, match="the work has failed"):
        asyncio.run(_serve_and_fail())


async def _serve_and_fail() -> None:
    await _serve(asyncio.Event(), fails=True)
