"""A running cloud as data, and the file that remembers it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from local.cloud.paths import CLOUDS

ACCOUNT = "000000000000"
DEFAULT_NAME = "laptop"
DEFAULT_PORT = 4566
# The sandbox listens so far above the emulator: its address is part of the deployment's config (FCM's), so it must
# follow from the cloud's port. 4566 gives 4610, which config/laptop.yaml has as its default.
SANDBOX_ABOVE = 44
INSIGHTS_ABOVE = 45
ALARMS_ABOVE = 46


class CloudError(Exception):
    """The laptop cloud cannot do what was asked; the message says why and what to do."""


class NoSuchCloudError(CloudError):
    """No cloud of that name was started, or its record is gone."""


@dataclass(frozen=True)
class Process:
    """A child process: its id, which is its group's too, and the start time that tells it from a later namesake."""

    name: str
    pid: int
    started: str


@dataclass(frozen=True)
class Cloud:
    """One cloud: its name, its ports on loopback, its processes, and what it holds.

    `prepared` are the environments that the CDK was bootstrapped in; `deployed` is the digest of the assembly that was
    deployed last, empty when none was.
    """

    name: str
    port: int
    sandbox_port: int
    processes: tuple[Process, ...] = ()
    prepared: tuple[str, ...] = ()
    deployed: str = ""
    insights_port: int = 0
    alarms_port: int = 0

    @property
    def directory(self) -> Path:
        """Where everything of this cloud lives."""
        return CLOUDS / self.name

    @property
    def endpoint(self) -> str:
        """The emulator's URL."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """The provider sandbox's URL; empty when the cloud runs without one."""
        return f"http://127.0.0.1:{self.sandbox_port}" if self.sandbox_port else ""

    @property
    def insights_url(self) -> str:
        """The URL of Performance Insights; empty when the cloud runs without the process that plays it."""
        return f"http://127.0.0.1:{self.insights_port}" if self.insights_port else ""

    @property
    def alarms_url(self) -> str:
        """The URL of the process that evaluates alarms; empty when the cloud runs without it."""
        return f"http://127.0.0.1:{self.alarms_port}" if self.alarms_port else ""

    @property
    def clock(self) -> Path:
        """The file that says how far the cloud is ahead of the machine."""
        return self.directory / "clock"

    @property
    def certificate(self) -> Path:
        """The emulator's certificate, which clients must trust."""
        return self.directory / "tls" / "server.crt"


def _record(name: str) -> Path:
    return CLOUDS / name / "cloud.json"


def save(cloud: Cloud) -> None:
    """Write the cloud's record."""
    record = _record(cloud.name)
    record.parent.mkdir(parents=True, exist_ok=True)
    draft = record.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(cloud), indent=2) + "\n")
    draft.replace(record)


def load(name: str = DEFAULT_NAME) -> Cloud:
    """Read the record of the cloud of that name; NoSuchCloudError when there is none."""
    try:
        fields = json.loads(_record(name).read_text())
    except FileNotFoundError as missing:
        message = f"There is no cloud named {name!r}. Start one: .venv/bin/python -m local.cloud up"
        raise NoSuchCloudError(message) from missing
    processes = tuple(Process(**process) for process in fields["processes"])
    return Cloud(**{**fields, "processes": processes, "prepared": tuple(fields["prepared"])})
