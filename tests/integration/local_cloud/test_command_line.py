import os
import subprocess
import sys

from local.cloud import Cloud, aws_environment
from local.cloud.paths import ROOT
from local.cloud.tools import ensure_awscli
from local.emulator.permissions.unique_ids import user_id
from tests.integration.local_cloud.resources import Clients, await_value
from tests.integration.local_cloud.stack import ToyStack
from tests.integration.local_cloud.test_senders import ANYTHING_ON_SQS, keys_of_new_user


def test_the_plain_aws_command_line_is_a_producer(toy: ToyStack, clients: Clients, cloud: Cloud) -> None:
    _unique_id, keys = keys_of_new_user(clients, "shell-producer", ANYTHING_ON_SQS)
    command = [str(ensure_awscli()), "--endpoint-url", cloud.endpoint, "sqs", "send-message"]
    message = ["--queue-url", toy.ids["Queue"], "--message-body", '{"mark": "typed in a shell"}']

    subprocess.run([*command, *message], env={**os.environ, **aws_environment(cloud), **keys}, check=True)

    [line] = await_value(lambda: toy.started("typed in a shell"))
    assert line["record"]["attributes"]["SenderId"] == user_id("shell-producer")


def test_the_environment_is_printed_for_a_shell(cloud: Cloud) -> None:
    command = [sys.executable, "-m", "local.cloud", "env", "--name", cloud.name, "--region", "us-east-1"]

    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert f"export AWS_ENDPOINT_URL={cloud.endpoint}" in printed.splitlines()
    assert "export AWS_REGION=us-east-1" in printed.splitlines()


def test_a_cloud_that_never_was_is_answered_with_the_way_to_start_one() -> None:
    command = [sys.executable, "-m", "local.cloud", "status", "--name", "never-was"]

    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert answer.returncode == 1
    assert "python -m local.cloud up" in answer.stderr
