"""RDS's calls on the wire: AWS's query protocol, read and written by the shapes of botocore's model of RDS."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import botocore.session
from ministack.core.responses import new_uuid

from local.emulator.rds.refusals import RefusedError

Answer = tuple[int, dict[str, str], bytes]
MODEL: Any = botocore.session.get_session().get_service_model("rds")
_NAMESPACE = MODEL.metadata["xmlNamespace"]
_HEADERS = MappingProxyType({"Content-Type": "text/xml"})
_REFUSED = 400


def _truth(value: Any) -> bool:
    return str(value).lower() == "true"


_SCALARS: Mapping[str, Callable[[Any], Any]] = MappingProxyType({"boolean": _truth, "integer": int, "long": int})


def coerced(value: Any, shape: Any) -> Any:
    """A value as its shape wants it: numbers and truths may come as text, and unknown members are dropped."""
    if shape.type_name == "structure":
        return {name: coerced(value[name], member) for name, member in shape.members.items() if name in value}
    if shape.type_name == "list":
        return [coerced(item, shape.member) for item in value]
    return _SCALARS.get(shape.type_name, str)(value)


def read(parameters: Mapping[str, Any], operation: Any) -> dict[str, Any]:
    """A call's parameters as the operation's input. Raises `RefusedError` where a required one is missing."""
    flat = {name: value[0] if isinstance(value, list) else value for name, value in parameters.items()}
    shape = operation.input_shape
    request: dict[str, Any] = coerced(_nested(flat, shape, ""), shape)
    for name in shape.required_members:
        if name not in request:
            raise RefusedError("MissingParameter", f"The request must contain the parameter {name}.")
    return request


def _nested(flat: Mapping[str, str], shape: Any, place: str) -> Any:
    if shape.type_name == "structure":
        places = {name: f"{place}.{name}".removeprefix(".") for name in shape.members}
        return {
            name: _nested(flat, shape.members[name], inner)
            for name, inner in places.items()
            if any(given == inner or given.startswith(f"{inner}.") for given in flat)
        }
    if shape.type_name == "list":
        return [_nested(flat, shape.member, item) for item in _places(flat, place)]
    return flat.get(place, "")


def _places(flat: Mapping[str, str], prefix: str) -> list[str]:
    """The prefixes of a list's items, in order. Between prefix and number stands whatever name the client uses."""
    pattern = re.compile(rf"({re.escape(prefix)}\.(?:[A-Za-z]+\.)?(\d+))(?:\.|$)")
    matches = [match for match in map(pattern.match, flat) if match]
    numbered = {int(match.group(2)): match.group(1) for match in matches}
    return [numbered[number] for number in sorted(numbered)]


def write(operation: Any, values: Mapping[str, Any]) -> Answer:
    """The operation's answer."""
    root = ET.Element(f"{operation.name}Response", xmlns=_NAMESPACE)
    shape = operation.output_shape
    if shape is not None:
        _element(ET.SubElement(root, shape.serialization["resultWrapper"]), shape, values)
    ET.SubElement(ET.SubElement(root, "ResponseMetadata"), "RequestId").text = new_uuid()
    return 200, dict(_HEADERS), ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _element(parent: ET.Element, shape: Any, value: Any) -> None:
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if value.get(name) is not None:
                _element(ET.SubElement(parent, name), member, value[name])
    elif shape.type_name == "list":
        for item in value:
            _element(ET.SubElement(parent, shape.member.serialization.get("name", "member")), shape.member, item)
    else:
        parent.text = str(value).lower() if isinstance(value, bool) else str(value)


def refuse(refusal: RefusedError) -> Answer:
    """The answer to a call that is refused."""
    code, status = code_of(refusal)
    root = ET.Element("ErrorResponse", xmlns=_NAMESPACE)
    error = ET.SubElement(root, "Error")
    for name, text in (("Type", "Sender"), ("Code", code), ("Message", str(refusal))):
        ET.SubElement(error, name).text = text
    ET.SubElement(root, "RequestId").text = new_uuid()
    return status, dict(_HEADERS), ET.tostring(root, encoding="utf-8")


def code_of(refusal: RefusedError) -> tuple[str, int]:
    """The error's code on the wire, and the HTTP status it comes with."""
    if refusal.shape not in MODEL.shape_names:
        return refusal.shape, _REFUSED
    error = MODEL.shape_for(refusal.shape).metadata["error"]
    return error["code"], error["httpStatusCode"]
