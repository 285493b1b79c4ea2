"""``statline redrive``: dead letters back to work."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import boto3
import typer
from botocore.config import Config

from statline.cli.console import aws_errors, err, fail, out
from statline.cli.exits import Exit
from statline.cli.options import Region
from statline.cli.redrive.letters import Tally
from statline.cli.redrive.list import counts, table_of
from statline.cli.redrive.queues import QUEUES, Content, DeadQueue, named
from statline.cli.redrive.run import Redrive, Wishes
from statline.cli.redrive.view import findings, outcome, progress, span
from statline.cli.redrive.walk import Walk
from statline.cli.redrive.ways import RECEIPTS, ROUTER, Copies, Straight, Way
from statline.cli.stopping import asked_to_stop
from statline.client.connecting import PATIENCE
from statline.client.errors import QueueNotFoundError
from statline.client.posting import Post

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_sqs import SQSClient

_FUNCTIONS_PATIENCE = Config(connect_timeout=3, read_timeout=70, retries={"mode": "standard", "total_max_attempts": 3})
"""Longer than the function may run: what it did with a message is only known from its answer."""
_STRAIGHT_TO: Mapping[Content, str] = {Content.MESSAGE: ROUTER, Content.WORD: RECEIPTS}
_EVERY = 500
"""Off a terminal, so many letters for a line of progress."""
_KEPT_FOR_PEOPLE = {
    "quarantine": "What lies there was refused and answered: docs/runbooks/quarantine.md says what to do with it.",
    "lost-events": "Its letters are no work of a function: docs/runbooks/late-events.md says what to do with them.",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """One queue of one region, and AWS's clock."""

    sqs: "SQSClient"
    post: Post
    queue: DeadQueue
    now: Callable[[], datetime]


def redrive(
    region: Region,
    queue: Annotated[
        str | None, typer.Argument(metavar="QUEUE", help="As push-urgent. Unsaid: list the dead letters of all.")
    ] = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Do it, after a confirmation. Unsaid: only say what.")] = False,
    expired: Annotated[
        Literal["keep", "record"],
        typer.Option(
            help="What is past its deadline is sent to nobody. keep: it stays where it is. record: its function"
            " records it as expired and tells the producer."
        ),
    ] = "keep",
    per_second: Annotated[float, typer.Option(min=0.1, max=100, help="So many letters a second.")] = 5.0,
    most: Annotated[int | None, typer.Option("--max", min=1, help="Hand over so many and no more.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: for scripts.")] = False,
) -> None:
    """Send dead letters back to work, once their cause is gone. Says first what it would do.

    Nobody is reached twice by it: who was reached is known. A letter is deleted only after work has taken it. No
    letter's text is shown. Ctrl-C ends it after the letters at hand.
    """
    with aws_errors("redriving dead letters", region):
        sqs: SQSClient = boto3.client("sqs", region_name=region, config=PATIENCE)
        if queue is None:
            _list(sqs, region)
            return
        place = _place(sqs, _known(queue), region)
        wishes = Wishes(per_second=per_second, expired_too=expired == "record", most=most)
        found = _survey(place, wishes)
        if apply and _is_work(found, wishes):
            if not yes:
                _confirm(place, found, wishes)
            _apply(place, wishes, region)
        elif not apply and found.found:
            out().print("Nothing was done. With --apply it is.")


def _list(sqs: "SQSClient", region: str) -> None:
    found = counts(sqs)
    if not found:
        fail(f"{region} has none of Statline's queues: nothing is deployed, or not for these credentials", Exit.NO)
    out().print(table_of(found))


def _known(name: str) -> DeadQueue:
    known = named(name)
    if known is None:
        other = next((words for part, words in _KEPT_FOR_PEOPLE.items() if part in name), "")
        fail(
            f"{name} has no dead letters to send again. {other or 'Those that have: ' + ', '.join(QUEUES)}", Exit.INPUT
        )
    return known


