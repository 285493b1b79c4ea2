"""Deploys are safe: a new version gets traffic in steps, and loses it by itself when it fails."""

import json
from pathlib import Path

from aws_cdk import App, RemovalPolicy, Stack, assertions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from functions.events.settings import EventsSettings
from infra.constructs.functions.delivery_function import DeliveryFunction
from infra.constructs.functions.layers import Layers
from infra.constructs.functions.live_function import Workbench
from infra.constructs.functions.rollout import Rollouts
from tests.infra.synthesizing import EmptyWorkshop
from tests.infra.templates import Template


def test_every_functions_alias_is_shifted_in_steps_and_rolled_back_by_its_own_alarm(delivery: Template) -> None:
    groups = delivery.resources("AWS::CodeDeploy::DeploymentGroup")
    alarms = delivery.resources("AWS::CloudWatch::Alarm")
    aliases = delivery.properties("AWS::Lambda::Function")
    for alias in delivery.resources("AWS::Lambda::Alias").values():
        function = delivery.name_of(alias["Properties"]["FunctionName"])
        group_id = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"]["Ref"]
        group = groups[group_id]["Properties"]
        assert "LambdaLinear10PercentEvery1Minute" in json.dumps(group["DeploymentConfigName"])
        assert group["AutoRollbackConfiguration"]["Enabled"] is True
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        (alarm,) = group["AlarmConfiguration"]["Alarms"]
        properties = alarms[alarm["Name"]["Ref"]]["Properties"]
        watched = {d["Name"]: delivery.name_of(d["Value"]) for d in properties["Dimensions"]}
        assert properties["MetricName"] == "Errors"
        assert watched["FunctionName"] == function
    assert len(groups) == len(aliases) == len(delivery.resources("AWS::Lambda::Alias"))


def test_the_version_before_stays_for_on_call_to_go_back_to(delivery: Template) -> None:
    versions = delivery.resources("AWS::Lambda::Version")
    assert len(versions) == len(delivery.resources("AWS::Lambda::Function"))
    assert all(version["DeletionPolicy"] == "Retain" for version in versions.values())


def test_a_library_that_changed_in_a_layer_reaches_the_alias(tmp_path: Path) -> None:
    def version(edition: str) -> str:
        stack = Stack(App())
        workshop = EmptyWorkshop(tmp_path, edition)
        DeliveryFunction(
            stack,
            "Events",
            name="events",
            description="A function",
            settings=EventsSettings(event_bus="statline", lost_events_queue="https://sqs/lost"),
            layers=[Layers(stack, "Layers", workshop=workshop).base],
            reserve=2,
            memory_mb=512,
            workbench=Workbench(
                workshop=workshop,
                rollouts=Rollouts(stack, "Rollouts"),
                log_key=kms.Key(stack, "Key"),
                log_retention=logs.RetentionDays.ONE_DAY,
                removal_policy=RemovalPolicy.DESTROY,
            ),
        )
        (found,) = assertions.Template.from_stack(stack).find_resources("AWS::Lambda::Version")
        return str(found)

    assert version("before") == version("before")
    assert version("before") != version("after")


def test_only_push_carries_the_firebase_layer(delivery: Template) -> None:
    layers = {
        logical_id: layer["Properties"]["Description"]
        for logical_id, layer in delivery.resources("AWS::Lambda::LayerVersion").items()
    }
    carriers = {
        function["FunctionName"]
        for function in delivery.properties("AWS::Lambda::Function")
        if any("firebase" in layers[layer["Ref"]] for layer in function["Layers"])
    }
    assert carriers == {"statline-push"}


def test_a_package_has_the_handler_of_its_own_function(delivery: Template) -> None:
    for function in delivery.properties("AWS::Lambda::Function"):
        folder = function["FunctionName"].removeprefix("statline-").replace("-", "_")
        assert function["Handler"] == f"functions.{folder}.handler.handle"
