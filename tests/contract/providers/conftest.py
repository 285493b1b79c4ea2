import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.sandbox.client import SandboxClient
from tests.contract.providers.worlds import FakeWorld, World, connect_world, fcm_world, sms_world, twilio_world

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox: its address, and the accounts that it made: at Google, and at Twilio."""

    url: str
    account: str
    twilio: str


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    directory = tmp_path_factory.mktemp("providers")
    command = [sys.executable, "-m", "local.sandbox", "--data", str(directory)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        line = running.stdout.readline()  # printed once it answers
        assert line.startswith("sandbox: "), line
        accounts = [(directory / name).read_text() for name in ("service-account.json", "twilio.json")]
        yield Sandbox(line.split()[1], *accounts)
        running.terminate()


@pytest.fixture
def sandbox(process: Sandbox) -> Sandbox:
    SandboxClient(process.url).reset()
    return process


@pytest.fixture(params=["fake", "fcm", "sms", "twilio", "connect"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> World:
    if request.param == "fake":
        return FakeWorld()
    sandbox: Sandbox = request.getfixturevalue("sandbox")
    if request.param == "fcm":
        return fcm_world(sandbox.url, sandbox.account)
    if request.param == "twilio":
        return twilio_world(sandbox.url, sandbox.twilio)
    return {"sms": sms_world, "connect": connect_world}[request.param](sandbox.url, monkeypatch)
