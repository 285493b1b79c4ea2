"""Exports of snapshots: a server on a copy of the data, every table of every database through COPY, into the bucket.

AWS writes Parquet; here each table is one gzip file of CSV with a header, because nothing that writes Parquet is at
hand. Keys are as on AWS but for the ending: `<prefix>/<task>/<database>/<schema>.<table>/1/part-00000.csv.gz`, and
`<prefix>/<task>/export_info_<task>.json` beside them.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from ministack.services import s3

from local.databases.machines import Machine
from local.databases.server import Server, ServerError
from local.emulator.rds.store import Record

_DATABASES = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
_TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
_FIRST_ERROR = 400


def export(record: Record) -> None:
    """Write the tables of the task's snapshot. Raises `ServerError`, also where S3 refuses a file."""
    server = Server(Path(record["_directory"]), int(record["_port"]), machine=Machine.OTHER)
    server.remove()
    try:
        server.fill(Path(record["_exported_directory"]))
        server.start()
        tables = list(_written(server, record))
    finally:
        server.remove()
    info = {"exportTaskIdentifier": record["ExportTaskIdentifier"], "sourceArn": record["SourceArn"], "tables": tables}
    _put(record, f"export_info_{record['ExportTaskIdentifier']}.json", json.dumps(info).encode())


def _written(server: Server, record: Record) -> Iterator[dict[str, object]]:
    for database in server.ask(_DATABASES).splitlines():
        for table in server.ask(_TABLES, database).splitlines():
            text = server.ask(f"COPY {table} TO STDOUT WITH (FORMAT csv, HEADER)", database)
            _put(record, f"{database}/{table}/1/part-00000.csv.gz", gzip.compress(text.encode()))
            yield {"database": database, "table": table, "rows": max(text.count("\n"), 0)}


def _put(record: Record, name: str, body: bytes) -> None:
    parts = (record.get("S3Prefix", "").strip("/"), record["ExportTaskIdentifier"], name)
    key = "/".join(filter(None, parts))
    status, _headers, answer = s3._put_object(record["S3Bucket"], key, body, {})[:3]
    if status >= _FIRST_ERROR:
        raise ServerError(f"S3 refused s3://{record['S3Bucket']}/{key}: {answer!r}")
