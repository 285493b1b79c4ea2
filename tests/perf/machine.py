"""The machine that the figures were found on: without it they mean little."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """What it is, and how busy it was with other things."""

    processors: int
    model: str
    system: str
    python: str
    load: float
    measured_at: str

    def __str__(self) -> str:
        return (
            f"{self.processors} x {self.model}, {self.system}, Python {self.python}, "
            f"load {self.load:.1f} before, {self.measured_at}"
        )


def this_machine() -> Machine:
    """The machine at hand, now."""
    return Machine(
        processors=os.cpu_count() or 1,
        model=_model(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        load=os.getloadavg()[0],
        measured_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )


def _model() -> str:
    """The processor's name where the system tells it."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "processor"
