"""``statline database``: find a session that dumps the primary, and end it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

from statline.cli.caller import caller
from statline.cli.console import aws_errors, err, fail, out
from statline.cli.database.access import Wishes, access
from statline.cli.database.audit import (
    Actor,
    EitherRecord,
    FileRecord,
    NotRecordedError,
    Record,
    TableRecord,
    operating_system_user,
)
from statline.cli.database.choice import Choice, choose, confirm
from statline.cli.database.ending import Ended, Ender
from statline.cli.database.model import DatabaseError, Ending, OptionError, Session
from statline.cli.database.view import lines_of
from statline.cli.exits import EXPLAINED, Exit
from statline.cli.options import Region
from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from statline.cli.database.server import Server

database = typer.Typer(
    no_args_is_help=True,
    help="Break glass: see who dumps the primary, and end it. Backups never need this: `statline backup`.",
)

Host = Annotated[
    str, typer.Option(help="The server. Unsaid: the instance with the tag statline:database-role=primary.")
]
Port = Annotated[int | None, typer.Option(min=1, max=65_535, help="Its port. Unsaid: as RDS says, or 5432.")]
User = Annotated[str, typer.Option(help="Whom to come as: a role with pg_monitor and pg_signal_backend.")]
Name = Annotated[str, typer.Option("--database", help="The database to connect to; sessions of all are seen.")]
Trust = Annotated[Path | None, typer.Option(metavar="FILE", help="The authorities of RDS's certificates (PEM).")]
NoTls = Annotated[bool, typer.Option("--no-tls", help="For a server on this machine only: no certificate, no token.")]
Tunnel = Annotated[str, typer.Option(metavar="ADDRESS:PORT", help="The near end of a forwarded port to the server.")]
Password = Annotated[bool, typer.Option("--password", help="Sign in with PGPASSWORD (or a prompt), not with IAM.")]


@database.command(epilog=EXPLAINED)
def sessions(
    region: Region,
    *,
    host: Host = "",
    port: Port = None,
    user: User = "statline_break_glass",
    database: Name = "postgres",
    trust: Trust = None,
    no_tls: NoTls = False,
    tunnel: Tunnel = "",
    password: Password = False,
    everybody: Annotated[bool, typer.Option("--all", help="Show sessions that are no dump, too.")] = False,
) -> None:
    """List the sessions that dump the primary. No statement is shown, and none is read."""
    wishes = Wishes(
        region=region, host=host, port=port, user=user, database=database,
        trust=trust, no_tls=no_tls, tunnel=tunnel, password=password,
    )  # fmt: skip
    with _server(wishes, ending=False) as server:
        found = [session for session in server.sessions() if everybody or session.is_dump]
    if not found:
        out().print("Nobody dumps it: no pg_dump, no COPY ... TO, no cursor of a dump, no export.")
        return
    _list(found)


@database.command(epilog=EXPLAINED)
def end(
    region: Region,
    reason: Annotated[str, typer.Option(help="Why, for the record. No patient's name in it.")],
    pids: Annotated[list[int] | None, typer.Argument(metavar="PID", help="Unsaid: choose from the list.")] = None,
    *,
    host: Host = "",
    port: Port = None,
    user: User = "statline_break_glass",
    database: Name = "postgres",
    trust: Trust = None,
    no_tls: NoTls = False,
    tunnel: Tunnel = "",
    password: Password = False,
    anybody: Annotated[
        bool, typer.Option("--any", help="End also a session that is no dump, after a second confirmation.")
    ] = False,
    record_file: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Where the audit record goes if its table cannot be written."),
    ] = None,
) -> None:
    """End sessions that dump the primary, after a typed confirmation, and keep a record of it.

    Replication, autovacuum and sessions of RDS itself are never ended.
    """
    if not reason.strip():
        fail("--reason is empty: say why, for the record.", Exit.INPUT)
    wishes = Wishes(
        region=region, host=host, port=port, user=user, database=database,
        trust=trust, no_tls=no_tls, tunnel=tunnel, password=password,
    )  # fmt: skip
    with _server(wishes, ending=True) as server:
        chosen = _chosen(server.sessions(), pids, anybody=anybody)
        if not confirm(chosen):
            fail("That is not what was to be typed. Nothing was ended.", Exit.NO)
        ender = Ender(
            server=server,
            record=_record(region, record_file),
            actor=_actor(region, reason.strip(), server.where, may_be_unknown=record_file is not None),
        )
        try:
            ended = [_said(each) for each in ender.end([*chosen.dumps, *chosen.others])]
        except NotRecordedError as cause:
            fail(
                f"Nothing was ended: {cause}. Without a record no session is ended; --record-file PATH keeps it in a "
                "file instead.",
                Exit.AWS,
            )
    if any(each.unrecorded for each in ended):
        raise typer.Exit(int(Exit.AWS))
    if not all(each.ending in {Ending.ENDED, Ending.GONE} for each in ended):
        raise typer.Exit(int(Exit.NO))


@contextmanager
def _server(wishes: Wishes, *, ending: bool) -> "Iterator[Server]":
    """The server, asked whether the user may do this. What goes wrong leaves with words and a code."""
    server_class = _server_class()
    try:
        with aws_errors("looking for the primary", wishes.region):
            found = access(wishes)
        with server_class(found) as server:
            replica = server.check(ending=ending)
            err().print(f"{server.where}, {'a replica' if replica else 'a primary'}, as {wishes.user}", markup=False)
            yield server
    except OptionError as cause:
        fail(str(cause), Exit.INPUT)
    except DatabaseError as cause:
        fail(str(cause), Exit.NO)


def _server_class() -> "type[Server]":
    """Imported when it is needed: other commands start faster, and work where psycopg does not."""
    try:
        from statline.cli.database.server import Server  # noqa: PLC0415 - see above
    except ImportError as cause:
        fail(
            f"This command speaks to PostgreSQL and needs psycopg ({cause}): pip install 'psycopg[binary]'", Exit.INPUT
        )
    return Server


def _chosen(found: Sequence[Session], pids: Sequence[int] | None, *, anybody: bool) -> Choice:
    listed = [session for session in found if session.is_dump and not session.untouchable]
    if pids is None and not listed:
        fail("Nobody dumps it: there is nothing to end.", Exit.NO)
    if pids is None:
        _list(listed)
        typed = typer.prompt("Process ids to end, with spaces between", default="", show_default=False)
        pids = [int(word) for word in typed.split() if word.isdecimal()]
    choice = choose(found, pids, anybody=anybody)
    for words in choice.refused:
        err().print(words, markup=False)
    if choice.is_empty:
        fail("Nothing was ended.", Exit.NO)
    _list([*choice.dumps, *choice.others])
    return choice


def _list(sessions: Iterable[Session]) -> None:
    console = out()
    for line in lines_of(sessions, datetime.now(UTC)):
        console.print(line, markup=False)


def _record(region: str, record_file: Path | None) -> Record:
    with aws_errors("opening the audit record", region):
        client: DynamoDBClient = boto3.client("dynamodb", region_name=region, config=PATIENCE)
    table = TableRecord(client)
    return EitherRecord(table, FileRecord(record_file)) if record_file else table


def _actor(region: str, reason: str, primary: str, *, may_be_unknown: bool) -> Actor:
    """Who acts. AWS may be out of reach on such a night; then the file has the operating system's user alone."""
    user, machine = operating_system_user()
    try:
        arn = caller(region).arn
    except (ClientError, BotoCoreError) as cause:
        if not may_be_unknown:
            fail(
                f"Nothing was ended: AWS does not say who you are ({type(cause).__name__}), and without a record no"
                " session is ended. Check the credentials, or name a file with --record-file PATH.",
                Exit.AWS,
            )
        arn = f"unknown: {type(cause).__name__}"
    return Actor(caller=arn, user=user, machine=machine, reason=reason, primary=primary)


def _said(ended: Ended) -> Ended:
    console = out() if ended.ending in {Ending.ENDED, Ending.GONE} else err()
    console.print(f"session {ended.session.pid} {ended.words}", markup=False)
    if ended.unrecorded:
        err().print(f"and its result is NOT recorded: {ended.unrecorded}; keep this output", markup=False)
    return ended
