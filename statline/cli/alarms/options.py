"""Options of the alarms' commands, and what is typed in them."""

from pathlib import Path
from typing import Annotated

import typer

from statline.alarms.errors import AlarmError
from statline.alarms.model import Missing
from statline.alarms.statistic import statistic_of
from statline.backtest.errors import BacktestError
from statline.backtest.moments import NoMomentError, moment_in
from statline.backtest.spells import Stretch

MaybeRegion = Annotated[
    str | None,
    typer.Option("--region", "-r", envvar=["AWS_REGION", "AWS_DEFAULT_REGION"], help="The AWS region."),
]
Templates = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Where `cdk synth` wrote the templates. Unsaid: cdk.out")
]
Deployed = Annotated[bool, typer.Option("--deployed", help="The account's own alarms (DescribeAlarms).")]
_FINE = (10, 20, 30)
_MINUTE = 60


def datapoints_in(text: str) -> tuple[int, int]:
    """``2/3``: how many of how many periods. Raises `BacktestError`."""
    enough, _, of = text.replace(" of ", "/").partition("/")
    try:
        numbers = int(enough), int(of or enough)
    except ValueError as cause:
        raise BacktestError(f"--datapoints {text}: write it as 2/3, two of three periods") from cause
    if not 1 <= numbers[0] <= numbers[1]:
        raise BacktestError(f"--datapoints {text}: of 3 periods, 1 to 3 can breach")
    return numbers


def period_in(seconds: int) -> int:
    """A period that CloudWatch has. Raises `BacktestError`."""
    if seconds not in _FINE and (seconds <= 0 or seconds % _MINUTE):
        raise BacktestError(f"--period {seconds}: it is 10, 20, 30 or a multiple of 60 seconds")
    return seconds


def missing_in(text: str) -> Missing:
    """How silence is taken. Raises `BacktestError`."""
    plain = text.replace("-", "").replace("_", "").lower()
    found = next((one for one in Missing if one.lower() == plain), None)
    if found is None:
        raise BacktestError(f"--missing {text}: it is one of {', '.join(Missing)}")
    return found


def statistic_in(text: str) -> str:
    """A statistic that CloudWatch has. Raises `BacktestError`."""
    try:
        return statistic_of(text).name
    except AlarmError as cause:
        raise BacktestError(f"--statistic {text}: {cause}") from cause


def stretch_in(text: str) -> Stretch:
    """``2026-01-10T08:00Z/2026-01-10T09:30Z``: from when to when. Raises `BacktestError`."""
    start, _, end = text.partition("/")
    try:
        found = Stretch(moment_in(start, utc=False), moment_in(end, utc=False))
    except NoMomentError as cause:
        raise BacktestError(
            f"--incident {text}: write 2026-01-10T08:00Z/2026-01-10T09:30Z; a moment {cause}"
        ) from cause
    if found.end < found.start:
        raise BacktestError(f"--incident {text}: it ends before it begins")
    return found
