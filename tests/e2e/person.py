"""Somebody on call with a terminal, in the home region, who has on-call's managed policies and no other right."""

import subprocess
from dataclasses import dataclass

from local.cloud.environment import remember_keys
from local.cloud.model import ACCOUNT
from statline.cli.exits import Exit
from tests.e2e.burying import PATIENT
from tests.e2e.region import Region

ON_CALL = "on-call"


@dataclass(frozen=True)
class Person:
    """Runs our commands."""

    region: Region

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command, whatever comes of it."""
        return self.region.run(arguments, ON_CALL)

    def redrive(self, *arguments: str) -> str:
        """Redrive; what was printed, which is about no patient."""
        done = self.run("redrive", *arguments)
        assert done.returncode == Exit.DONE, done.stdout + done.stderr
        assert PATIENT not in done.stdout + done.stderr
        return done.stdout


def on_call(home: Region) -> Person:
    """Make the user."""
    iam = home.client("iam")
    iam.create_user(UserName=ON_CALL)
    for policy in ("operate", "redrive"):
        arn = f"arn:aws:iam::{ACCOUNT}:policy/statline-{policy}-{home.name}"
        iam.attach_user_policy(UserName=ON_CALL, PolicyArn=arn)
    key = iam.create_access_key(UserName=ON_CALL)["AccessKey"]
    keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    remember_keys(home.cloud, ON_CALL, keys)
    return Person(home)
