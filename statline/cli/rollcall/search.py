"""Finds a team's newest roll call. Its id names its minute, so all that there can be in a day are asked for at once."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from functions.core.adapters.aws.batch_reads import BatchReads
from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.notification_items import meta_key
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.table import StateTable
from functions.core.domain.paging.roll_call import RollCall, roll_call_id
from functions.core.services.see_roll_call import SeeRollCall

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "statline-delivery-state"
LOOK_BACK = timedelta(hours=24)
_MINUTE = timedelta(minutes=1)


def roll_calls_of(client: "DynamoDBClient") -> SeeRollCall:
    """How a region's roll calls stand."""
    return SeeRollCall(
        notifications=NotificationTable(client, TABLE),
        states=StateTable(client, TABLE),
        acknowledgements=AcknowledgementTable(client, TABLE),
    )


def last_roll_call(client: "DynamoDBClient", tenant: str, team: str, now: datetime) -> RollCall | None:
    """The newest roll call of a team in the last day. Raises `StoreUnavailableError`."""
    ids = [roll_call_id(team, now - _MINUTE * minutes) for minutes in range(LOOK_BACK // _MINUTE)]
    keys = {roll_call: meta_key(tenant, roll_call) for roll_call in ids}
    there = {item["pk"]["S"] for item in BatchReads(client, TABLE).items(list(keys.values()))}
    newest = next((roll_call for roll_call, key in keys.items() if key["pk"]["S"] in there), None)
    return roll_calls_of(client)(tenant, newest) if newest else None
