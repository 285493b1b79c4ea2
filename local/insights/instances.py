"""The DB instances of a region that have a server on this machine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Instance:
    """A DB instance and where its server listens. resource_id: how Performance Insights calls it."""

    region: str
    identifier: str
    resource_id: str
    port: int
    is_replica: bool
    has_replicas: bool
    storage_gib: int
    has_insights: bool


def instances_of(region: str, described: Iterable[Mapping[str, Any]]) -> list[Instance]:
    """The instances of a region in the answer to `DescribeDBInstances`, without those that have no endpoint yet."""
    return [_instance(region, entry) for entry in described if (entry.get("Endpoint") or {}).get("Port")]


def _instance(region: str, entry: Mapping[str, Any]) -> Instance:
    return Instance(
        region=region,
        identifier=entry["DBInstanceIdentifier"],
        resource_id=entry["DbiResourceId"],
        port=entry["Endpoint"]["Port"],
        is_replica=bool(entry.get("ReadReplicaSourceDBInstanceIdentifier")),
        has_replicas=bool(entry.get("ReadReplicaDBInstanceIdentifiers")),
        storage_gib=entry["AllocatedStorage"],
        has_insights=bool(entry.get("PerformanceInsightsEnabled")),
    )
