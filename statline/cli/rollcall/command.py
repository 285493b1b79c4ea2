"""``statline rollcall``."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import boto3
import typer

from functions.core.domain.paging.roll_call import RollCall, roll_call_of
from functions.core.domain.routing.refusals import SENTENCES, Refusal
from functions.core.services.see_roll_call import SeeRollCall
from statline.cli.console import aws_errors, err, fail, out
from statline.cli.exits import Exit
from statline.cli.notification.show import find_refusal
from statline.cli.options import Owner, Region
from statline.cli.rollcall.follow import Sight, follow
from statline.cli.rollcall.search import LOOK_BACK, last_roll_call, roll_calls_of
from statline.cli.rollcall.view import report, show
from statline.client import StatlineClient
from statline.client.connecting import PATIENCE
from statline.contract.words import RollCallStanding

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW: Callable[[], datetime] = partial(datetime.now, UTC)
PAUSE: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line said."""

    team: str
    tenant: str
    region: str
    owner: str | None


def rollcall(
    team: Annotated[str, typer.Argument(metavar="TEAM", help="The team's id in the directory.")],
    region: Region,
    tenant: Annotated[str, typer.Option("--tenant", "-t", help="The tenant that the team is of.")],
    *,
    wait: Annotated[
        int, typer.Option("--wait", metavar="SECONDS", min=0, max=3600, help="So long to wait for answers at most.")
    ] = 300,
    last: Annotated[bool, typer.Option("--last", help="Send nothing: show the newest roll call of a day.")] = False,
    owner: Owner = None,
) -> None:
    """Send a test page to whoever is on shift in a team, and say who answers, who does not, and who cannot be reached.

    Leaves with 0 if everybody acknowledged, with 1 if not.
    """
    asked = _Asked(team, tenant, region, owner)
    with aws_errors("reading the delivery-state table", region):
        client: DynamoDBClient = boto3.client("dynamodb", region_name=region, config=PATIENCE)
        if last:
            _leave(_last(asked, client))
            return
        message_id, notification = _send(asked)
        if wait == 0:
            out().print(_how_to_see(asked), markup=False)
            return
        see = roll_calls_of(client)
        sights = follow(lambda: _sight(see, client, tenant, notification, message_id), wait, NOW, PAUSE)
        seen = show(sights, out(), err())
    _leave(_called(seen, asked))


def _send(asked: _Asked) -> tuple[str, str]:
    """Send it as the caller, who must be a producer of the tenant; answer SQS's id of the message and its own."""
    now = NOW()
    try:
        message = roll_call_of(asked.tenant, asked.team, now, sent_at=now)
    except ValueError:
        fail(f"{asked.team} of {asked.tenant}: no id of a team and a tenant. Nothing was sent.", Exit.INPUT)
    sent = StatlineClient(asked.region, owner=asked.owner).send([message])
    if sent.failed:
        fail(f"The roll call was not sent: {sent.failed[0].reason}", Exit.AWS)
    out().print(f"roll call {message.id} of {asked.tenant} is sent (message {sent.sent[0].message_id})", markup=False)
    return sent.sent[0].message_id, message.id


def _sight(see: SeeRollCall, client: "DynamoDBClient", tenant: str, notification: str, message_id: str) -> Sight:
    found = see(tenant, notification)
    return Sight(found, None if found else find_refusal(client, message_id))


def _called(seen: Sight, asked: _Asked) -> RollCall:
    if seen.refusal:
        fail(_refused(seen.refusal, asked), Exit.NO)
    if seen.roll is None:
        fail(
            f"Nothing is known of it yet: it waits on its queue. `statline status --region {asked.region}` says "
            f"whether delivery stands still; {_how_to_see(asked)}",
            Exit.NO,
        )
    return seen.roll


def _how_to_see(asked: _Asked) -> str:
    return f"`statline rollcall {asked.team} --tenant {asked.tenant} --region {asked.region} --last` shows the answers."


def _refused(refusal: Refusal, asked: _Asked) -> str:
    troubles = "".join(f"\n  {recipient}: {trouble}" for recipient, trouble in refusal.troubles)
    return f"Nobody of {asked.team} was called. {SENTENCES[refusal.reason]}{troubles}"


def _last(asked: _Asked, client: "DynamoDBClient") -> RollCall:
    found = last_roll_call(client, asked.tenant, asked.team, NOW())
    if found is None:
        fail(
            f"{asked.region} knows no roll call of {asked.team} of {asked.tenant} in the last "
            f"{LOOK_BACK.total_seconds() / 3600:.0f} hours.",
            Exit.NO,
        )
    return found


def _leave(roll: RollCall) -> None:
    report(roll, out())
    if roll.count(RollCallStanding.ACKNOWLEDGED) < len(roll.people) or not roll.people:
        raise typer.Exit(int(Exit.NO))
