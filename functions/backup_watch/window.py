"""The window that RDS's automated backups were given."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_LATE = timedelta(minutes=30)
"""RDS begins a backup somewhere in its window, and at times a little after it."""


@dataclass(frozen=True, slots=True)
class BackupWindow:
    """From when until when, UTC, every day. It may go past midnight."""

    begins: time
    ends: time

    @classmethod
    def parse(cls, text: str) -> "BackupWindow":
        """``hh:mm-hh:mm``. Raises `ValueError`."""
        begins, ends = (time.fromisoformat(part).replace(tzinfo=UTC) for part in text.split("-"))
        return cls(begins, ends)

    def holds(self, moment: datetime) -> bool:
        """Whether a backup that begins then begins when it was declared to."""
        asked = moment.astimezone(UTC)
        return any(self._holds_on(asked, day) for day in (asked.date(), asked.date() - timedelta(days=1)))

    def _holds_on(self, asked: datetime, day: date) -> bool:
        begins = datetime.combine(day, self.begins)
        ends = datetime.combine(day, self.ends)
        if ends <= begins:
            ends += timedelta(days=1)
        return begins <= asked <= ends + _LATE
