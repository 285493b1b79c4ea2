"""Policies of a synthesized template as IAM would get them: every reference replaced by the ARN that it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.infra.templates import Template

_ID = "0f1e2d3c-4b5a-4968-8776-655443322110"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type of resource: the property that names it, its ARN around that name, and whether `Ref` is the ARN."""

    named_by: str
    arn: str
    refers_by_arn: bool = False


_KINDS: Mapping[str, _Kind] = {
    "AWS::SQS::Queue": _Kind("QueueName", "arn:aws:sqs:{region}:{account}:{name}"),
    "AWS::SNS::Topic": _Kind("TopicName", "arn:aws:sns:{region}:{account}:{name}", refers_by_arn=True),
    "AWS::DynamoDB::Table": _Kind("TableName", "arn:aws:dynamodb:{region}:{account}:table/{name}"),
    "AWS::Events::EventBus": _Kind("Name", "arn:aws:events:{region}:{account}:event-bus/{name}"),
    "AWS::Events::Rule": _Kind("Name", "arn:aws:events:{region}:{account}:rule/{name}"),
    "AWS::SecretsManager::Secret": _Kind(
        "Name", "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf", refers_by_arn=True
    ),
    "AWS::KMS::Key": _Kind("", f"arn:aws:kms:{{region}}:{{account}}:key/{_ID}"),
    "AWS::Lambda::Function": _Kind("FunctionName", "arn:aws:lambda:{region}:{account}:function:{name}"),
    "AWS::StepFunctions::StateMachine": _Kind(
        "StateMachineName", "arn:aws:states:{region}:{account}:stateMachine:{name}", refers_by_arn=True
    ),
    "AWS::Logs::LogGroup": _Kind("LogGroupName", "arn:aws:logs:{region}:{account}:log-group:{name}:*"),
    "AWS::S3::Bucket": _Kind("BucketName", "arn:aws:s3:::{name}"),
    "AWS::IAM::Role": _Kind("RoleName", "arn:aws:iam::{account}:role/{name}"),
}
_OTHER = _Kind("", "arn:aws:other:{region}:{account}:{name}")
_BELOW: Mapping[str, str] = {"StreamArn": "/stream/2026-11-22T00:00:00.000"}


@dataclass(frozen=True)
class Resolver:
    """Reads one template's values."""

    template: Template
    region: str
    account: str

    def resolve(self, value: Any) -> Any:
        """The value with its references replaced, at any depth."""
        if isinstance(value, list):
            return [self.resolve(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            known = self._functions().get(function)
            if known is not None:
                return known(argument)
        return {key: self.resolve(inner) for key, inner in value.items()}

    def _functions(self) -> Mapping[str, Callable[[Any], Any]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::ImportValue": self._imported,
            "Fn::Join": lambda argument: str(argument[0]).join(str(self.resolve(part)) for part in argument[1]),
            "Fn::Select": lambda argument: self.resolve(argument[1])[int(argument[0])],
            "Fn::Split": lambda argument: str(self.resolve(argument[1])).split(argument[0]),
        }

    def _ref(self, logical_id: str) -> str:
        known = {"AWS::Partition": "aws", "AWS::Region": self.region, "AWS::AccountId": self.account}
        if logical_id in known:
            return known[logical_id]
        resource = self.template.body["Resources"].get(logical_id, {"Type": "a parameter"})
        if resource["Type"] == "AWS::Lambda::Alias":
            function = resource["Properties"]["FunctionName"]["Ref"]
            return f"{self._arn(function)}:{resource['Properties']['Name']}"
        kind = _KINDS.get(resource["Type"])
        return self._arn(logical_id) if kind and kind.refers_by_arn else self._name(logical_id)

    def _attribute(self, argument: list[str]) -> str:
        logical_id, attribute = argument
        if not attribute.endswith("Arn"):
            return f"{logical_id}.{attribute}"
        return self._arn(logical_id) + _BELOW.get(attribute, "")

    def _imported(self, name: str) -> Any:
        exporter, value = self.template.exports[name]
        return Resolver(exporter, self.region, self.account).resolve(value)

    def _arn(self, logical_id: str) -> str:
        kind = _KINDS.get(self.template.body["Resources"][logical_id]["Type"], _OTHER)
        return kind.arn.format(region=self.region, account=self.account, name=self._name(logical_id))

    def _name(self, logical_id: str) -> str:
        """The name of a resource; where CloudFormation chooses it, the logical id stands for it."""
        resource = self.template.body["Resources"].get(logical_id, {"Type": "a parameter"})
        kind = _KINDS.get(resource["Type"])
        named = resource.get("Properties", {}).get(kind.named_by) if kind else None
        return str(self.resolve(named)) if named else logical_id
