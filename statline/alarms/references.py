"""What a template's references lead to: names, ARNs, other templates' exports."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Template = Mapping[str, Any]


class UnresolvedError(Exception):
    """A reference leads to what only a deployment knows, or to nothing that was given."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """One type of resource. name: the property that gives its name. arn: what follows the account in its ARN.

    ref_is_arn: what CloudFormation gives for Ref.
    """

    service: str
    name: str
    arn: str = "{name}"
    ref_is_arn: bool = False


_KINDS: Mapping[str, _Kind] = MappingProxyType(
    {
        "AWS::CloudWatch::Alarm": _Kind("cloudwatch", "AlarmName", "alarm:{name}"),
        "AWS::CloudWatch::CompositeAlarm": _Kind("cloudwatch", "AlarmName", "alarm:{name}", ref_is_arn=True),
        "AWS::DynamoDB::GlobalTable": _Kind("dynamodb", "TableName", "table/{name}"),
        "AWS::DynamoDB::Table": _Kind("dynamodb", "TableName", "table/{name}"),
        "AWS::Events::EventBus": _Kind("events", "Name", "event-bus/{name}"),
        "AWS::Events::Rule": _Kind("events", "Name", "rule/{name}"),
        "AWS::Lambda::Function": _Kind("lambda", "FunctionName", "function:{name}"),
        "AWS::RDS::DBInstance": _Kind("rds", "DBInstanceIdentifier", "db:{name}"),
        "AWS::SNS::Topic": _Kind("sns", "TopicName", ref_is_arn=True),
        "AWS::SQS::Queue": _Kind("sqs", "QueueName"),
        "AWS::StepFunctions::StateMachine": _Kind("states", "StateMachineName", "stateMachine:{name}", ref_is_arn=True),
    }
)
_NAMED_BY_ITS_ID = frozenset({"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::SNS::Topic"})
"""What is only referred to by alarms: where the template leaves its name to CloudFormation, its logical id does."""
_ARNS = frozenset({"Arn", "TopicArn"})


@dataclass(frozen=True)
class References:
    """The templates of a region, which refer to each other by exports. account: of the ARNs that are made up."""

    region: str
    account: str
    exports: Mapping[str, tuple[Any, Template]]

    def resolve(self, value: Any, template: Template) -> Any:
        """A property's value with all references replaced. Raises UnresolvedError."""
        if isinstance(value, list):
            return [self.resolve(one, template) for one in value]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function in _FUNCTIONS:
                return _FUNCTIONS[function](self, argument, template)
            if function.startswith("Fn::"):
                raise UnresolvedError(f"{function} is not implemented here")
        return {key: self.resolve(one, template) for key, one in value.items()}

    def ref(self, logical_id: str, template: Template) -> Any:
        """What Ref gives: a pseudo parameter's value, a parameter's default, a resource's name or ARN."""
        if logical_id.startswith("AWS::"):
            return self._pseudo(logical_id)
        if (parameter := template.get("Parameters", {}).get(logical_id)) is not None:
            if "Default" not in parameter:
                raise UnresolvedError(f"the parameter {logical_id} has no default")
            return parameter["Default"]
        resource, kind = self._resource(logical_id, template)
        if kind is None:
            raise UnresolvedError(f"what Ref of {logical_id}, a {resource['Type']}, gives is known only when deployed")
        return self._arn(logical_id, template) if kind.ref_is_arn else self._name(logical_id, template)

    def attribute(self, argument: Any, template: Template) -> Any:
        """What Fn::GetAtt gives: an ARN, or a name."""
        logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        resource, kind = self._resource(logical_id, template)
        if kind is not None and attribute in _ARNS:
            return self._arn(logical_id, template)
        if kind is not None and attribute in {kind.name, "Name"}:
            return self._name(logical_id, template)
        raise UnresolvedError(f"{attribute} of {logical_id}, a {resource['Type']}, is known only when it is deployed")

    def imported(self, export: Any, template: Template) -> Any:
        """What Fn::ImportValue gives: the value that another of the templates exports."""
        name = self.resolve(export, template)
        if name not in self.exports:
            raise UnresolvedError(f"no given template exports {name!r}; give all templates of the region together")
        value, exporter = self.exports[name]
        return self.resolve(value, exporter)

    def _pseudo(self, name: str) -> str:
        known = {"AWS::Region": self.region, "AWS::AccountId": self.account, "AWS::Partition": "aws"}
        known["AWS::URLSuffix"] = "amazonaws.com"
        if name not in known:
            raise UnresolvedError(f"{name} is known only when it is deployed")
        return known[name]

    def _resource(self, logical_id: str, template: Template) -> tuple[Mapping[str, Any], _Kind | None]:
        if logical_id not in template.get("Resources", {}):
            raise UnresolvedError(f"the template has no {logical_id}")
        resource = template["Resources"][logical_id]
        return resource, _KINDS.get(resource["Type"])

    def _name(self, logical_id: str, template: Template) -> str:
        resource, kind = self._resource(logical_id, template)
        given = resource.get("Properties", {}).get(kind.name) if kind else None
        if given is not None:
            return str(self.resolve(given, template))
        if resource["Type"] in _NAMED_BY_ITS_ID:
            return logical_id
        raise UnresolvedError(f"{logical_id}, a {resource['Type']}, has no name of its own in the template")

    def _arn(self, logical_id: str, template: Template) -> str:
        name, (_, kind) = self._name(logical_id, template), self._resource(logical_id, template)
        service, form = (kind.service, kind.arn) if kind else ("", "")
        return f"arn:aws:{service}:{self.region}:{self.account}:{form.format(name=name)}"


def references(templates: Iterable[Template], region: str, account: str) -> References:
    """What can be told of the templates of a region."""
    exports = {}
    for template in templates:
        for output in template.get("Outputs", {}).values():
            if isinstance(name := output.get("Export", {}).get("Name"), str):
                exports[name] = (output["Value"], template)
    return References(region, account, exports)


def _join(known: References, argument: Any, template: Template) -> str:
    separator, parts = argument
    return str(separator).join(str(part) for part in known.resolve(parts, template))


def _select(known: References, argument: Any, template: Template) -> Any:
    index, parts = argument
    return known.resolve(parts, template)[int(known.resolve(index, template))]


def _split(known: References, argument: Any, template: Template) -> list[str]:
    separator, text = argument
    return str(known.resolve(text, template)).split(separator)


_FUNCTIONS: Mapping[str, Callable[[References, Any, Template], Any]] = MappingProxyType(
    {
        "Ref": lambda known, argument, template: known.ref(argument, template),
        "Fn::GetAtt": lambda known, argument, template: known.attribute(argument, template),
        "Fn::ImportValue": lambda known, argument, template: known.imported(argument, template),
        "Fn::Join": _join,
        "Fn::Select": _select,
        "Fn::Split": _split,
    }
)
