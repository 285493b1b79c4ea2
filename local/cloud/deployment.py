"""Deploys a synthesized assembly to the laptop cloud with the CDK command line, as a platform team does to AWS."""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from local.cloud import tools
from local.cloud.assembly import Assembly
from local.cloud.environment import ADMIN, aws_environment, inherited
from local.cloud.model import Cloud, CloudError, save
from local.cloud.paths import ROOT
from local.cloud.processes import tail
from local.cloud.progress import Report, step

# Both regions side by side. More does not help: the emulator is one process.
_CONCURRENCY = 4
_STACK_EVENT = re.compile(r"^\s*(?P<stack>[\w-]+) \|\s*(?P<progress>\d+(?:/\d+)?) \|")
_STACK_DONE = re.compile(r"^\s*✅\s+(?P<stack>\S+)")


class DeployError(CloudError):
    """The CDK command line could not deploy; the message ends with what it said last."""


@dataclass(frozen=True)
class Cdk:
    """The CDK command line, pointed at one cloud, logging to a file."""

    cloud: Cloud
    node: Path
    program: Path

    @property
    def log(self) -> Path:
        """Everything that the CDK command line said."""
        return self.cloud.directory / "cdk.log"

    def run(self, arguments: Sequence[str], report: Report) -> None:
        """Run one CDK command; `report` hears how far each stack is. DeployError when it fails."""
        command = [str(self.node), str(self.program), *arguments]
        with (
            self.log.open("a") as log,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=_environment(self.cloud, self.node),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as child,
        ):
            log.write(f"$ cdk {' '.join(arguments)}\n")
            for line in child.stdout or ():
                log.write(line)
                log.flush()
                _tell(line, report)
        if child.returncode:
            message = (
                f"cdk {arguments[0]} failed. The end of {self.log}:\n{tail(self.log, 40)}\n"
                f"Stacks that cannot be changed in place are made anew after "
                f"`.venv/bin/python -m local.cloud down --name {self.cloud.name} --forget`."
            )
            raise DeployError(message)


def _environment(cloud: Cloud, node: Path) -> dict[str, str]:
    variables = {**inherited(), **aws_environment(cloud, ADMIN)}
    variables["PATH"] = f"{node.parent}{os.pathsep}{variables.get('PATH', os.defpath)}"
    # Home of the CDK's own cache: nothing is written outside the cloud's directory.
    return {**variables, "HOME": str(cloud.directory / "home"), "CI": "true", "CDK_DISABLE_CLI_TELEMETRY": "true"}


def _tell(line: str, report: Report) -> None:
    done = _STACK_DONE.match(line)
    if done:
        print(f"  deployed {done['stack']}", flush=True)
        return
    event = _STACK_EVENT.match(line)
    if event:
        report(f"{event['stack']} {event['progress']}")


def deploy(cloud: Cloud, assembly: Assembly) -> Cloud:
    """Deploy every stack of the assembly, in every region that it names; return the cloud as it is then.

    Does nothing when the same assembly was deployed last. DeployError when a stack fails.
    """
    if assembly.digest == cloud.deployed:
        print("  stacks: nothing changed", flush=True)
        return cloud
    cdk = Cdk(cloud, *tools.ensure_cdk())
    unprepared = [place for place in assembly.environments if place not in cloud.prepared]
    if unprepared:
        with step("Prepare the regions for the CDK") as report:
            cdk.run(["bootstrap", f"--app={assembly.directory}", *unprepared], report)
        cloud = replace(cloud, prepared=(*cloud.prepared, *unprepared))
        save(cloud)
    with step("Deploy the stacks") as report:
        cdk.run(_deploy_arguments(assembly.directory), report)
    deployed = replace(cloud, deployed=assembly.digest)
    save(deployed)
    return deployed


def _deploy_arguments(assembly: Path) -> list[str]:
    return [
        "deploy",
        "--all",
        f"--app={assembly}",
        f"--output={assembly}",
        "--require-approval=never",
        "--method=direct",
        f"--concurrency={_CONCURRENCY}",
        "--asset-parallelism=true",
        "--progress=events",
    ]
