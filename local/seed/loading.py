"""Sends a region's seed the way any directory goes, through the ``directory-changes`` queue, and waits until it is in.

Only what the table lacks is sent, so a second run is over at once, and the next day's run adds a day of shifts.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.seed.stored import missing
from statline.client import DirectoryClient
from statline.client.posting import NotPosted
from statline.contract.directory import DirectoryChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "statline-directory"
PATIENCE = 120.0
"""Seconds without one change more in the table before the seed gives up."""
PAUSE = 0.5
"""Seconds between two looks at the table."""

ASKED_AT_ONCE = 100

Report = Callable[[int, int], None]
"""Is told how many changes are in the table, and of how many."""


class SeedError(Exception):
    """The seed did not get into the table. Says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads one region's seed. ``clock`` and ``sleep`` count seconds."""

    region: str
    dynamodb: "DynamoDBClient"
    directory: DirectoryClient
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def send(self, changes: Sequence[DirectoryChange]) -> list[DirectoryChange]:
        """Send what the table lacks, and answer it. Raises `SeedError`."""
        left = missing(self.dynamodb, TABLE, changes)
        if left:
            self._send(left)
        return left

    def _send(self, changes: Sequence[DirectoryChange]) -> None:
        refused = [answer for answer in self.directory.send(changes) if isinstance(answer, NotPosted)]
        if refused:
            raise SeedError(
                f"{self.region}: the queue statline-directory-changes did not take {len(refused)} of "
                f"{len(changes)} changes ({refused[0].reason}); run `python -m local.seed` again"
            )

    def wait(self, sent: Sequence[DirectoryChange], report: Report) -> None:
        """Wait until the table has everything that was sent. Raises `SeedError`."""
        left, moved_at = list(sent), self.clock()
        while left:
            # A few at a time: asking for all of them would keep the table from taking them.
            absent = missing(self.dynamodb, TABLE, left[:ASKED_AT_ONCE])
            if len(absent) < len(left[:ASKED_AT_ONCE]):
                left = [*absent, *left[ASKED_AT_ONCE:]]
                moved_at = self.clock()
                report(len(sent) - len(left), len(sent))
                continue
            if self.clock() - moved_at > PATIENCE:
                raise SeedError(
                    f"{self.region}: {len(left)} of {len(sent)} changes did not reach the table {TABLE} within "
                    f"{PATIENCE:.0f} s; look at the log of the function statline-directory and at the queues "
                    "statline-directory-changes-dlq and statline-quarantine"
                )
            self.sleep(PAUSE)
