"""Which alarms are run over a history: a typed one, those that were named, or all that fit."""

from collections.abc import Iterator, Sequence

from statline.alarms.model import Alarm, CompositeAlarm, MetricAlarm
from statline.backtest.backtest import Tested, Trial, composite_tested, tested, trial_of
from statline.backtest.errors import BacktestError, UnmatchedError
from statline.backtest.history import History, Series
from statline.backtest.matching import Match, Said, match, open_to, owners_of
from statline.cli.alarms.by_hand import Typed, altered, by_hand
from statline.cli.alarms.sources import Alarms
from statline.cli.close_names import close_to, the_one

Result = tuple[Tested, Trial | None]


class Run:
    """Alarms over one history. Methods raise `BacktestError`, `AlarmError`."""

    def __init__(self, history: History, said: Sequence[Said], typed: Typed, *, raw: bool) -> None:
        self._series = history.series
        self._said = said
        self._typed = typed
        self._raw = raw

    def by_hand(self) -> Iterator[Result]:
        """The typed threshold, over each series."""
        for series in self._series:
            if series.points:
                alarm = by_hand(series, self._typed)
                yield self._tested(Match(alarm, {"m": series}, ""))

    def named(self, known: Alarms, names: Sequence[str]) -> Iterator[Result]:
        """The alarms of these names."""
        for name in names:
            alarm = _known(known, name)
            if isinstance(alarm, CompositeAlarm):
                yield self._composite(alarm, known), None
            else:
                wanted = altered(alarm, self._typed)
                yield self._tested(match(wanted, self._series, self._said, lenient=len(names) == 1))

    def fitting(self, known: Alarms) -> Iterator[Result]:
        """Every alarm whose metrics the history holds, then the composites that rest on one of them."""
        fitting = list(self._matches(known))
        if not fitting:
            raise UnmatchedError(_nothing_fits(known, self._series))
        for found in fitting:
            yield self._tested(found)
        for alarm in known.named.values():
            if isinstance(alarm, CompositeAlarm):
                try:
                    yield self._composite(alarm, known), None
                except UnmatchedError:
                    continue

    def _matches(self, known: Alarms) -> Iterator[Match]:
        owners = owners_of(known.named.values())
        for alarm in known.named.values():
            if isinstance(alarm, MetricAlarm):
                series = open_to(alarm, self._series, self._said, owners)
                try:
                    yield match(altered(alarm, self._typed), series, self._said, lenient=False)
                except UnmatchedError:
                    continue

    def _composite(self, alarm: CompositeAlarm, known: Alarms) -> Tested:
        return composite_tested(alarm, known.named, self._series, self._said, raw=self._raw)

    def _tested(self, found: Match) -> Result:
        trial = trial_of(found, raw=self._raw)
        return tested(trial, found.alarm), trial


def _known(known: Alarms, name: str) -> Alarm:
    found = the_one(name, known.named)
    if found is None:
        why = known.unreadable.get(name)
        like = ", ".join(f"'{each}'" for each in close_to(name, known.named))
        raise BacktestError(
            why or f"{known.region} has no alarm '{name}'." + (f" Did you mean {like}?" if like else "")
        )
    return known.named[found]


def _nothing_fits(known: Alarms, series: Sequence[Series]) -> str:
    has = ", ".join(one.id if one.id == one.label else f"{one.id} ({one.label})" for one in series)
    return (
        f"None of the {len(known.named)} alarms of {known.region} surely looks at what the history has: {has}. Name one"
        " with --alarm: it then says what it needs. Or say what a series is with --as ID=Namespace/Metric{Name=Value}."
    )
