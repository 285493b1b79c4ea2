"""Reads synthesized templates the way CloudFormation would: names behind references, statements behind roles."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
_NAMES = {
    "AWS::SQS::Queue": "QueueName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SMSVOICE::ConfigurationSet": "ConfigurationSetName",
}


@dataclass(frozen=True)
class Template:
    """One stack's template, and its siblings' for what it imports from them."""

    name: str
    body: Mapping[str, Any]
    exports: Mapping[str, Any]
    """What every stack of the assembly exports: by the export's name, the value and the template that it is from."""

    def resources(self, kind: str) -> dict[str, Resource]:
        """The resources of one type, by their logical ids."""
        return {key: found for key, found in self.body["Resources"].items() if found["Type"] == kind}

    def properties(self, kind: str) -> list[dict[str, Any]]:
        """The properties of every resource of one type."""
        return [found.get("Properties", {}) for found in self.resources(kind).values()]

    def named(self, kind: str, name: str) -> Resource:
        """The one resource of a type with this physical name."""
        (found,) = (r for r in self.resources(kind).values() if r["Properties"][_NAMES[kind]] == name)
        return found

    def name_of(self, value: Any) -> str:
        """The physical name of the resource that a reference leads to; other texts as they are, joined."""
        if isinstance(value, str):
            return value
        ((function, argument),) = value.items()
        if function == "Fn::ImportValue":
            exporter, exported = self.exports[argument]
            return str(exporter.name_of(exported))
        if function == "Fn::Join":
            return str(argument[0]).join(self.name_of(part) for part in argument[1])
        if function == "Fn::GetAtt" and argument[1] == "Endpoint.Port":
            return "5432"
        if function in {"Ref", "Fn::GetAtt"}:
            return self._physical_name(argument if function == "Ref" else argument[0])
        return f"<{function}>"

    def _physical_name(self, logical_id: str) -> str:
        if logical_id == "AWS::Partition":
            return "aws"
        resource = self.body["Resources"].get(logical_id)
        if resource is None:
            return f"<{logical_id}>"
        named_by = _NAMES.get(resource["Type"])
        return str(resource["Properties"][named_by]) if named_by else logical_id

    def statements(self, role: str) -> list[dict[str, Any]]:
        """Everything that a role may do, by the role's logical id."""
        return [
            statement
            for policy in self.properties("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]


def read_templates(assembly: Path) -> dict[str, Template]:
    """The templates of an assembly, by stack."""
    exports: dict[str, Any] = {}
    templates = {
        file.name.removesuffix(".template.json"): Template(file.name, json.loads(file.read_text()), exports)
        for file in sorted(assembly.glob("*.template.json"))
    }
    for template in templates.values():
        for output in template.body.get("Outputs", {}).values():
            if "Export" in output:
                exports[output["Export"]["Name"]] = (template, output["Value"])
    return templates


def imports(value: Any) -> Iterator[str]:
    """The names of the exports that a value refers to, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Fn::ImportValue":
                yield inner
            else:
                yield from imports(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from imports(inner)


def as_list(value: Any) -> list[Any]:
    """One or many, as a list: IAM writes both."""
    return value if isinstance(value, list) else [value]


def references(value: Any) -> Iterator[str]:
    """The logical ids of this template that a value refers to, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner[0]
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)
