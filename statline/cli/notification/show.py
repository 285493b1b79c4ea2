"""``statline show``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import boto3
import typer

from functions.core.adapters.state.notification_items import REFUSAL, refusal_in
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.table import StateTable
from functions.core.domain.delivering.delivery import Delivery, trace_of
from functions.core.domain.delivering.record import Attempt, DeliveryRecord
from functions.core.domain.delivering.standing import ways_of
from functions.core.domain.escalation.step_name import step_of
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.refusals import SENTENCES, Refusal
from statline.cli.console import aws_errors, fail, out
from statline.cli.exits import Exit
from statline.cli.masking import masked
from statline.cli.notification.show_activation import ActivationFound, activation_lines, find_activation
from statline.cli.options import Region
from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "statline-delivery-state"


@dataclass(frozen=True, slots=True)
class Found:
    """A notification's plan, and each delivery with what is stored of it (None: it waits on its queue).

    Of an activation, the deliveries of its steps are among them.
    """

    plan: Plan
    deliveries: Sequence[tuple[Delivery, DeliveryRecord | None]]
    activation: ActivationFound | None = None


def show(
    notification_id: Annotated[
        str, typer.Argument(metavar="ID", help="The notification's id, or the SQS message id of a refused message.")
    ],
    region: Region,
    tenant: Annotated[str, typer.Option("--tenant", "-t", help="The tenant. Not needed for a message id.")] = "",
) -> None:
    """Show one notification with all its deliveries and their attempts. Addresses are masked; no content is shown."""
    with aws_errors("reading the delivery-state table", region):
        client: DynamoDBClient = boto3.client("dynamodb", region_name=region, config=PATIENCE)
        found = find(client, tenant, notification_id) if tenant else None
        refusal = None if found else find_refusal(client, notification_id)
    if found:
        _print_notification(found)
    elif refusal:
        _print_refusal(refusal)
    else:
        of = f" of {tenant}" if tenant else " (for a notification's id, add --tenant)"
        fail(
            f"{region} knows no notification {notification_id}{of}: it was not routed yet, was refused, or ended more "
            "than seven days ago. A refused message is found by the message id that sending it answered.",
            Exit.NO,
        )


def find(client: "DynamoDBClient", tenant: str, notification: str) -> Found | None:
    """The notification, if the region knows it: what was planned, and the other ways that were taken instead."""
    plan = NotificationTable(client, TABLE).find(tenant, notification)
    if plan is None:
        return None
    activation = find_activation(client, TABLE, plan)
    plans = [plan, *(activation.steps if activation else ())]
    planned = {delivery.key for each in plans for delivery in each.deliveries}
    ways = {way.key: way for each in plans for way in ways_of(each)}
    records = StateTable(client, TABLE).read(list(ways))
    shown = [(way, record) for way, record in zip(ways.values(), records, strict=True) if record or way.key in planned]
    return Found(plan, shown, activation)


def find_refusal(client: "DynamoDBClient", message_id: str) -> Refusal | None:
    """The refused message with this SQS message id, if there is one."""
    key = {"pk": {"S": f"R#{message_id}"}, "sk": {"S": REFUSAL}}
    item = client.get_item(TableName=TABLE, Key=key).get("Item")
    return refusal_in(dict(item)) if item else None  # type: ignore[arg-type]


def _print_notification(found: Found) -> None:
    plan = found.plan
    console = out()
    console.print(
        f"{plan.tenant} {plan.notification}: {plan.kind}, {plan.priority}, from {plan.producer}", markup=False
    )
    console.print(f"sent {_time(plan.sent_at)}, routed {_time(plan.routed_at)}, expires {_time(plan.expires_at)}")
    console.print(f"trace {trace_of(plan.tenant, plan.notification)}")
    for trouble in plan.troubles:
        console.print(f"{trouble.recipient}: {trouble.trouble}", markup=False)
    if found.activation is not None:
        console.print("\n".join(activation_lines(found.activation, datetime.now(UTC))), markup=False)
    for delivery, record in found.deliveries:
        console.print("\n".join(("", *_lines(delivery, record))), markup=False)


def _lines(delivery: Delivery, record: DeliveryRecord | None) -> Iterator[str]:
    """A delivery as lines rather than cells of a table: they can be searched, and nothing is cut on a narrow screen."""
    key = delivery.key
    rehearsed = "  rehearsed: reaches nobody" if delivery.rehearsed else ""
    step = step_of(key.notification)
    of_step = f"  step {step}" if step else ""
    yield (
        f"{key.recipient}  {key.channel}  {key.endpoint} {masked(delivery.address)}"
        f"  delivery {key.id}{of_step}{rehearsed}"
    )
    if record is None:
        yield f"  queued since {_time(delivery.routed_at)}"
        return
    reason = f" ({record.reason})" if record.reason else ""
    yield f"  {record.state}{reason} since {_time(record.changed_at)}{', text cut' if record.cut else ''}"
    for attempt in record.attempts:
        yield f"  {_attempt(attempt)}"


def _attempt(attempt: Attempt) -> str:
    parts = (f"attempt {attempt.number}", _time(attempt.at), attempt.provider, attempt.code, attempt.provider_id)
    return " ".join(part for part in parts if part)


def _print_refusal(refusal: Refusal) -> None:
    console = out()
    names = f" {refusal.tenant} {refusal.notification}".rstrip()
    console.print(f"message {refusal.message_id}{names}: refused {_time(refusal.at)} ({refusal.reason})", markup=False)
    console.print(SENTENCES[refusal.reason], markup=False)
    for fault in refusal.faults:
        console.print(f"  {fault.path}: {fault.rule}", markup=False)
    for recipient, trouble in refusal.troubles:
        console.print(f"  {recipient}: {trouble}", markup=False)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}Z"
