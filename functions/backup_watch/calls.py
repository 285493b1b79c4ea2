"""Calls that CloudTrail records: which of them ask for a backup or a copy of the primary, as data.

CloudTrail writes a parameter's name with a small first letter and keeps the rest (``dBInstanceIdentifier``), and may
put it at any depth; here names are in lower case and looked for at every depth.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from functions.backup_watch.finding import Level, Observation, Source
from functions.backup_watch.snapshots import snapshot_key


@dataclass(frozen=True, slots=True)
class AskedFor:
    """One API call. named_in: the parameters of which one names the database that suffers.

    makes: the parameter that names the snapshot it makes, by which it is found in RDS's list, too.
    only_with: without this parameter the call makes no backup.
    """

    what: str
    named_in: tuple[str, ...]
    level: Level = Level.PAGE
    makes: str = ""
    only_with: str = ""


_SERVICE = 2
"""Where an ARN names its service."""
_INSTANCE, _CLUSTER = "dbinstanceidentifier", "dbclusteridentifier"

CALLS: Mapping[str, AskedFor] = {
    "CreateDBSnapshot": AskedFor("a snapshot", (_INSTANCE,), makes="dbsnapshotidentifier"),
    "CreateDBClusterSnapshot": AskedFor("a snapshot of the cluster", (_CLUSTER,)),
    "CreateDBInstanceReadReplica": AskedFor(
        "a new replica, which is seeded from a snapshot", ("sourcedbinstanceidentifier", "sourcedbclusteridentifier")
    ),
    "CreateDBCluster": AskedFor("a cluster that is seeded from it", ("replicationsourceidentifier",)),
    "CreateGlobalCluster": AskedFor("copies in other regions", ("sourcedbclusteridentifier",)),
    "CreateBlueGreenDeployment": AskedFor("a second environment, made by a replica", ("source",)),
    "CreateIntegration": AskedFor("an export with every change after it", ("sourcearn",)),
    "StartExportTask": AskedFor("an export of the running cluster", ("sourcearn",)),
    "StartDBInstanceAutomatedBackupsReplication": AskedFor(
        "copies of its backups in another region", ("sourcedbinstancearn",), Level.TICKET
    ),
    "StopDBInstance": AskedFor(
        "a snapshot, and a stop", (_INSTANCE,), makes="dbsnapshotidentifier", only_with="dbsnapshotidentifier"
    ),
    "DeleteDBInstance": AskedFor(
        "a last snapshot, and its deletion",
        (_INSTANCE,),
        makes="finaldbsnapshotidentifier",
        only_with="finaldbsnapshotidentifier",
    ),
    "DeleteDBCluster": AskedFor(
        "a last snapshot of the cluster, and its deletion", (_CLUSTER,), only_with="finaldbsnapshotidentifier"
    ),
    "AddRoleToDBInstance": AskedFor(
        "a role, with which SQL may export tables or call other services", (_INSTANCE,), Level.TICKET
    ),
    "AddRoleToDBCluster": AskedFor(
        "a role, with which SQL may export tables or call other services", (_CLUSTER,), Level.TICKET
    ),
    "AddTagsToResource": AskedFor("other tags, by which backups may choose it", ("resourcename",), Level.TICKET),
    "RemoveTagsFromResource": AskedFor("fewer tags, by which it is guarded", ("resourcename",), Level.TICKET),
    "StartBackupJob": AskedFor("a job of AWS Backup", ("resourcearn",)),
    "CreateBackupSelection": AskedFor("a place in a plan of AWS Backup", ("resources",), Level.TICKET),
}


def observe_call(detail: Mapping[str, Any], *, primary: str) -> Observation | None:
    """What a record of CloudTrail says; None for a call that was refused or is about another database."""
    asked = CALLS.get(detail["eventName"])
    if asked is None or detail.get("errorCode"):
        return None
    parameters = _flat(detail.get("requestParameters") or {})
    named = (value for name in asked.named_in for value in parameters.get(name, ()))
    if not any(_is(primary, value) for value in named):
        return None
    if asked.only_with and asked.only_with not in parameters:
        return None
    made = parameters.get(asked.makes, [""])[0].lower()
    return Observation(
        key=snapshot_key(made) if made else f"call#{detail['eventID']}",
        source=Source.SNAPSHOTS if made else Source.CALLS,
        level=asked.level,
        what=f"{detail['eventName']} asked for {asked.what}: of {primary}" + (f" ({made})" if made else ""),
        who=_author(detail.get("userIdentity") or {}),
        since=datetime.fromisoformat(detail["eventTime"]),
    )


def _is(primary: str, value: str) -> bool:
    """Whether a parameter names the primary: by its identifier, in which RDS knows no case, or by an ARN.

    A selection of AWS Backup may leave parts of an ARN open, the service too.
    """
    *before, name = value.lower().split(":")
    service = before[_SERVICE] if len(before) > _SERVICE else "rds"
    return fnmatchcase("rds", service) and fnmatchcase(primary.lower(), name)


def _author(identity: Mapping[str, Any]) -> str:
    """Whom CloudTrail names: an ARN, or a service of AWS."""
    author = identity.get("arn") or identity.get("invokedBy") or identity.get("type") or ""
    by = identity.get("invokedBy", "")
    return f"{author} through {by}" if by and by != author else str(author)


def _flat(value: Any, name: str = "") -> dict[str, list[str]]:
    """Every text in the parameters, by its name in lower case."""
    found: dict[str, list[str]] = {}
    for key, text in _texts(value, name):
        found.setdefault(key, []).append(text)
    return found


def _texts(value: Any, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _texts(inner, str(key).lower())
        case list():
            for inner in value:
                yield from _texts(inner, name)
        case str():
            yield name, value
