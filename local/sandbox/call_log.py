"""The sandbox's own log of provider calls: what was asked for and what was done, whoever crashed afterwards."""

import os
from pathlib import Path

from local.sandbox.feed import Feed
from local.sandbox.records import CallRecord


class CallLog:
    """An append-only JSON Lines file, one line a call, on disk before the call is answered."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        written = path.read_bytes()
        whole = written[: written.rfind(b"\n") + 1]
        os.ftruncate(self._file, len(whole))  # a sandbox that was killed may have left half a line
        records = [CallRecord.model_validate_json(line) for line in whole.splitlines()]
        self.feed: Feed[CallRecord] = Feed(last=records[0].seq - 1 if records else 0)
        for record in records:
            self.feed.append(record)

    @property
    def next_seq(self) -> int:
        """The number that the next record must carry."""
        return self.feed.last + 1

    def append(self, record: CallRecord) -> None:
        """Write a record through to the file, then show it."""
        os.write(self._file, record.model_dump_json().encode() + b"\n")
        self.feed.append(record)

    def clear(self) -> None:
        """Start an empty log; numbers go on."""
        os.ftruncate(self._file, 0)
        self.feed.clear()

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
