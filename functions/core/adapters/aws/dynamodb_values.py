"""Plain values to DynamoDB's attribute values and back: the few types that Statline stores.

boto3's serialiser would do the same through ``Decimal`` at several times the cost, and functions carry no boto3.
"""

from collections.abc import Mapping
from typing import Any

Value = str | bool | int | list["Value"] | dict[str, "Value"] | None
AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]


def to_item(values: Mapping[str, Value]) -> Item:
    """An item as botocore takes it. A None is left out: an absent attribute says the same."""
    return {name: to_attribute(value) for name, value in values.items() if value is not None}


def from_item(item: Mapping[str, AttributeValue]) -> dict[str, Value]:
    """The plain values of an item that botocore answered."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}


def to_attribute(value: Value) -> AttributeValue:
    """One attribute value. A bool is asked for before a number, because Python's bool is an int."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case list():
            return {"L": [to_attribute(each) for each in value]}
        case dict():
            return {"M": to_item(value)}
        case None:
            return {"NULL": True}


def from_attribute(attribute: AttributeValue) -> Value:
    """The plain value of one attribute value."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return int(value)
        case "M":
            return from_item(value)
        case "L":
            return [from_attribute(each) for each in value]
        case "NULL":
            return None
        case _:
            plain: Value = value
            return plain
