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

    def load(self, changes: Sequence[DirectoryChange], report: Report) -> int:
        """Send what the table lacks, wait until it has everything, and answer how much was sent. `SeedError`."""
        left = missing(self.dynamodb, TABLE, changes)
        sent = len(left)
        if left:
            self._send(left)
        self._wait(left, report, total=sent)
        return sent

    def _send(self, changes: Sequence[DirectoryChange]) -> None:
        refused = [answer for answer in self.directory.send(changes) if isinstance(answer, NotPosted)]
        if refused:
            raise SeedError(
                f"{self.region}: the queue statline-directory-changes did not take {len(refused)} of "
                f"{len(changes)} changes ({refused[0].reason}); run `python -m local.seed` again"
            )

    def _wait(self, left: Sequence[DirectoryChange], report: Report, *, total: int) -> None:
        moved_at = self.clock()
        while left:
            before = len(left)
            left = missing(self.dynamodb, TABLE, left)
            report(total - len(left), total)
            if len(left) < before:
                moved_at = self.clock()
            elif self.clock() - moved_at > PATIENCE:
                raise SeedError(
                    f"{self.region}: {len(left)} of {total} changes did not reach the table {TABLE} within "
                    f"{PATIENCE:.0f} s; look at the log of the function statline-directory and at the queues "
                    "statline-directory-changes-dlq and statline-quarantine"
                )
            if left:
                self.sleep(PAUSE)
