"""The stub as the benchmark sees it: started, told its directory and its secret, stopped."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from functions.core.adapters.directory.items import place_of, value_of
from infra.assets.build import ROOT
from statline.contract.directory import DirectoryChange
from tests.fakes.clock import NOON

_STOPS_WITHIN = 10


@dataclass(frozen=True, slots=True)
class RunningStub:
    """A stub that listens on loopback."""

    url: str

    @property
    def meter(self) -> str:
        """Where it tells what it was asked so far."""
        return f"{self.url}/counts"

    def learn(self, changes: list[DirectoryChange]) -> None:
        """Take these changes as its directory, and a service account whose token endpoint it is itself."""
        self._put("/directory", json.dumps(_items(changes)))
        self._put("/secret", json.dumps(_service_account(self.url)))

    def _put(self, path: str, body: str) -> None:
        with urlopen(Request(self.url + path, data=body.encode()), timeout=10) as answer:  # noqa: S310 - loopback
            answer.read()


@contextmanager
def running_stub() -> Iterator[RunningStub]:
    """A stub for as long as the block runs."""
    command = [sys.executable, "-m", "tests.perf.stub_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            yield RunningStub(f"http://127.0.0.1:{int(child.stdout.readline())}")
        finally:
            child.terminate()
            try:
                child.wait(_STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                child.kill()


def _items(changes: list[DirectoryChange]) -> list[dict[str, Any]]:
    items: dict[str, dict[str, Any]] = {}
    for change in changes:
        place = place_of(change)
        item = items.setdefault(place.pk, {"pk": {"S": place.pk}, "sk": {"S": place.sk}})
        item[place.attribute] = value_of(change, NOON)
    return list(items.values())


def _service_account(url: str) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {
        "type": "service_account",
        "project_id": "bench",
        "private_key_id": "bench",
        "private_key": pem.decode(),
        "client_email": "push@bench.iam.gserviceaccount.com",
        "client_id": "1",
        "token_uri": f"{url}/token",
    }
