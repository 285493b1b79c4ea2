"""Says on the terminal what is being waited for, and for how long."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

Report = Callable[[str], None]

_STILL_EVERY = 10.0


def _plain_reminder(title: str, detail: list[str], done: threading.Event) -> None:
    began = time.monotonic()
    while not done.wait(_STILL_EVERY):
        print(f"  {title}: {time.monotonic() - began:.0f} s {detail[-1]}".rstrip(), flush=True)


@contextmanager
def _spinner(console: Console, title: str, detail: list[str]) -> Iterator[None]:
    done = threading.Event()
    began = time.monotonic()
    with console.status(title) as status:

        def tick() -> None:
            while not done.wait(0.5):
                status.update(f"{title} [dim]{time.monotonic() - began:.0f} s {detail[-1]}[/]")

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        try:
            yield
        finally:
            done.set()
            ticker.join()


@contextmanager
def _reminders(title: str, detail: list[str]) -> Iterator[None]:
    done = threading.Event()
    reminder = threading.Thread(target=_plain_reminder, args=(title, detail, done), daemon=True)
    reminder.start()
    try:
        yield
    finally:
        done.set()
        reminder.join()


@contextmanager
def step(title: str) -> Iterator[Report]:
    """Show one step while the block runs: a running clock on a terminal, plain lines elsewhere.

    The yielded function sets the detail that stands beside the clock. When the block ends, one line with its seconds
    stays; when it raises, the line says so.
    """
    console = Console(stderr=False, highlight=False)
    detail = [""]
    began = time.monotonic()
    waiting = _spinner(console, title, detail) if sys.stdout.isatty() else _reminders(title, detail)
    outcome = "failed after"
    try:
        with waiting:
            yield detail.append
        outcome = "done in"
    finally:
        console.print(f"  {title}: {outcome} {time.monotonic() - began:.1f} s", markup=False)
