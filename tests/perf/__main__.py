"""`python -m tests.perf`: the benchmark. Prints tables and writes `bench/results/latest.json`; it fails nobody."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from infra.assets.build import ROOT
from infra.assets.target import AssetError
from local.cloud import CloudError
from local.cloud.progress import step
from tests.perf import costs, latency, starts, tables
from tests.perf.machine import this_machine
from tests.perf.process import MeasureError

RESULTS = ROOT / "bench" / "results" / "latest.json"
_NOTE = "Two shared cores: read the ratios, not the figures."
_WIDTH = 140
"""Columns, where the tables go into a file."""
_FAILED, _INTERRUPTED = 1, 130


def _costs(console: Console, *show: str) -> Any:
    with step("CPU, calls and log of one notification"):
        figures = costs.measure(repeats=costs.REPEATS if "cpu" in show else 1)
    for part, table in (("cpu", tables.cpu_table), ("counts", tables.count_table)):
        if part in show:
            console.print(table(figures))
    return [asdict(each) for each in figures]


def _starts(console: Console) -> Any:
    with step("Starts of fresh processes"):
        figures = starts.measure()
    console.print(tables.start_table(figures))
    return [asdict(each) for each in figures]


def _latency(console: Console) -> Any:
    result = latency.measure()
    console.print(tables.latency_table(result))
    return asdict(result)


Part = Callable[[Console], Any]
_PARTS: Mapping[str, Mapping[str, Part]] = {
    "cpu": {"costs": lambda console: _costs(console, "cpu")},
    "counts": {"costs": lambda console: _costs(console, "counts")},
    "start": {"starts": _starts},
    "latency": {"latency": _latency},
}
_ALL: Mapping[str, Part] = {
    "costs": lambda console: _costs(console, "cpu", "counts"),
    "starts": _starts,
    "latency": _latency,
}


def main() -> int:
    """Measure all of it, or one part; 1 when something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.perf", description=__doc__)
    parser.add_argument("--only", choices=sorted(_PARTS), help="one part alone")
    arguments = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    machine = this_machine()
    console.print(f"{machine}\n{_NOTE}\n", markup=False)
    results: dict[str, Any] = {"machine": asdict(machine), "note": _NOTE}
    try:
        for name, part in (_PARTS[arguments.only] if arguments.only else _ALL).items():
            results[name] = part(console)
    except (MeasureError, AssetError, CloudError, TimeoutError, ClientError, BotoCoreError) as error:
        print(f"error: {error}", file=sys.stderr)
        return _FAILED
    except KeyboardInterrupt:
        print("\nInterrupted; everything that was started has been stopped.", file=sys.stderr)
        return _INTERRUPTED
    finally:
        _write(results)
    console.print(f"Written to {RESULTS.relative_to(ROOT)}")
    return 0


def _write(results: Mapping[str, Any]) -> None:
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
