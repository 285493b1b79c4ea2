"""``statline directory reconcile``: have the directory compared with the database's views now."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import boto3
import typer
from botocore.config import Config
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from statline.cli.console import aws_errors, err, fail, out
from statline.cli.exits import Exit
from statline.cli.options import Region

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

FUNCTION = "statline-reconcile"
_ALIAS = "live"
_ONE_RUN = Config(connect_timeout=3, read_timeout=910, retries={"total_max_attempts": 1}, tcp_keepalive=True)
"""As long as a function can run, and once: a run whose answer is lost goes on by itself."""


class Held(BaseModel):
    """Entries of one kind that the views lack and that were left."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    kind: str
    count: int
    of: int


class Answer(BaseModel):
    """What the function says that it did. data_at: the replica's moment."""

    model_config = ConfigDict(frozen=True)

    data_at: AwareDatetime
    entries: dict[str, int]
    repaired: int
    deleted: int
    held_back: tuple[Held, ...]
    refused: int
    disagreeing: int


def reconcile(
    region: Region,
    allow_deletions: Annotated[
        int | None,
        typer.Option(
            metavar="PERCENT",
            min=0,
            max=100,
            help="For this run: so much of a tenant's entries of one kind may go. Look at the views first.",
        ),
    ] = None,
) -> None:
    """Compare the directory with the database's views now, and repair what differs.

    A schedule does the same. Run by hand it can be let delete more than usual, where a whole site has left.
    """
    asked = {} if allow_deletions is None else {"allow_deletions_percent": allow_deletions}
    with aws_errors("reconciling the directory", region), _while_it_runs():
        client: LambdaClient = boto3.client("lambda", region_name=region, config=_ONE_RUN)
        answer = _invoked(client, region, asked)
    _print(answer)
    for held in answer.held_back:
        err().print(
            f"{held.tenant}: {held.count:,} of {held.of:,} {held.kind} entries are missing in the views, and were left."
            f" If they are meant to go: --allow-deletions {-(-held.count * 100 // held.of)}",
            markup=False,
        )
    if answer.held_back:
        raise typer.Exit(int(Exit.NO))


def _invoked(client: "LambdaClient", region: str, asked: dict[str, int]) -> Answer:
    try:
        reply = client.invoke(FunctionName=FUNCTION, Qualifier=_ALIAS, Payload=json.dumps(asked))
    except client.exceptions.ResourceNotFoundException:
        fail(f"{region} has no reconcile: its config names no database to take the directory from.", Exit.NO)
    except client.exceptions.TooManyRequestsException:
        fail("A reconcile is running already. Wait for it; it does the same.", Exit.NO)
    text = reply["Payload"].read()
    if "FunctionError" in reply:
        fail(f"The reconcile in {region} failed: {_error(text)}. Its log: /aws/lambda/{FUNCTION}", Exit.NO)
    try:
        return Answer.model_validate_json(text)
    except ValidationError:
        fail(f"{FUNCTION} in {region} answered what this command does not know: update it.", Exit.NO)


def _error(text: bytes) -> str:
    try:
        told = json.loads(text)
        return f"{told['errorType']}: {told['errorMessage']}".rstrip(".")
    except (ValueError, KeyError, TypeError):
        return "it said no more"


@contextmanager
def _while_it_runs() -> Iterator[None]:
    """A run takes from seconds to minutes."""
    console, words = err(), "comparing the directory with the views; this may take minutes"
    if not console.is_terminal:
        console.print(f"{words} ...")
        yield
        return
    with console.status(words):
        yield


def _print(answer: Answer) -> None:
    console = out()
    entries = ", ".join(f"{count:,} {kind}" for kind, count in answer.entries.items()) or "nothing"
    console.print(f"the database as of {answer.data_at:%Y-%m-%d %H:%M:%S}Z; the directory has {entries}", markup=False)
    console.print(
        f"repaired {answer.repaired:,}, deleted {answer.deleted:,}, refused {answer.refused:,} rows,"
        f" {answer.disagreeing:,} disagree without a newer revision",
        markup=False,
    )
