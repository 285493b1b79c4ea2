"""``python -m local.seed [--region R]... [--clinical-mib N] [--write DIR]``: load the seed, or write it for people."""

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
from local.seed.primary import USUAL_MIB, Primary, primaries
from local.seed.tenants import TENANTS
from statline.client import ClientError as StatlineClientError
from statline.client import DirectoryClient
from statline.client.connecting import PATIENCE
from statline.contract.directory import DirectoryChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_rds import RDSClient

OUT, ERR = Console(highlight=False), Console(stderr=True, highlight=False)


def main(
    region: Annotated[list[str] | None, typer.Option(help="A region to load; every region when left out.")] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write one JSON Lines file a tenant here, and load nothing.")
    ] = None,
    clinical_mib: Annotated[
        int, typer.Option(min=0, help="How large each primary's table of observations is to be, in MiB at least.")
    ] = USUAL_MIB,
) -> None:
    """Fill the primary databases; load the seed directory through the directory-changes queue and wait for it."""
    regions = region or list(TENANTS)
    unknown = [name for name in regions if name not in TENANTS]
    if unknown:
        ERR.print(f"The seed has no region {unknown[0]}; it has {', '.join(TENANTS)}.")
        raise typer.Exit(2)
    if write is not None:
        _write(write, regions)
        return
    try:
        _load(regions, clinical_mib)
    except (SeedError, StatlineClientError) as cause:
        ERR.print(str(cause), markup=False)
        raise typer.Exit(1) from cause
    except (ClientError, BotoCoreError) as cause:
        ERR.print(f"AWS did not answer as it should: {cause}", markup=False)
        ERR.print("Is the laptop cloud up (`make up`), and does AWS_ENDPOINT_URL lead to it?")
        raise typer.Exit(1) from cause


def _load(regions: list[str], clinical_mib: int) -> None:
    """Every region is sent its seed before the first is waited for: they work theirs off at the same time.

    Databases come first: whoever compares a directory with one that is empty yet would miss everybody.
    """
    today = datetime.now(UTC).date()
    seeds = {region: [c for t in TENANTS[region] for c in directory_of(t, today)] for region in regions}
    for primary in (primary for region in regions for primary in _primaries(region)):
        added = primary.fill(TENANTS[primary.region], seeds[primary.region], clinical_mib)
        OUT.print(f"{primary.region}: {added:,} rows added; the primary has the whole seed")
    loaders = [_loader(region) for region in regions]
    sent = [loader.send(seeds[loader.region]) for loader in loaders]
    with _bar() as bar:
        for loader, changes in zip(loaders, sent, strict=True):
            task = bar.add_task(loader.region, total=len(changes))
            loader.wait(changes, lambda done, _, task=task: bar.update(task, completed=done))  # type: ignore[misc]
    for loader, changes in zip(loaders, sent, strict=True):
        OUT.print(f"{loader.region}: {len(changes):,} changes sent; the directory has the whole seed")


def _primaries(region: str) -> list[Primary]:
    databases: RDSClient = boto3.client("rds", region_name=region, config=PATIENCE)
    pages = databases.get_paginator("describe_db_instances").paginate()
    return list(primaries(region, [instance for page in pages for instance in page["DBInstances"]]))


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
