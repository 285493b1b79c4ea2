"""RDS's calls about exports of snapshots to S3."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import iam, s3

from local.emulator.rds import paging, passages, servers, store
from local.emulator.rds.bus import moment
from local.emulator.rds.records import Request
from local.emulator.rds.refusals import RefusedError
from local.emulator.rds.states import AVAILABLE, Action, Kind
from local.emulator.rds.store import Record

_FILTERED: Mapping[str, Callable[[Record], set[str]]] = MappingProxyType(
    {
        "export-task-identifier": lambda record: {record["ExportTaskIdentifier"]},
        "s3-bucket": lambda record: {record["S3Bucket"]},
        "source-arn": lambda record: {record["SourceArn"]},
        "status": lambda record: {record["Status"].lower(), record["Status"]},
    }
)
_AS_FILTERS: Mapping[str, str] = MappingProxyType(
    {"ExportTaskIdentifier": "export-task-identifier", "SourceArn": "source-arn"}
)


def start(request: Request) -> dict[str, Any]:
    """StartExportTask."""
    source = store.find_at_home(Kind.SNAPSHOT, request["SourceArn"])
    if source["Status"] != AVAILABLE:
        raise RefusedError("InvalidExportSourceStateFault", f"{request['SourceArn']} is {source['Status']}.")
    if request["S3BucketName"] not in s3._buckets:
        raise RefusedError("InvalidS3BucketFault", f"The bucket {request['S3BucketName']} does not exist.")
    if request["IamRoleArn"].rsplit("/", 1)[-1] not in iam._roles:
        raise RefusedError("IamRoleNotFoundFault", f"The role {request['IamRoleArn']} does not exist.")
    made = _record(request, source)
    store.keep(Kind.EXPORT, made)
    passages.begin(Kind.EXPORT, Action.EXPORT, made)
    return _answer(made)


def describe(request: Request) -> dict[str, Any]:
    """DescribeExportTasks. One that does not exist is an empty listing."""
    plain = [{"Name": name, "Values": [request[field]]} for field, name in _AS_FILTERS.items() if request.get(field)]
    chosen = paging.filtered(store.listed(Kind.EXPORT), [*plain, *request.get("Filters", ())], _FILTERED)
    answers = [_answer(record) for record in chosen]
    return paging.page("ExportTasks", answers, request, lambda record: str(record["ExportTaskIdentifier"]))


def cancel(request: Request) -> dict[str, Any]:
    """CancelExportTask. One that has ended stays as it ended."""
    record = store.find(Kind.EXPORT, request["ExportTaskIdentifier"])
    if record["_action"] == Action.EXPORT and "TaskEndTime" not in record:
        passages.begin(Kind.EXPORT, Action.CANCEL, record)
    return _answer(record)


def _record(request: Request, source: Record) -> Record:
    name, unique = request["ExportTaskIdentifier"], new_uuid()
    return {
        "ExportTaskIdentifier": name,
        "SourceArn": request["SourceArn"],
        "SourceType": "SNAPSHOT",
        "SnapshotTime": source["SnapshotCreateTime"],
        "TaskStartTime": moment(),
        "S3Bucket": request["S3BucketName"],
        "S3Prefix": request.get("S3Prefix", ""),
        "IamRoleArn": request["IamRoleArn"],
        "KmsKeyId": request["KmsKeyId"],
        "TotalExtractedDataInGB": 0,
        "_directory": servers.place_of(Kind.EXPORT, name, unique),
        "_exported_directory": source["_directory"],
        "_port": servers.new_port(),
        "_told_of": source["DBSnapshotIdentifier"],
    }


def _answer(record: Record) -> Record:
    return {**record, "PercentProgress": passages.progress(Kind.EXPORT, record)}


CALLS: Mapping[str, Callable[[Request], dict[str, Any]]] = MappingProxyType(
    {"StartExportTask": start, "DescribeExportTasks": describe, "CancelExportTask": cancel}
)
