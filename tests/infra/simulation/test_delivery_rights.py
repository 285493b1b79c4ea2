"""What each function that escalates, hears or pages may do as IAM sees it, and what it may not."""

import pytest

from infra.config.model import RegionConfig
from tests.infra.simulation.simulator import Principal, Question, Request, Verdict, not_as_expected

_STATE, _DUE, _DIRECTORY = "delivery-state", "delivery-state/index/due", "directory"
_CALL = "0f1e2d3c-0000-4000-8000-000000000000"

_MAY: dict[str, tuple[tuple[str, str], ...]] = {
    "Escalation": (
        ("dynamodb:Query", f"table:{_STATE}"),
        ("dynamodb:PutItem", f"table:{_STATE}"),
        ("dynamodb:Query", f"table:{_DUE}"),
        ("dynamodb:BatchGetItem", f"table:{_DIRECTORY}"),
        ("dynamodb:Query", f"table:{_DIRECTORY}"),
        ("sqs:SendMessage", "queue:escalation"),
        ("sqs:ReceiveMessage", "queue:escalation"),
        ("sqs:SendMessage", "queue:voice-stat"),
        ("connect:StopContact", "call:ours"),
    ),
    "LateReceipts": (
        ("dynamodb:BatchGetItem", f"table:{_STATE}"),
        ("dynamodb:UpdateItem", f"table:{_STATE}"),
        ("sqs:ReceiveMessage", "queue:receipt-deadlines"),
        ("sqs:ChangeMessageVisibility", "queue:receipt-deadlines"),
        ("sqs:SendMessage", "queue:sms-stat"),
    ),
    "Receipts": (
        ("dynamodb:PutItem", f"table:{_STATE}"),
        ("dynamodb:BatchGetItem", f"table:{_DIRECTORY}"),
        ("sqs:ReceiveMessage", "queue:receipts"),
        ("sqs:SendMessage", "queue:escalation"),
        ("sqs:SendMessage", "queue:quarantine"),
        ("sqs:SendMessage", "queue:sms-stat"),
        ("sqs:SendMessage", "queue:ingress-stat"),
        ("connect:GetContactAttributes", "call:ours"),
    ),
    "Keypad": (
        ("dynamodb:GetItem", f"table:{_STATE}"),
        ("dynamodb:PutItem", f"table:{_STATE}"),
        ("sqs:SendMessage", "queue:escalation"),
    ),
    "VirtualPager": (
        ("dynamodb:BatchGetItem", f"table:{_DIRECTORY}"),
        ("sqs:SendMessage", "queue:ingress-stat"),
    ),
    "RollCall": (
        ("dynamodb:GetItem", f"table:{_STATE}"),
        ("dynamodb:Query", f"table:{_STATE}"),
        ("sqs:SendMessage", "queue:ingress-urgent"),
        ("sqs:SendMessage", "queue:roll-calls"),
        ("sqs:ReceiveMessage", "queue:roll-calls"),
        ("events:PutEvents", "bus:statline"),
    ),
}
_MAY_NOT: dict[str, tuple[tuple[str, str], ...]] = {
    "Escalation": (
        ("connect:StopContact", "call:anybody's"),
        ("sms-voice:SendTextMessage", "number:phone-0c1d2e3f405162738495a6b7c8d9e0f1"),
        ("dynamodb:PutItem", f"table:{_DIRECTORY}"),
        ("dynamodb:DeleteItem", f"table:{_STATE}"),
        ("sqs:SendMessage", "queue:ingress-stat"),
        ("events:PutEvents", "bus:statline"),
    ),
    "LateReceipts": (
        ("sqs:SendMessage", "queue:ingress-stat"),
        ("sqs:SendMessage", "queue:escalation"),
        ("dynamodb:Query", f"table:{_DIRECTORY}"),
    ),
    "Receipts": (
        ("connect:StopContact", "call:ours"),
        ("connect:GetContactAttributes", "call:anybody's"),
        ("dynamodb:PutItem", f"table:{_DIRECTORY}"),
        ("sqs:ReceiveMessage", "queue:receipts-dlq"),
        ("sqs:SendMessage", "queue:receipts"),
    ),
    "Keypad": (
        ("sqs:SendMessage", "queue:ingress-stat"),
        ("sqs:SendMessage", "queue:voice-stat"),
        ("dynamodb:Query", f"table:{_DIRECTORY}"),
    ),
    # Whoever calls a line from outside talks to it: it may look up who holds a pager, and page, and nothing else.
    "VirtualPager": (
        ("dynamodb:GetItem", f"table:{_STATE}"),
        ("dynamodb:PutItem", f"table:{_DIRECTORY}"),
        ("dynamodb:Scan", f"table:{_DIRECTORY}"),
        ("sqs:SendMessage", "queue:escalation"),
        ("sqs:SendMessage", "queue:sms-stat"),
    ),
    "RollCall": (
        ("dynamodb:PutItem", f"table:{_STATE}"),
        ("sqs:SendMessage", "queue:escalation"),
        ("sqs:SendMessage", "queue:push-stat"),
    ),
}
# Where the region has Twilio. It is the one function that the internet talks to.
_WEBHOOKS_MAY = (
    ("dynamodb:BatchGetItem", f"table:{_DIRECTORY}"),
    ("sqs:SendMessage", "queue:receipts"),
    ("sqs:SendMessage", "queue:ingress-stat"),
    ("secretsmanager:GetSecretValue", "secret:statline/twilio"),
)
_WEBHOOKS_MAY_NOT = (
    ("dynamodb:GetItem", f"table:{_STATE}"),
    ("dynamodb:PutItem", f"table:{_STATE}"),
    ("sqs:SendMessage", "queue:escalation"),
    ("sqs:SendMessage", "queue:sms-stat"),
    ("sqs:ReceiveMessage", "queue:receipts"),
    ("secretsmanager:GetSecretValue", "secret:statline/fcm"),
    ("secretsmanager:PutSecretValue", "secret:statline/twilio"),
)


