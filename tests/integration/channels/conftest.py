"""A region on moto and the providers' sandbox: what the functions behind the channels' queues work with."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from functions.core.adapters.channel import wiring as channel_wiring
from functions.dead_letters import wiring as dead_letters
from functions.events import wiring as events
from functions.late_receipts import wiring as late_receipts
from functions.outstanding import wiring as outstanding
from functions.push import wiring as push
from functions.sms import wiring as sms
from functions.voice import wiring as voice
from local.sandbox.client import SandboxClient
from tests.integration.channels.region import SERVED_AT, Providers, Region

ROOT = Path(__file__).parents[3]
WIRINGS = (push, sms, voice, events, dead_letters, outstanding, late_receipts)


@pytest.fixture(scope="session")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    directory = tmp_path_factory.mktemp("channels")
    command = [sys.executable, "-m", "local.sandbox", "--data", str(directory)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            line = running.stdout.readline()  # printed once it answers
            assert line.startswith("sandbox: "), line
            url = line.split()[1]
            google, twilio = ((directory / name).read_text() for name in ("service-account.json", "twilio.json"))
            yield Providers(url, google, twilio, SandboxClient(url))
        finally:
            running.terminate()


@pytest.fixture
def providers(process: Providers) -> Providers:
    process.sandbox.reset()
    return process


@pytest.fixture
def region(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Region]:
    with mock_aws():
        region = Region(providers, monkeypatch)
        for module in (channel_wiring, push, sms, voice, dead_letters, outstanding, late_receipts):
            monkeypatch.setattr(module, "utc_now", lambda: SERVED_AT)
        for module in WIRINGS:
            module.wire.cache_clear()
        region.listen()
        yield region
        region.hang_up()
        for module in WIRINGS:
            module.wire.cache_clear()
