import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.sandbox.client import SandboxClient

ROOT = Path(__file__).parents[3]
TOKEN = "dEvIcE0001:APA91b-ward-phone"
NUMBER = "+14165550101"


@dataclass(frozen=True)
class RunningSandbox:
    url: str
    directory: Path
    client: SandboxClient

    @property
    def call_lines(self) -> list[str]:
        return (self.directory / "calls.jsonl").read_text().splitlines()


def start_process(directory: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a sandbox on a free port; returns it and its address once it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "local.sandbox", "--data", str(directory)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("sandbox: http://127.0.0.1:"), line
    return process, line.split()[1]


def stop_process(process: subprocess.Popen[str]) -> None:
    process.terminate()
    assert process.wait(timeout=10) == 0
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture(scope="session")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    directory = tmp_path_factory.mktemp("sandbox")
    process, url = start_process(directory)
    yield RunningSandbox(url, directory, SandboxClient(url))
    stop_process(process)


@pytest.fixture
def sandbox(shared_sandbox: RunningSandbox) -> RunningSandbox:
    shared_sandbox.client.reset()
    return shared_sandbox


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[Callable[[], RunningSandbox]]:
    """Starts a sandbox of the test's own on the same directory each time, after stopping the one before."""
    running: list[subprocess.Popen[str]] = []

    def start() -> RunningSandbox:
        while running:
            stop_process(running.pop())
        process, url = start_process(tmp_path)
        running.append(process)
        return RunningSandbox(url, tmp_path, SandboxClient(url))

    yield start
    while running:
        stop_process(running.pop())
