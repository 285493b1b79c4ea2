"""One emulator for these tests, and one stack in it: started here, gone when they end."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.config import Config

from local.cloud import Cloud, start, stop
from local.cloud.clients import client_of
from tests.integration.local_cloud.resources import Clients, FunctionLog, await_value
from tests.integration.local_cloud.stack import LOG_GROUP, OUTPUTS, RESOURCES, ToyStack

REGION = "ca-central-1"
CreateStack = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    running = start(f"test-{os.getpid()}", port=0, sandbox=False)
    yield running
    stop(running, forget=True)


def clients_of(cloud: Cloud) -> Clients:
    """What makes clients of this cloud's services."""

    def client(service: str, keys: dict[str, str] | None = None, region: str = REGION, retries: int = 3) -> Any:
        config = Config(retries={"total_max_attempts": 1 + retries})
        return client_of(cloud, service, region=region, keys=keys, config=config)

    return client


@pytest.fixture(scope="session")
def clients(cloud: Cloud) -> Clients:
    return clients_of(cloud)


@pytest.fixture(scope="session")
def create_stack(clients: Clients) -> CreateStack:
    return stacks_of(clients)


def stacks_of(clients: Clients) -> CreateStack:
    """What creates a stack of resources and answers the physical id of each."""
    cloudformation = clients("cloudformation")

    def create(resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, str]:
        name = f"toy-{uuid.uuid4().hex[:8]}"
        values = {key: {"Value": value} for key, value in (outputs or {}).items()}
        template = json.dumps({"Resources": resources, **({"Outputs": values} if values else {})})
        cloudformation.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])

        def finished() -> dict[str, Any] | None:
            stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
            return None if stack["StackStatus"].endswith("PROGRESS") else stack

        stack: dict[str, Any] = await_value(finished)
        assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
        found = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}
        return {**ids, **{output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}}

    return create


@pytest.fixture(scope="session")
def toy(clients: Clients, create_stack: CreateStack) -> ToyStack:
    return ToyStack(clients, create_stack(RESOURCES, OUTPUTS), FunctionLog(clients("logs"), LOG_GROUP))
