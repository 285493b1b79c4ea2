"""Dumps of a real database through the function's own entry point, restored into another server."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from functions.backup_checks.tables import list_tables, look_into
from functions.backup_dump import handler, wiring
from functions.backup_dump.part import CancelAskedError, DumpFailedError, DumpTookTooLongError
from functions.backup_dump.plan import Content, Part
from functions.backup_dump.program import command
from functions.core.domain.backup.facts import TableFacts
from functions.core.domain.errors import MisconfiguredError
from functions.database.errors import DatabaseRefusesError
from functions.database.restored import NotARestoredCopyError
from local.cloud.certificate import ensure
from local.cloud.processes import free_port
from local.databases.programs import programs
from local.databases.server import HOST, Server
from tests.contract.tables import REGION, a_table
from tests.integration.backup.copies import BACKUP, SCHEMA, access_to, asker, run
from tests.integration.backup.tls_front import tls_front
from tests.postgres import primary

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BUCKET = "statline-backups-of-a-test"
RECORD = {
    "pk": "BACKUP",
    "sk": BACKUP,
    "kind": "dump",
    "reason": "a test",
    "started_by": "somebody",
    "execution": "arn",
    "started_at": "2026-01-01T12:00:00Z",
    "step": "dump",
}


STRANGE = (
    "ALTER ROLE statline_backup BYPASSRLS",
    """CREATE TABLE "Ünï ""cödé"" $x" ("a b" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                                     twice int GENERATED ALWAYS AS ("a b" * 2) STORED, words text)""",
    """INSERT INTO "Ünï ""cödé"" $x" (words) VALUES ('one'), ('two')""",
    'CREATE SCHEMA "a.b*"',
    'CREATE TABLE "a.b*"."line\nbreak? \'%s|[x]" (a int)',
    'INSERT INTO "a.b*"."line\nbreak? \'%s|[x]" VALUES (7)',
    # A neighbour that a pattern would take for it.
    'CREATE TABLE "a.b*"."line\nbreaks \'%s|x" (a int)',
    "CREATE TABLE guarded (a int)",
    "INSERT INTO guarded VALUES (1), (2)",
    "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY odd ON guarded USING (a % 2 = 1)",
    "SELECT lo_from_bytea(424242, 'a scan of a page')",
    "GRANT SELECT ON LARGE OBJECT 424242 TO statline_backup",
)
"""What a dump has stumbled over before: names that are patterns, rows behind a policy, what no table holds."""


@dataclass
class Context:
    """Lambda's, with so much time left."""

    seconds: float = 600.0

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class World:
    """A restored copy, and AWS around it (moto)."""

    copy: Server
    s3: "S3Client"
    tables: "DynamoDBClient"
    patch: pytest.MonkeyPatch

    def configure(self, *, trust: str = "") -> None:
        replica = {"host": "the-replica", "port": 1, "name": "postgres", "user": "statline_backup", "trust": trust}
        for name, value in (("BACKUPS_TABLE", "backups"), ("BUCKET", BUCKET), ("REPLICA", json.dumps(replica))):
            self.patch.setenv(name, value)
        wiring.wire.cache_clear()

    def call(self, operation: str, *, host: str = HOST, port: int | None = None, **more: Any) -> dict[str, Any]:
        place = {"backup": BACKUP, "host": host, "port": port or self.copy.port}
        return handler.handle({"operation": operation, **place, **more}, Context())

    def record(self, **more: str) -> None:
        item = {name: {"S": value} for name, value in {**RECORD, **more}.items()}
        self.tables.put_item(TableName="backups", Item=item)

    def keys(self) -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@pytest.fixture(scope="module")
def copy() -> Iterator[Server]:
    with primary() as server:
        run(server, *SCHEMA.split(";\n"), *STRANGE)
        yield server


