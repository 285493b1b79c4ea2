"""Consumers that are switched off come back, whatever happens meanwhile."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from local.drill.mappings import mappings_of, switched_off

QUEUE = "arn:aws:sqs:ca-central-1:000000000000:statline-push-stat"


@dataclass
class FakeLambda:
    """Mappings by their id, each with its source and state."""

    mappings: dict[str, tuple[str, str]]

    def get_paginator(self, _name: str) -> "FakeLambda":
        return self

    def paginate(self, *, EventSourceArn: str = "") -> Iterator[Mapping[str, Sequence[Mapping[str, str]]]]:  # noqa: N803
        for uuid, (source, state) in self.mappings.items():
            if EventSourceArn in {"", source}:
                yield {"EventSourceMappings": [{"UUID": uuid, "State": state}]}

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool) -> None:  # noqa: N803 - boto3's words
        self.mappings[UUID] = (self.mappings[UUID][0], "Enabled" if Enabled else "Disabled")

    def get_event_source_mapping(self, *, UUID: str) -> Mapping[str, str]:  # noqa: N803
        return {"State": self.mappings[UUID][1]}

    def on(self) -> set[str]:
        return {uuid for uuid, (_, state) in self.mappings.items() if state == "Enabled"}


def region() -> Any:
    return FakeLambda({"a": (QUEUE, "Enabled"), "b": ("another", "Enabled"), "c": ("a third", "Disabled")})


def test_a_queues_mappings_are_found_and_all_that_are_on() -> None:
    assert mappings_of(region(), QUEUE) == ["a"]
    assert mappings_of(region()) == ["a", "b"]


def test_what_was_on_is_off_meanwhile_and_on_again_also_after_an_error() -> None:
    functions = region()
    seen = []

    def meanwhile() -> None:
        with switched_off(functions, mappings_of(functions)):
            seen.append(functions.on())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        meanwhile()
    assert (seen, functions.on()) == ([set()], {"a", "b"})
