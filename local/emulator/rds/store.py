"""Where the records of instances, snapshots and exports are: the emulator's own stores, one per region.

A record has the field names of RDS's answers; what begins with an underscore is nobody's business but this package's.
Everybody who reads or writes one holds `changed`, and says so with `notify_all` after a write that others wait for.
"""

import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import rds

from local.emulator.rds.refusals import RefusedError, exists, not_found
from local.emulator.rds.states import Kind

Record = dict[str, Any]

changed = threading.Condition(threading.RLock())
exports: Any = AccountRegionScopedDict()

_STORES: Mapping[Kind, Any] = MappingProxyType(
    {Kind.INSTANCE: rds._instances, Kind.SNAPSHOT: rds._snapshots, Kind.EXPORT: exports}
)
NAMES: Mapping[Kind, str] = MappingProxyType(
    {Kind.INSTANCE: "DBInstance", Kind.SNAPSHOT: "DBSnapshot", Kind.EXPORT: "ExportTask"}
)
"""How RDS's errors and fields call each kind."""
STATES: Mapping[Kind, str] = MappingProxyType(
    {Kind.INSTANCE: "DBInstanceStatus", Kind.SNAPSHOT: "Status", Kind.EXPORT: "Status"}
)
"""The field that holds the state."""


def identifier_of(kind: Kind, record: Record) -> str:
    """The name that its owner gave it."""
    return str(record[f"{NAMES[kind]}Identifier"])


def arn_of(kind: Kind, identifier: str) -> str:
    """The ARN of a resource of this account and region."""
    return f"arn:aws:rds:{get_region()}:{get_account_id()}:{kind}:{identifier}"


def find(kind: Kind, reference: str) -> Record:
    """The record of an identifier or ARN in the request's region; of an ARN, in its own. Raises `RefusedError`."""
    name, region = _split(kind, reference)
    found: Record | None = _STORES[kind].get_scoped(get_account_id(), region, name)
    if found is None:
        raise not_found(NAMES[kind], reference)
    return found


def find_at_home(kind: Kind, reference: str) -> Record:
    """Like `find`, and refuse an ARN of another region, as most calls do."""
    if _split(kind, reference)[1] != get_region():
        raise RefusedError("InvalidParameterValue", f"{reference} is not in {get_region()}.")
    return find(kind, reference)


def listed(kind: Kind) -> list[Record]:
    """Every record of the request's region, by identifier."""
    return [record for _name, record in sorted(_STORES[kind].items())]


def everywhere(kind: Kind) -> Iterator[tuple[str, str, Record]]:
    """Every record of every region, with its account and region."""
    for (account, region, _name), record in list(_STORES[kind].all_items()):
        yield account, region, record


def keep(kind: Kind, record: Record) -> None:
    """Add a record. Raises `RefusedError` where its identifier is taken."""
    name = identifier_of(kind, record)
    if name in _STORES[kind]:
        raise exists(NAMES[kind], name)
    _STORES[kind][name] = record


def drop(kind: Kind, record: Record) -> None:
    """Remove a record, with its tags."""
    if holds(kind, record):
        del _STORES[kind][identifier_of(kind, record)]
    rds._tags.pop(arn_of(kind, identifier_of(kind, record)), None)
    changed.notify_all()


def holds(kind: Kind, record: Record) -> bool:
    """Whether this very record is still there, not another that took its name."""
    return _STORES[kind].get(identifier_of(kind, record)) is record


def set_tags(arn: str, tags: list[dict[str, str]]) -> None:
    """Put a resource's tags where every call of the emulator reads them."""
    rds._tags[arn] = list(tags)
    rds._sync_tag_list_to_resource(arn)


def _split(kind: Kind, reference: str) -> tuple[str, str]:
    """The identifier and the region that a reference names. Automated snapshots have a colon in their name."""
    if not reference.startswith("arn:"):
        return reference, get_region()
    _arn, _partition, _service, region, _account, resource_type, name = reference.split(":", 6)
    if resource_type != kind:
        raise RefusedError("InvalidParameterValue", f"{reference} is not the ARN of a {NAMES[kind]}.")
    return name, region
