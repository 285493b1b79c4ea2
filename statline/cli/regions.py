"""``statline regions``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.table import Table

from statline.cli.console import aws_errors, fail, out
from statline.cli.exits import Exit
from statline.cli.options import Owner
from statline.client.connecting import post_to
from statline.client.directory import QUEUE as DIRECTORY_QUEUE
from statline.client.errors import AwsError, QueueNotFoundError
from statline.client.posting import Post
from statline.contract.words import Priority

QUEUES = (*(f"statline-ingress-{lane}" for lane in Priority), DIRECTORY_QUEUE)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a region said: which queues it has, or why it did not answer."""

    region: str
    found: tuple[str, ...]
    trouble: str = ""

    @property
    def complete(self) -> bool:
        """Whether every queue is there."""
        return len(self.found) == len(QUEUES)


def regions(
    region: Annotated[list[str] | None, typer.Option("--region", "-r", help="Ask this region; again for more.")] = None,
    config: Annotated[Path, typer.Option(help="A folder of deployments, as a checkout has it.")] = Path("config"),
    owner: Owner = None,
) -> None:
    """Show the regions and whether Statline answers there.

    Without --region the regions are those of the deployments in the folder config of a checkout.
    """
    deployments = _deployments(config)
    names = region or sorted({name for names in deployments.values() for name in names})
    if not names:
        fail(
            f"There is no deployment in {config}: name the regions with --region, or run this in a checkout.",
            Exit.INPUT,
        )
    answers = []
    for name in names:
        with aws_errors("looking for queues", name):
            answers.append(ask(name, post_to(name, owner=owner)))
    table = Table("region", "deployments", "answers", "queues")
    for answer in answers:
        known = ", ".join(sorted(name for name, its in deployments.items() if answer.region in its)) or "-"
        table.add_row(answer.region, known, "yes" if answer.complete else "no", answer.trouble or _queues(answer))
    out().print(table)
    if not all(answer.complete for answer in answers):
        raise typer.Exit(int(Exit.NO))


def ask(region: str, post: Post) -> Answered:
    """Look for each queue of a region by its name."""
    found = []
    for queue in QUEUES:
        try:
            post.url(queue)
            found.append(queue)
        except QueueNotFoundError:
            continue
        except AwsError as cause:
            return Answered(region, tuple(found), str(cause))
    return Answered(region, tuple(found))


def _queues(answer: Answered) -> str:
    missing = [queue for queue in QUEUES if queue not in answer.found]
    if not answer.found:
        return "none of Statline's queues: nothing is deployed, or not for these credentials"
    return f"missing: {', '.join(missing)}" if missing else ", ".join(answer.found)


def _deployments(folder: Path) -> Mapping[str, frozenset[str]]:
    """The regions of each deployment file. What is wrong in a file is the deployment's own check to say."""
    return {path.stem: frozenset(_regions_in(path)) for path in sorted(folder.glob("*.yaml"))}


def _regions_in(path: Path) -> Iterable[str]:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return []
    entries = content.get("regions", []) if isinstance(content, dict) else []
    return [entry["region"] for entry in entries if isinstance(entry, dict) and "region" in entry]
