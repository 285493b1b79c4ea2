"""The laptop cloud's clock: the machine's, and how far a test has put it ahead.

One file holds the seconds, and every process of the cloud maps it: what is written there holds at once for the queues
of the emulator, for the functions and for the providers. It only goes forward: what was done would lie in the future
otherwise. Standard library only, for the emulator and its functions' interpreters load this file, too.
"""

import mmap
import os
import struct
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

VARIABLE = "STATLINE_CLOCK"
"""Names the file. Where it is not set, the clock is the machine's."""
_SECONDS = struct.Struct("<d")


class ClockError(Exception):
    """The clock was to be put back."""


class Clock:
    """What time it is in the cloud. Safe to share between threads; a value of eight bytes is read whole."""

    def __init__(self, file: Path | None = None) -> None:
        self._map = None if file is None else _mapped(file)

    @property
    def ahead(self) -> float:
        """How many seconds the cloud is ahead of the machine."""
        return 0.0 if self._map is None else float(_SECONDS.unpack_from(self._map)[0])

    def time(self) -> float:
        """Epoch seconds."""
        return time.time() + self.ahead

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def advance(self, seconds: float) -> None:
        """Put the clock forward. Raises ClockError for what is no way forward, or where there is no file."""
        if self._map is None or seconds < 0:
            message = (
                "the machine's own clock is nobody's to drive" if self._map is None else "the clock never goes back"
            )
            raise ClockError(message)
        _SECONDS.pack_into(self._map, 0, self.ahead + seconds)


def from_environment(environment: Mapping[str, str] = os.environ) -> Clock:
    """The clock of the cloud that this process belongs to, or the machine's."""
    file = environment.get(VARIABLE)
    return Clock(Path(file)) if file else Clock()


def _mapped(file: Path) -> mmap.mmap:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if os.fstat(descriptor).st_size < _SECONDS.size:
            os.ftruncate(descriptor, _SECONDS.size)  # eight zeros: not ahead at all
        return mmap.mmap(descriptor, _SECONDS.size)
    finally:
        os.close(descriptor)
