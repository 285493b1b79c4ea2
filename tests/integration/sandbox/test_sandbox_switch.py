"""The dead-man's switch of the sandbox."""

import pytest
import urllib3

from local.sandbox.modes import Mode, ModeName
from tests.integration.sandbox.conftest import RunningSandbox


def call(sandbox: RunningSandbox, region: str = "ca-central-1") -> int:
    return urllib3.request("GET", f"{sandbox.url}/heartbeat/{region}", retries=False).status


def test_a_call_is_answered_and_logged_with_its_region(sandbox: RunningSandbox) -> None:
    assert call(sandbox) == 200
    assert call(sandbox, "us-east-1") == 200
    assert [(c.provider, c.operation, c.region) for c in sandbox.client.calls()] == [
        ("switch", "heartbeat", "ca-central-1"),
        ("switch", "heartbeat", "us-east-1"),
    ]


@pytest.mark.parametrize(("mode", "status"), [("throttled", 429), ("error500", 500), ("error503", 503)])
def test_it_can_be_told_to_refuse(sandbox: RunningSandbox, mode: ModeName, status: int) -> None:
    sandbox.client.set_modes(Mode(provider="switch", mode=mode))
    assert call(sandbox) == status


def test_what_is_no_region_is_nobodys_address(sandbox: RunningSandbox) -> None:
    assert call(sandbox, "everywhere") == 404
