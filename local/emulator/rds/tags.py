"""RDS's calls about tags: the emulator's own, which keeps them, held to resources that exist."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ministack.services import rds

from local.emulator.rds import store
from local.emulator.rds.records import Request
from local.emulator.rds.states import Kind


def add(request: Request) -> dict[str, Any]:
    """AddTagsToResource."""
    arn = _existing(request["ResourceName"])
    wanted = {tag["Key"]: tag.get("Value", "") for tag in request["Tags"]}
    _set(arn, {**_tags(arn), **wanted})
    return {}


def remove(request: Request) -> dict[str, Any]:
    """RemoveTagsFromResource."""
    arn = _existing(request["ResourceName"])
    _set(arn, {key: value for key, value in _tags(arn).items() if key not in request["TagKeys"]})
    return {}


def show(request: Request) -> dict[str, Any]:
    """ListTagsForResource."""
    tags = _tags(_existing(request["ResourceName"]))
    return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _existing(arn: str) -> str:
    """The ARN, of an instance or snapshot only where there is one. Raises `RefusedError`."""
    for kind in (Kind.INSTANCE, Kind.SNAPSHOT):
        if f":{kind}:" in arn:
            store.find_at_home(kind, arn)
    return arn


def _tags(arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in rds._tags.get(arn, [])}


def _set(arn: str, tags: Mapping[str, str]) -> None:
    store.set_tags(arn, [{"Key": key, "Value": value} for key, value in tags.items()])


CALLS: Mapping[str, Callable[[Request], dict[str, Any]]] = MappingProxyType(
    {"AddTagsToResource": add, "RemoveTagsFromResource": remove, "ListTagsForResource": show}
)
