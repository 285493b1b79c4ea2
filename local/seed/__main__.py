"""``python -m local.seed [--region R]... [--write DIR]``: load the seed directory, or write it for people to read."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from local.seed.directory import directory_of
from local.seed.loading import Loader, SeedError
from local.seed.tenants import TENANTS
from statline.client import ClientError as StatlineClientError
from statline.client import DirectoryClient
from statline.client.connecting import PATIENCE
from statline.contract.directory import DirectoryChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OUT, ERR = Console(highlight=False), Console(stderr=True, highlight=False)


def main(
    region: Annotated[list[str] | None, typer.Option(help="A region to load; every region when left out.")] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write one JSON Lines file a tenant here, and load nothing.")
    ] = None,
) -> None:
    """Load the seed directory through the directory-changes queue and wait until the table has it."""
    regions = region or list(TENANTS)
    unknown = [name for name in regions if name not in TENANTS]
    if unknown:
        ERR.print(f"The seed has no region {unknown[0]}; it has {', '.join(TENANTS)}.")
        raise typer.Exit(2)
    if write is not None:
        _write(write, regions)
        return
    try:
        _load(regions)
    except (SeedError, StatlineClientError) as cause:
        ERR.print(str(cause), markup=False)
        raise typer.Exit(1) from cause
    except (ClientError, BotoCoreError) as cause:
        ERR.print(f"AWS did not answer as it should: {cause}", markup=False)
        ERR.print("Is the laptop cloud up (`make up`), and does AWS_ENDPOINT_URL lead to it?")
        raise typer.Exit(1) from cause


def _load(regions: list[str]) -> None:
    """Every region is sent its seed before the first is waited for: they work theirs off at the same time."""
    today = datetime.now(UTC).date()
    loaders = [_loader(region) for region in regions]
    sent = [loader.send([c for t in TENANTS[loader.region] for c in directory_of(t, today)]) for loader in loaders]
    with _bar() as bar:
        for loader, changes in zip(loaders, sent, strict=True):
            task = bar.add_task(loader.region, total=len(changes))
            loader.wait(changes, lambda done, _, task=task: bar.update(task, completed=done))  # type: ignore[misc]
    for loader, changes in zip(loaders, sent, strict=True):
        OUT.print(f"{loader.region}: {len(changes):,} changes sent; the directory has the whole seed")


def _loader(region: str) -> Loader:
    dynamodb: DynamoDBClient = boto3.client("dynamodb", region_name=region, config=PATIENCE)
    return Loader(region, dynamodb, DirectoryClient(region))


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=ERR,
        disable=not ERR.is_terminal,
    )  # fmt: skip


def _write(folder: Path, regions: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for tenant in (tenant for name in regions for tenant in TENANTS[name]):
        path = folder / f"{tenant.name}.jsonl"
        changes = directory_of(tenant, datetime.now(UTC).date())
        path.write_text("".join(f"{_line(change)}\n" for change in changes), encoding="utf-8")
        sys.stdout.write(f"{path}: {len(changes):,} changes\n")


def _line(change: DirectoryChange) -> str:
    return change.model_dump_json(exclude_defaults=True)


if __name__ == "__main__":
    typer.run(main)
