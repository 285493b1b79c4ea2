"""What can be wrong with a history, or with what is asked of it. Each says where, and what to do."""

from collections.abc import Sequence


class BacktestError(Exception):
    """The history cannot be used as it was asked for. Trying again changes nothing."""


class HistoryError(BacktestError):
    """A history cannot be read. faults: one sentence each, with its place."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


class UnmatchedError(BacktestError):
    """The history has not got what the alarm looks at, or has too much that could be it."""
