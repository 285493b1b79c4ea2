"""`python -m local.cloud`: brings the laptop cloud up, shows it, takes it down."""

import argparse
import shlex
import sys
from collections.abc import Callable, Mapping

from local.cloud import lifecycle, processes
from local.cloud.bring_up import up
from local.cloud.environment import ADMIN, DEFAULT_REGION, FIGURES_PERIOD, aws_environment, known_producers
from local.cloud.model import DEFAULT_NAME, Cloud, CloudError, load
from local.cloud.progress import step
from local.cloud.tools import ensure_awscli

_FAILED = 1


def _describe(cloud: Cloud) -> str:
    state = "runs" if lifecycle.is_running(cloud) else "does not run"
    lines = [
        f"The cloud {cloud.name!r} {state}.",
        f"  AWS        {cloud.endpoint}",
        f"  providers  {cloud.sandbox_url or 'no sandbox'}",
        f"  insights   {cloud.insights_url or 'no figures of databases'}",
        f"  alarms     {cloud.alarms_url or 'nobody evaluates them'}",
        f"  stacks     {'deployed' if cloud.deployed else 'none yet'}",
        f"  users      {', '.join((ADMIN, *known_producers(cloud)))}",
        f"  files      {cloud.directory}",
    ]
    dead = [process.name for process in cloud.processes if not processes.is_alive(process)]
    return "\n".join((*lines, *(f"  {name} has died: see the logs there." for name in dead)))


def _up(arguments: argparse.Namespace) -> None:
    cloud = up(arguments.name, arguments.deployment)
    print(_describe(cloud))
    first = next(iter(known_producers(cloud)), ADMIN)
    named = "" if cloud.name == DEFAULT_NAME else f" --name {cloud.name}"
    print(
        "\nTalk to it as any producer does:\n"
        f'  eval "$(.venv/bin/python -m local.cloud env{named} --user {first})"\n'
        f'  {ensure_awscli()} --endpoint-url "$AWS_ENDPOINT_URL" sqs get-queue-url --queue-name statline-ingress-stat\n'
        "(The command line's version 1 takes the address of SQS from nowhere else; SDKs need no such option.)\n"
        f"Stop it: .venv/bin/python -m local.cloud down{named}"
    )


def _down(arguments: argparse.Namespace) -> None:
    cloud = load(arguments.name)
    with step(f"Stop the cloud {cloud.name!r}"):
        lifecycle.stop(cloud, forget=arguments.forget)


def _status(arguments: argparse.Namespace) -> None:
    print(_describe(load(arguments.name)))


def _env(arguments: argparse.Namespace) -> None:
    for name, value in aws_environment(load(arguments.name), arguments.user, arguments.region).items():
        print(f"export {name}={shlex.quote(value)}")


_COMMANDS: Mapping[str, tuple[str, Callable[[argparse.Namespace], None]]] = {
    "up": ("start what does not run, deploy what has changed", _up),
    "down": ("stop all of its processes", _down),
    "status": ("say what runs and where", _status),
    "env": ("print shell exports with which AWS tools talk to it", _env),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.cloud",
        description="Statline's AWS on this machine.",
        epilog=(
            f"{lifecycle.PORT_VARIABLE} sets the emulator's port (4566); the provider sandbox listens 44 above it, "
            f"Performance Insights 45, the alarms' evaluator 46. {lifecycle.PERIOD_VARIABLE} sets the seconds between "
            f"two figures of RDS (60), {FIGURES_PERIOD} between those of SQS, Lambda, SNS and Step Functions (60)."
        ),
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (what, _run) in _COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what.capitalize() + ".")
        command.add_argument("--name", default=DEFAULT_NAME, help="which cloud (%(default)s)")
        if name == "up":
            command.add_argument("--deployment", default="laptop", help="config/<this>.yaml (%(default)s)")
        if name == "down":
            command.add_argument("--forget", action="store_true", help="remove what it holds as well")
        if name == "env":
            command.add_argument("--user", default=ADMIN, help="admin, or a producer's name (%(default)s)")
            command.add_argument("--region", default=DEFAULT_REGION, help="(%(default)s)")
    return parser


def main() -> int:
    """Run one command; 1 when it could not be done."""
    arguments = _parser().parse_args()
    try:
        _COMMANDS[arguments.command][1](arguments)
    except CloudError as error:
        print(f"error: {error}", file=sys.stderr)
        return _FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
