"""Where alarms come from: synthesized templates, or an account."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from statline.alarms.deployed import alarms_from
from statline.alarms.errors import AlarmError
from statline.alarms.model import Alarm
from statline.alarms.template import alarms_in
from statline.cli.console import aws_errors, fail
from statline.cli.exits import Exit
from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

FOLDER = Path("cdk.out")
_STACK = "aws:cloudformation:stack"


@dataclass(frozen=True, slots=True)
class Alarms:
    """The alarms of a region, by name. states: of deployed ones. unreadable: why others are not here, by name."""

    region: str
    named: Mapping[str, Alarm]
    states: Mapping[str, str] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)


def alarms_of(templates: Path | None, region: str | None, *, deployed: bool) -> Alarms:
    """The alarms that were asked for. Leaves with words where there are none."""
    if deployed and templates is not None:
        fail("Say --templates or --deployed, not both.", Exit.INPUT)
    if deployed:
        if region is None:
            fail("--deployed needs a region: --region, or AWS_REGION.", Exit.INPUT)
        return deployed_in(region)
    return synthesized(templates or FOLDER, region)


def synthesized(folder: Path, region: str | None) -> Alarms:
    """The alarms of a region's templates in a cloud assembly."""
    regions = _templates(folder)
    if not regions:
        fail(
            f"{folder}: there are no synthesized templates here. Make them in the checkout with `cdk synth`, name their"
            " folder with --templates, or ask the account with --deployed.",
            Exit.INPUT,
        )
    if region is None and len(regions) > 1:
        fail(f"{folder} has several regions: say --region {' or '.join(sorted(regions))}", Exit.INPUT)
    chosen = region or next(iter(regions))
    if chosen not in regions:
        fail(f"{folder} has no templates of {chosen}; it has {', '.join(sorted(regions))}", Exit.INPUT)
    try:
        found = alarms_in(regions[chosen], chosen)
    except AlarmError as cause:
        fail(f"{folder}: {cause}", Exit.INPUT)
    return Alarms(chosen, {alarm.name: alarm for alarm in found})


def _templates(folder: Path) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Every stack's template, by region, as the assembly's manifests have them; also those of nested stages."""
    regions: dict[str, list[Mapping[str, Any]]] = {}
    for manifest in sorted(folder.rglob("manifest.json")):
        for artifact in json.loads(manifest.read_text(encoding="utf-8")).get("artifacts", {}).values():
            if artifact["type"] == _STACK:
                file = manifest.parent / artifact["properties"]["templateFile"]
                region = artifact["environment"].rpartition("/")[2]
                regions.setdefault(region, []).append(json.loads(file.read_text(encoding="utf-8")))
    return regions


def deployed_in(region: str, names: Sequence[str] = ()) -> Alarms:
    """The alarms of an account's region, or those of these names. Who cannot be evaluated is left out, and told."""
    named, states, unreadable = dict[str, Alarm](), dict[str, str](), dict[str, str]()
    with aws_errors("reading the alarms", region):
        for kind, one in _described(region, names):
            try:
                (alarm,) = alarms_from([{kind: [one]}])
            except AlarmError as cause:
                unreadable[one["AlarmName"]] = str(cause)
                continue
            named[alarm.name] = alarm
            states[alarm.name] = one.get("StateValue", "")
    return Alarms(region, named, states, unreadable)


def _described(region: str, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
    cloudwatch: CloudWatchClient = boto3.client("cloudwatch", region_name=region, config=PATIENCE)
    wanted: dict[str, Any] = {"AlarmNames": list(names)} if names else {}
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"], **wanted)
    for page in pages:
        for kind in ("MetricAlarms", "CompositeAlarms"):
            yield from ((kind, one) for one in page.get(kind, []))  # type: ignore[attr-defined]
