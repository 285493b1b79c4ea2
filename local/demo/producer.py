"""A producer that has nothing of ours: the AWS command line, its own keys, and a JSON file."""

import json
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from local.cloud import Cloud, aws_environment
from local.cloud.environment import inherited
from local.cloud.model import ACCOUNT, DEFAULT_NAME, CloudError
from local.cloud.paths import ROOT
from local.demo.acts import Stage
from statline.contract.words import Priority

_KEEP_A_HISTORY = "[default]\ncli_history = enabled\n"
_SENT_AT = "SELECT MIN(timestamp) / 1000.0 FROM records WHERE event_type = 'HTTP_REQUEST'"


class NotTakenError(CloudError):
    """SQS did not take a message; the text is what the command line said."""


@dataclass(frozen=True, slots=True)
class Taken:
    """SQS took a message: its id, and when the request left the producer (epoch seconds)."""

    message_id: str
    sent_at: float


@dataclass(frozen=True, slots=True)
class Producer:
    """Sends to one region as the stage's producer, with the AWS command line at `aws`."""

    cloud: Cloud
    stage: Stage
    aws: Path

    @property
    def keys(self) -> str:
        """The line that makes a shell this producer."""
        return environment_of(self.cloud, self.stage.region, f" --user {self.stage.producer}")

    def command(self, lane: Priority, message: Path) -> list[str]:
        """The command as a person types it from the repository's root, after `keys`."""
        return [
            shown(self.aws),
            "--endpoint-url=$AWS_ENDPOINT_URL",
            "sqs",
            "send-message",
            f"--queue-url=$AWS_ENDPOINT_URL/{ACCOUNT}/statline-ingress-{lane}",
            f"--message-body=file://{shown(message)}",
        ]

    def send(self, lane: Priority, message: Path) -> Taken:
        """Run the command. NotTakenError when SQS, or the command line itself, refuses.

        The command line is told to keep a history, which knows to the millisecond when its request left.
        """
        config, history = message.with_suffix(".aws-config"), message.with_suffix(".aws-history")
        config.write_text(_KEEP_A_HISTORY)
        history.unlink(missing_ok=True)
        variables = aws_environment(self.cloud, self.stage.producer, self.stage.region)
        environment = {
            **inherited(),
            **variables,
            "AWS_CONFIG_FILE": str(config),
            "AWS_CLI_HISTORY_FILE": str(history),
        }
        endpoint = variables["AWS_ENDPOINT_URL"]
        words = [word.replace("$AWS_ENDPOINT_URL", endpoint) for word in self.command(lane, message)]
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotTakenError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.strip()}")
        with closing(sqlite3.connect(history)) as records:
            (sent_at,) = records.execute(_SENT_AT).fetchone()
        return Taken(json.loads(done.stdout)["MessageId"], sent_at)


def environment_of(cloud: Cloud, region: str, user: str = "") -> str:
    """The line that points a shell at the cloud, as its admin unless ` --user NAME` says otherwise."""
    return f'eval "$(.venv/bin/python -m local.cloud env{named(cloud)}{user} --region {region})"'


def named(cloud: Cloud) -> str:
    """What a command of `local.cloud` needs to find the cloud; nothing for the default one."""
    return "" if cloud.name == DEFAULT_NAME else f" --name {cloud.name}"


def shown(path: Path) -> str:
    """A path as it is typed from the repository's root."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