def _request(action: str, thing: str, config: RegionConfig) -> Request:
    kind, _, name = thing.partition(":")
    assert config.providers.voice is not None
    ours = config.providers.voice.instance_arn
    calls = {"ours": ours, "anybody's": f"{ours.rsplit('/', 1)[0]}/ffffffff-0000-4000-8000-000000000000"}
    place = f"{config.region}:{config.account.id}"
    arns = {
        "table": f"arn:aws:dynamodb:{place}:table/statline-{name}",
        "queue": f"arn:aws:sqs:{place}:statline-{name}",
        "bus": f"arn:aws:events:{place}:event-bus/{name}",
        "call": f"{calls.get(name)}/contact/{_CALL}",
        "number": f"arn:aws:sms-voice:{place}:phone-number/{name}",
        "secret": f"arn:aws:secretsmanager:{place}:secret:{name}-AbCdEf",
    }
    return Request(action, arns[kind])


def _questions(
    roles: dict[str, Principal], table: dict[str, tuple[tuple[str, str], ...]], config: RegionConfig
) -> list[Question]:
    return [
        Question(roles[f"Delivery/{function}Role"], _request(action, thing, config))
        for function, rows in table.items()
        for action, thing in rows
    ]


@pytest.fixture
def webhooks(config: RegionConfig) -> bool:
    return config.providers.sms.twilio is not None


def test_each_function_may_do_what_its_work_takes(
    roles: dict[str, Principal], config: RegionConfig, *, webhooks: bool
) -> None:
    table = _MAY | ({"Webhooks": _WEBHOOKS_MAY} if webhooks else {})
    assert not_as_expected(_questions(roles, table, config), Verdict.ALLOWED) == []


def test_no_function_may_do_anothers_work(roles: dict[str, Principal], config: RegionConfig, *, webhooks: bool) -> None:
    table = _MAY_NOT | ({"Webhooks": _WEBHOOKS_MAY_NOT} if webhooks else {})
    assert not_as_expected(_questions(roles, table, config), Verdict.NOT_ALLOWED) == []
