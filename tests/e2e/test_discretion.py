"""Planted patients: searched for in everything that leaves a message, and found only where they may be."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.sandbox.client import SandboxClient
from statline.contract.words import Channel, Priority
from tests.e2e.cast import DISCREET, phone_of, token_of
from tests.e2e.phones import arrivals_of, calls_to
from tests.e2e.region import Region
from tests.e2e.waiting import SOON, await_value

PATIENT = "Zebulon Quartermain"
NUMBER = "+14165550137"
CHART = "MRN-77QX301"
PLANTED = (PATIENT, NUMBER, CHART)
PUSH, SMS, VOICE = Channel.PUSH, Channel.SMS, Channel.VOICE
ABOUT_A_PATIENT = {
    "sensitivity": "patient",
    "title": f"Potassium of {PATIENT}",
    "body": f"{CHART}: 6.9",
    "callback": NUMBER,
}


def spoilt(message: dict[str, Any]) -> Iterator[str]:
    """Messages that are wrong in one field, with the patient in that very field, and the patient in bare text."""
    where: dict[str, object] = {
        "version": PATIENT,
        "tenant": PATIENT,
        "id": f"{PATIENT} {CHART}",
        "kind": PATIENT,
        "priority": CHART,
        "recipients": [{"type": "user", "id": PATIENT}, {"type": PATIENT, "id": CHART}],
        "content": {"sensitivity": PATIENT, "title": {"of": PATIENT}, CHART: PATIENT},
        "sent_at": PATIENT,
        "expires_at": PATIENT,
        "channels": [PATIENT],
        "collapse_key": f"{PATIENT} {CHART}",
        f"{PATIENT} {CHART}": NUMBER,
    }
    for name, value in where.items():
        yield json.dumps({**message, name: value})
    yield f"Call {NUMBER} about {PATIENT}, {CHART}"
    yield json.dumps([PATIENT, CHART])


def logged(region: Region) -> list[str]:
    """Every line of every function's log."""
    logs = region.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/statline-")
    names = [group["logGroupName"] for page in groups for group in page["logGroups"]]
    return [
        event["message"]
        for name in names
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name)
        for event in page["events"]
    ]


def measured(region: Region) -> list[str]:
    """Every metric with its dimensions."""
    pages = region.client("cloudwatch").get_paginator("list_metrics").paginate()
    return [json.dumps(metric) for page in pages for metric in page["Metrics"]]


def called(region: Region, sandbox: SandboxClient) -> list[str]:
    """What the provider was told for the planted messages: its call log, and the payloads as they came."""
    addresses = (phone_of(region.tenant, DISCREET), token_of(region.tenant, DISCREET))
    payloads = [
        json.dumps(each.model_dump(), ensure_ascii=False) for a in addresses for each in sandbox.phone(a).received
    ]
    return [call.model_dump_json() for call in calls_to(sandbox, *addresses)] + payloads


def about_the_patient(lines: list[str]) -> list[str]:
    return [line for line in lines if any(word in line for word in PLANTED)]


@pytest.mark.parametrize("priority", [Priority.ROUTINE, Priority.STAT])
def test_a_patient_in_a_good_message_reaches_no_phone_log_metric_or_event(
    home: Region, sandbox: SandboxClient, priority: Priority
) -> None:
    message = home.message(
        priority=priority, to=[DISCREET], content=ABOUT_A_PATIENT, channels=[PUSH, SMS, VOICE], collapse_key="chart-1"
    )

    home.send(message, priority)
    home.bus.await_end(message["id"], PUSH, SMS, VOICE)

    told = called(home, sandbox)
    assert len([line for line in told if message["id"] in line]) >= 3
    assert about_the_patient(told) == []
    assert about_the_patient(home.bus.raw) == []
    assert about_the_patient(logged(home)) == []
    assert about_the_patient(measured(home)) == []


def test_a_patient_in_a_bad_message_is_in_the_quarantine_and_nowhere_else(home: Region, sandbox: SandboxClient) -> None:
    message = home.message(priority=Priority.URGENT, to=[DISCREET], content=ABOUT_A_PATIENT)
    bodies = list(spoilt(message))

    ids = [home.send(body, Priority.URGENT) for body in bodies]
    for message_id in ids:
        home.bus.wait(lambda sent=message_id: home.bus.refusal(sent), SOON, "the refusal's event")  # type: ignore[misc]

    await_value(lambda: set(bodies) <= set(home.quarantined()), SOON, "every body in quarantine")
    assert about_the_patient(home.bus.raw) == []
    assert about_the_patient(logged(home)) == []
    assert about_the_patient(called(home, sandbox)) == []
    assert about_the_patient(measured(home)) == []


def test_the_search_finds_what_its_producer_vouched_for(home: Region, sandbox: SandboxClient) -> None:
    """The tests above could pass for a search that finds nothing."""
    harmless = {"sensitivity": "operational", "title": "Lift", "body": "Lift 7 is out of order"}
    message = home.message(priority=Priority.ROUTINE, to=[DISCREET], content=harmless, channels=[PUSH, SMS, VOICE])

    home.send(message, Priority.ROUTINE)
    home.bus.await_end(message["id"], PUSH, SMS, VOICE)
    arrivals_of(sandbox, message["id"], 3)

    assert len([line for line in called(home, sandbox) if "Lift 7 is out of order" in line]) == 3
    assert [line for line in home.bus.raw if message["id"] in line]
    assert logged(home)
