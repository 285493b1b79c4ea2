"""How large DynamoDB takes an item to be, and how many write units it costs.

Names and texts count their UTF-8 bytes, numbers about half their digits, maps and lists three bytes and one for each
entry. See "DynamoDB item sizes and formats" in the developer guide.
"""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

UNIT_BYTES = 1024
INDEX_KEY = "due_shard"
"""The partition key of the sparse index `due`: a row that has it costs a second write."""
_CONTAINER = 3


def write_units(item: Mapping[str, Any]) -> int:
    """The write units of putting an item that was not in the index before, the index's own write included."""
    units = -(-item_bytes(item) // UNIT_BYTES)
    return units + (1 if INDEX_KEY in item else 0)


def item_bytes(item: Mapping[str, Any]) -> int:
    """The size of an item in DynamoDB's JSON."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "N":
            return (len(value.lstrip("-").replace(".", "")) + 1) // 2 + 1
        case "B":
            return len(b64decode(value))
        case "M":
            return _CONTAINER + sum(1 + len(name.encode()) + _value_bytes(each) for name, each in value.items())
        case "L":
            return _CONTAINER + sum(1 + _value_bytes(each) for each in value)
        case _:
            return 1
