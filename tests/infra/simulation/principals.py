"""The roles of the synthesized templates, with everything that is attached to them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.config.model import RegionConfig
from tests.infra.simulation.resolving import Resolver
from tests.infra.simulation.simulator import Document, Principal
from tests.infra.templates import Template

_HASH = re.compile(r"[0-9A-F]{8}$")


def _allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _document(*statements: dict[str, Any]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


# What AWS publishes under these names, as far as it allows anything.
_OF_AWS: Mapping[str, Document] = {
    "service-role/AmazonRDSEnhancedMonitoringRole": _document(
        _allow(["logs:CreateLogGroup", "logs:PutRetentionPolicy"], "arn:aws:logs:*:*:log-group:RDS*"),
        _allow(
            ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"],
            "arn:aws:logs:*:*:log-group:RDS*:log-stream:*",
        ),
    ),
    "service-role/AWSCodeDeployRoleForLambdaLimited": _document(
        _allow(["cloudwatch:DescribeAlarms", "lambda:UpdateAlias", "lambda:GetAlias", "sns:Publish"], "*"),
        _allow(["lambda:InvokeFunction"], "arn:aws:lambda:*:*:function:CodeDeployHook_*"),
    ),
}


def roles_of(template: Template, config: RegionConfig) -> Iterator[tuple[str, Principal]]:
    """Each role of a template by its name there, as IAM sees it."""
    resolver = Resolver(template, config.region, config.account.id)
    for logical_id, role in template.resources("AWS::IAM::Role").items():
        name = f"{template.name.split('-')[-1].split('.')[0]}/{_HASH.sub('', logical_id)}"
        policies = tuple(_attached(template, logical_id, role["Properties"], resolver))
        named = resolver.resolve(role["Properties"].get("RoleName", logical_id))
        arn = f"arn:aws:iam::{config.account.id}:role/{named}"
        yield name, Principal(arn, config.account.id, policies)


def managed_policy(template: Template, name: str, config: RegionConfig) -> Document:
    """The document of a template's managed policy of this name."""
    resolver = Resolver(template, config.region, config.account.id)
    (found,) = (
        policy["PolicyDocument"]
        for policy in template.properties("AWS::IAM::ManagedPolicy")
        if policy["ManagedPolicyName"] == name
    )
    document: Document = resolver.resolve(found)
    return document


def _attached(template: Template, role: str, properties: Mapping[str, Any], resolver: Resolver) -> Iterator[Document]:
    for inline in properties.get("Policies", []):
        yield resolver.resolve(inline["PolicyDocument"])
    for policy in template.properties("AWS::IAM::Policy"):
        if {"Ref": role} in policy.get("Roles", []):
            yield resolver.resolve(policy["PolicyDocument"])
    for policy in template.properties("AWS::IAM::ManagedPolicy"):
        if {"Ref": role} in policy.get("Roles", []):
            yield resolver.resolve(policy["PolicyDocument"])
    for attached in properties.get("ManagedPolicyArns", []):
        yield _managed(template, attached, resolver)


def _managed(template: Template, attached: Any, resolver: Resolver) -> Document:
    if "Ref" in attached:
        document: Document = resolver.resolve(
            template.body["Resources"][attached["Ref"]]["Properties"]["PolicyDocument"]
        )
        return document
    return _OF_AWS[str(resolver.resolve(attached)).partition(":policy/")[2]]
