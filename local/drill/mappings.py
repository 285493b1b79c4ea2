"""Event-source mappings, switched off and on again: queues that no function takes from meanwhile."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from local.cloud.model import CloudError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_SWITCHED_WITHIN = 30.0
_LOOKS_EVERY = 0.2
_ON, _OFF = "Enabled", "Disabled"


def mappings_of(functions: "LambdaClient", source: str = "") -> list[str]:
    """The ids of the mappings that are on: those of a queue or stream (ARN), or all of the region."""
    every = functions.get_paginator("list_event_source_mappings")
    pages = every.paginate(EventSourceArn=source) if source else every.paginate()
    return [found["UUID"] for page in pages for found in page["EventSourceMappings"] if found["State"] == _ON]


@contextmanager
def switched_off(functions: "LambdaClient", mappings: Sequence[str]) -> Iterator[None]:
    """These mappings take nothing for as long as the block runs."""
    _switch(functions, mappings, on=False)
    try:
        yield
    finally:
        _switch(functions, mappings, on=True)


def _switch(functions: "LambdaClient", mappings: Sequence[str], *, on: bool) -> None:
    for mapping in mappings:
        functions.update_event_source_mapping(UUID=mapping, Enabled=on)
    wanted, end = _ON if on else _OFF, time.monotonic() + _SWITCHED_WITHIN
    for mapping in mappings:
        while functions.get_event_source_mapping(UUID=mapping)["State"] != wanted:
            if time.monotonic() > end:
                raise CloudError(f"the mapping {mapping} is not {wanted.lower()} after {_SWITCHED_WITHIN:.0f} s")
            time.sleep(_LOOKS_EVERY)
