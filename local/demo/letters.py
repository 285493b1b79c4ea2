"""Fills the shipped messages in: an id of this run, the region's tenant, and times that are not past."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template

from local.demo.acts import Stage

_SHIPPED = Path(__file__).parent / "messages"
_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as a file, ready for `--message-body file://...`."""

    notification: str
    path: Path


def fill_in(name: str, stage: Stage, now: datetime, folder: Path) -> Letter:
    """Write the message of that name for a stage into the folder; `now` makes its id, too."""
    notification = f"demo-{name}-{now:%Y%m%d-%H%M%S}"
    text = Template((_SHIPPED / f"{name}.json").read_text(encoding="utf-8")).substitute(
        tenant=stage.tenant,
        id=notification,
        callback=stage.callback,
        now=_moment(now),
        in_an_hour=_moment(now + _LIFE),
    )
    path = folder / stage.region / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Letter(notification, path)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