@pytest.fixture
def world(copy: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_table("backups") as tables:
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(
            Bucket=BUCKET,
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": "ca-central-1"},
        )
        made = World(copy, s3, tables, monkeypatch)
        made.configure()
        made.record()
        yield made
        wiring.wire.cache_clear()


def contents(server: Server) -> dict[str, TableFacts]:
    """What every table of a server holds."""
    with asker(server, replica_only=False) as asking:
        tables = list_tables(asking)
        looked = look_into(asking, tables, read={table.name for table in tables})
        # Where a row lies, and so how many pages there are, is no part of a dump.
        return {name: TableFacts(0, each.rows, each.fingerprint, each.newest) for name, each in looked.tables.items()}


def restore(server: Server, file: Path) -> None:
    target = ["--exit-on-error", "--dbname", server.dsn()]
    done = subprocess.run([programs() / "pg_restore", *target, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_dump_that_is_restored_elsewhere_holds_what_the_source_holds(world: World, tmp_path: Path) -> None:
    parts = world.call("plan")["parts"]
    answers = [world.call("part", part=part) for part in parts]
    location = world.call("finish", parts=answers)["location"]

    assert location == f"s3://{BUCKET}/dumps/{BACKUP}/"
    manifest = json.loads(world.s3.get_object(Bucket=BUCKET, Key=f"dumps/{BACKUP}/manifest.json")["Body"].read())
    with primary() as target:
        run(target, "CREATE ROLE statline_backup LOGIN BYPASSRLS", "GRANT pg_read_all_data TO statline_backup")
        for part in manifest["parts"]:
            stored = world.s3.get_object(Bucket=BUCKET, Key=part["key"], VersionId=part["version"])["Body"].read()
            assert (len(stored), hashlib.sha256(stored).hexdigest()) == (part["bytes"], part["sha256"])
            (tmp_path / "part").write_bytes(stored)
            restore(target, tmp_path / "part")

        assert contents(target) == contents(world.copy)
        assert run(target, "SELECT lo_get(424242)") == [(b"a scan of a page",)]
        assert run(target, """SELECT sum(twice) FROM "Ünï ""cödé"" $x" """) == [(6,)]
        assert run(target, "SELECT last_value FROM tickets") == [(700,)]
        assert run(target, "SELECT nextval('messages_id_seq')") == [(3001,)]
        assert run(target, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated") == run(
            world.copy, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated"
        )


def test_a_dump_goes_through_tls_and_a_token_where_there_is_trust(world: World, tmp_path: Path) -> None:
    certificate = tmp_path / "server.pem"
    with tls_front(world.copy, certificate) as front:
        world.configure(trust=str(certificate))
        part = {"number": 0, "of": 1, "content": "tables", "name": "messages", "tables": [["public", "messages"]]}
        made = world.call("part", port=front.port, part=part)

    # One for the look at the copy, one for pg_dump.
    assert front.carried == ["TLSv1.3", "TLSv1.3"]
    file = tmp_path / "part"
    file.write_bytes(world.s3.get_object(Bucket=BUCKET, Key=made["key"])["Body"].read())
    listed = subprocess.run([programs() / "pg_restore", "--list", file], capture_output=True, text=True, check=True)
    assert "TABLE DATA public messages" in listed.stdout


def test_a_server_with_another_certificate_is_not_dumped(world: World, tmp_path: Path) -> None:
    strangers = tmp_path / "strangers.pem"
    ensure(strangers)
    with tls_front(world.copy, tmp_path / "server.pem") as front:
        world.configure(trust=str(strangers))
        with pytest.raises(DatabaseRefusesError, match="certificate"):
            _part_of(world, Part(0, Content.DEFINITIONS, "definitions"), port=front.port)

    assert world.keys() == []


def test_a_server_by_another_name_is_not_dumped(world: World, tmp_path: Path) -> None:
    certificate = tmp_path / "server.pem"
    with tls_front(world.copy, certificate, host="127.0.0.2") as front:
        world.configure(trust=str(certificate))
        with pytest.raises(DatabaseRefusesError):
            _part_of(world, Part(0, Content.DEFINITIONS, "definitions"), host="127.0.0.2", port=front.port)

    assert world.keys() == []


def _part_of(world: World, part: Part, **place: Any) -> dict[str, Any]:
    """Through the handler, but without the look at the copy, which would refuse the server first."""
    world.patch.setattr("functions.backup_dump.copy_tables.CopyTables.list", lambda _: [])
    planned = {"number": 0, "of": 1, "content": part.content.value, "name": part.name, "tables": part.tables}
    return world.call("part", part=planned, **place)


def test_a_cancelled_backup_is_dumped_no_further(world: World) -> None:
    (first, *_) = world.call("plan")["parts"]
    world.record(cancel_asked_by="somebody else")

    with pytest.raises(CancelAskedError, match="somebody else"):
        world.call("part", part=first)

    assert world.keys() == []


def test_a_part_that_cannot_be_made_leaves_nothing_and_says_what_pg_dump_said(world: World) -> None:
    absent = {"number": 1, "of": 2, "content": "tables", "name": "absent", "tables": [["public", "absent"]]}

    with pytest.raises(DumpFailedError, match="no matching tables were found"):
        world.call("part", part=absent)

    assert world.keys() == []
    assert "Uploads" not in world.s3.list_multipart_uploads(Bucket=BUCKET)


def test_what_the_role_may_not_read_is_said_by_pg_dump_and_no_dump_goes_without_it(world: World) -> None:
    rest = {"number": 1, "of": 2, "content": "rest", "name": "other-data", "tables": []}
    rows = {"number": 1, "of": 2, "content": "tables", "name": "guarded", "tables": [["public", "guarded"]]}
    run(
        world.copy,
        "REVOKE SELECT ON LARGE OBJECT 424242 FROM statline_backup",
        "ALTER ROLE statline_backup NOBYPASSRLS",
    )
    try:
        with pytest.raises(DumpFailedError, match="permission denied for large object 424242"):
            world.call("part", part=rest)
        with pytest.raises(DumpFailedError, match="row-level security"):
            world.call("part", part=rows)
    finally:
        run(
            world.copy, "GRANT SELECT ON LARGE OBJECT 424242 TO statline_backup", "ALTER ROLE statline_backup BYPASSRLS"
        )

    assert world.keys() == []


def test_a_part_that_takes_too_long_is_ended_and_leaves_nothing(world: World) -> None:
    (first, *_) = world.call("plan")["parts"]
    event = {"operation": "part", "backup": BACKUP, "host": HOST, "port": world.copy.port, "part": first}

    with pytest.raises(DumpTookTooLongError):
        handler.handle(event, Context(seconds=1))

    assert world.keys() == []
    assert "Uploads" not in world.s3.list_multipart_uploads(Bucket=BUCKET)


def test_a_primary_is_not_dumped(world: World) -> None:
    follower = Server(world.copy.directory.parent / "follower", free_port())
    follower.clone(world.copy, slot="follower")
    follower.start()
    try:
        with pytest.raises(NotARestoredCopyError):
            world.call("plan", port=world.copy.port)
        with pytest.raises(NotARestoredCopyError):
            world.call("plan", port=follower.port)
    finally:
        follower.remove()
        run(world.copy, "SELECT pg_drop_replication_slot('follower')")


def test_a_function_without_the_layer_says_which_one_it_lacks(world: World) -> None:
    world.patch.setattr("functions.backup_dump.program._PACKAGE", "no_package_of_this_name")

    with pytest.raises(MisconfiguredError, match=r"locks/lambda-dump\.txt"):
        command(Part(0, Content.DEFINITIONS, "definitions"), access_to(world.copy), taken=[])


def test_the_password_is_in_no_command_line(world: World) -> None:
    line = command(Part(0, Content.DEFINITIONS, "definitions"), access_to(world.copy), taken=[])

    assert "--no-password" in line
    assert not [word for word in line if "assword=" in word]