def _place(sqs: "SQSClient", queue: DeadQueue, region: str) -> _Place:
    post = Post(sqs)
    try:
        answer: Any = sqs.get_queue_attributes(QueueUrl=post.url(queue.dead), AttributeNames=["QueueArn"])
    except QueueNotFoundError:
        fail(f"{region} has no queue {queue.dead}: see `statline redrive --region {region}` for those it has", Exit.NO)
    ahead = _aws_time(answer) - datetime.now(UTC)
    return _Place(sqs, post, queue, lambda: datetime.now(UTC) + ahead)


def _aws_time(answer: Any) -> datetime:
    """AWS's time and not this machine's: a laptop that is an hour slow would take an expired letter for fresh."""
    said = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(said).astimezone(UTC) if said else datetime.now(UTC)


def _survey(place: _Place, wishes: Wishes) -> Tally:
    """Look through the queue and say what there is."""
    with _run(place) as (run, letters):
        for _ in _shown(run.survey(letters), "looking"):
            pass
    for line in findings(place.queue, run.tally, place.now(), expired_too=wishes.expired_too):
        out().print(line, markup=False)
    if place.queue.is_stat and run.tally.found:
        out().print("  statline-dead-letters takes these up by itself. That they lie here says that it fails, too.")
    if run.tally.stopped:
        fail("Nothing was done.", Exit.NO)
    return run.tally


def _is_work(found: Tally, wishes: Wishes) -> bool:
    if any(found.fates[fate] for fate in wishes.fates):
        return True
    if found.found:
        fail("Nothing was done: no letter is to be handed over.", Exit.NO)
    return False


def _confirm(place: _Place, found: Tally, wishes: Wishes) -> None:
    count = sum(found.fates[fate] for fate in wishes.fates)
    count = min(count, wishes.most or count)
    seconds = span(timedelta(seconds=count / wishes.per_second))
    question = f"Is their cause gone? Hand {count:,} over to {place.queue.name} now, which takes {seconds}?"
    try:
        wanted = typer.confirm(question, default=False, err=True)
    except typer.Abort:
        fail("\nNothing was done: nobody confirmed it. In a script, say --yes.", Exit.INPUT)
    if not wanted:
        fail("Nothing was done.", Exit.NO)


def _apply(place: _Place, wishes: Wishes, region: str) -> None:
    with _run(place) as (run, letters):
        for _ in _shown(run.apply(letters, _way(place, region), wishes), "handing over"):
            pass
    tally = run.tally
    for line in outcome(place.queue, tally):
        out().print(line, markup=False)
    if tally.not_taken or tally.undeleted:
        raise typer.Exit(int(Exit.PARTLY if tally.handed_over else Exit.AWS))
    if tally.stopped:
        raise typer.Exit(int(Exit.PARTLY))


def _way(place: _Place, region: str) -> Way:
    url = place.post.url(place.queue.work)
    function = _STRAIGHT_TO.get(place.queue.content)
    if function is None:
        return Copies(place.post, url)
    functions: LambdaClient = boto3.client("lambda", region_name=region, config=_FUNCTIONS_PATIENCE)
    arn = place.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Straight(functions, function, arn)


@contextmanager
def _run(place: _Place) -> Iterator[tuple[Redrive, Walk]]:
    """A run over the queue, which ends when somebody presses Ctrl-C; what it leaves is shown to others again."""
    letters = Walk(place.sqs, place.post.url(place.queue.dead))
    with asked_to_stop() as stop:
        run = Redrive(queue=place.queue, began=place.now(), now=place.now, pause=stop.wait, stopping=stop.is_set)
        try:
            yield run, letters
        finally:
            letters.release()


def _shown(tallies: Iterable[Tally], doing: str) -> Iterator[Tally]:
    """The tallies, with progress: on a terminal in one line, else a line now and then."""
    console = err()
    if console.is_terminal:
        with console.status(doing) as status:
            for tally in tallies:
                status.update(f"{doing}: {progress(tally)}")
                yield tally
        return
    said = 0
    for tally in tallies:
        if tally.found // _EVERY > said:
            said = tally.found // _EVERY
            console.print(f"{doing}: {progress(tally)}")
        yield tally
