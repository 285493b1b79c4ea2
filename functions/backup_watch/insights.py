"""The primary's load, from Performance Insights: who was at work, on what."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from functions.backup_watch.ports import SPAN, By, CannotSeeError, Only, Share
from functions.core.domain.ports.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_pi import PIClient

_LOAD = "db.load.avg"
_SECOND, _MINUTE = 1, 60
_MOST = 25
"""The most groups that Performance Insights answers."""
_BEGAN_WITHIN = timedelta(hours=3)

_GROUPS: Mapping[By, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        By.APPLICATION: ("db.application", ("db.application.name",)),
        By.USER: ("db.user", ("db.user.name",)),
        By.HOST: ("db.host", ("db.host.name", "db.host.id")),
        By.STATEMENT: ("db.sql_tokenized", ("db.sql_tokenized.statement", "db.sql_tokenized.id")),
    }
)
"""The group of each, and its dimensions: the first that says something is its value."""
DIMENSIONS = tuple(name for _, names in _GROUPS.values() for name in names)
"""All that is asked for. The statements' values are not among them: those are in the dimension `db.sql`."""
_KEYS: Mapping[By, str] = {By.APPLICATION: "db.application.name", By.STATEMENT: "db.sql_tokenized.id"}
"""By which dimension a question is narrowed."""


class Instance(Protocol):
    """Who knows what Performance Insights call the primary."""

    def insights_id(self) -> str:
        """Its resource id. Raises `CannotSeeError`, also where they are switched off."""
        ...


class Insights:
    """The load of one instance. It is asked for second by second, so the minute that goes on is in it."""

    def __init__(self, client: "PIClient", instance: Instance, clock: Clock) -> None:
        self._client = client
        self._instance = instance
        self._clock = clock
        self._known_id = ""

    def by(self, group: By, *, only: Only = None) -> Sequence[Share]:
        """The load of the last `SPAN`, the heaviest groups first. Raises `CannotSeeError`."""
        answer = self._keys(GroupBy=_grouping(group), **_filter(only))
        return [
            Share({group: _value(group, key["Dimensions"])}, key.get("Total", 0.0), _key(group, key["Dimensions"]))
            for key in answer["Keys"]
        ]

    def by_both(self, group: By, part: By, *, only: Only = None) -> Sequence[Share]:
        """Likewise, each group split by another thing. Raises `CannotSeeError`."""
        answer = self._keys(GroupBy=_grouping(group), PartitionBy=_grouping(part), **_filter(only))
        parts = [_value(part, key["Dimensions"]) for key in answer.get("PartitionKeys", [])]
        return [
            Share({group: _value(group, key["Dimensions"]), part: value}, load)
            for key in answer["Keys"]
            for value, load in zip(parts, key.get("Partitions", []), strict=True)
            if load > 0
        ]

    def began(self, only: tuple[By, str]) -> datetime:
        """Since when these sessions have been at work without a pause, to the minute. Raises `CannotSeeError`."""
        now = self._clock()
        answer = self._ask(
            "get_resource_metrics",
            MetricQueries=[{"Metric": _LOAD, **_filter(only)}],
            StartTime=now - _BEGAN_WITHIN,
            EndTime=now,
            PeriodInSeconds=_MINUTE,
            PeriodAlignment="START_TIME",
        )
        points = answer["MetricList"][0]["DataPoints"] if answer["MetricList"] else []
        began = now
        for point in reversed(points):
            if not point.get("Value") and began != now:
                break
            if point.get("Value"):
                began = point["Timestamp"]
        return began

    def _keys(self, **asked: Any) -> Any:
        now = self._clock()
        return self._ask(
            "describe_dimension_keys",
            Metric=_LOAD,
            StartTime=now - SPAN,
            EndTime=now,
            PeriodInSeconds=_SECOND,
            **asked,
        )

    def _ask(self, operation: str, **asked: Any) -> Any:
        self._known_id = self._known_id or self._instance.insights_id()
        try:
            return getattr(self._client, operation)(ServiceType="RDS", Identifier=self._known_id, **asked)
        except (ClientError, BotoCoreError) as cause:
            # The instance may have been replaced, or its insights switched off: the next look asks RDS again.
            self._known_id = ""
            why = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__
            raise CannotSeeError(f"Performance Insights do not say what loads the primary ({why})") from cause


def _grouping(by: By) -> dict[str, Any]:
    group, dimensions = _GROUPS[by]
    return {"Group": group, "Dimensions": list(dimensions), "Limit": _MOST}


def _filter(only: Only) -> dict[str, dict[str, str]]:
    return {"Filter": {_KEYS[only[0]]: only[1]}} if only else {}


def _value(by: By, dimensions: Mapping[str, str]) -> str:
    return next((dimensions[name] for name in _GROUPS[by][1] if dimensions.get(name)), "")


def _key(by: By, dimensions: Mapping[str, str]) -> str:
    return dimensions.get(_KEYS.get(by, ""), "")
