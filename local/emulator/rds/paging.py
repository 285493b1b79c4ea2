"""Filters and pages of RDS's describing calls."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from local.emulator.rds.refusals import RefusedError, wrong_value

Record = dict[str, Any]
_MOST, _FEWEST = 100, 20


def filtered(
    found: Iterable[Record], filters: Iterable[Mapping[str, Any]], known: Mapping[str, Callable[[Record], set[str]]]
) -> list[Record]:
    """The records that pass every filter: one of its values is one of theirs. Raises `RefusedError`."""
    chosen = list(found)
    for wanted in filters:
        if wanted["Name"] not in known:
            raise wrong_value(f"Unrecognized filter name: {wanted['Name']}")
        values_of, values = known[wanted["Name"]], set(wanted["Values"])
        chosen = [record for record in chosen if values & values_of(record)]
    return chosen


def page(
    field: str, found: Sequence[Record], request: Mapping[str, Any], key: Callable[[Record], str]
) -> dict[str, Any]:
    """One page of the records, which are in the order of `key`, and where the next begins. The marker is a key."""
    most = int(request.get("MaxRecords", _MOST))
    if not _FEWEST <= most <= _MOST:
        raise wrong_value(f"Invalid value {most} for MaxRecords. Must be between {_FEWEST} and {_MOST}")
    after = request.get("Marker", "")
    left = [record for record in found if key(record) > after]
    if after and after not in map(key, found):
        raise RefusedError("InvalidParameterValue", "The marker is not one of this listing.")
    answer: dict[str, Any] = {field: left[:most]}
    if len(left) > most:
        answer["Marker"] = key(left[most - 1])
    return answer
