"""The canary on the laptop cloud: it goes through every lane and channel, mostly rehearsed, and outside hears of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from functions.canary.canaries import EVERY
from functions.canary.settings import TENANT
from functions.core.adapters.telemetry.embedded_metrics import NAMESPACE, Metric
from infra.config.canary import Canary
from infra.config.reader import read_deployment
from local.sandbox.client import SandboxClient
from local.sandbox.records import CallRecord, Received
from statline.contract.events import MessageRefused
from statline.contract.words import Channel, Priority
from tests.e2e.region import Region
from tests.e2e.waiting import await_value

WAYS = set(product(Priority, Channel))
PATIENCE = 700
"""Seconds: the first canaries go out in the second minute after the deployment, and cold functions take their time."""
LOOK_BACK = timedelta(minutes=3)
PREFIX = "canary-"


def canary_of(region: Region) -> Canary:
    (found,) = (each.canary for each in read_deployment("laptop").regions if each.region == region.name)
    assert found is not None
    return found


def arrived(region: Region) -> set[tuple[Priority, Channel]]:
    """The ways on which a canary has arrived lately, by the figures that the alarms look at."""
    now = datetime.now(UTC)
    asked = {f"m{number}": way for number, way in enumerate(sorted(WAYS))}
    answer = region.client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {
                "Id": name,
                "MetricStat": {
                    "Metric": {
                        "Namespace": NAMESPACE,
                        "MetricName": Metric.CANARY_ARRIVED,
                        "Dimensions": [
                            {"Name": "Region", "Value": region.name},
                            {"Name": "Lane", "Value": lane},
                            {"Name": "Channel", "Value": channel},
                        ],
                    },
                    "Period": int(EVERY.total_seconds() * 4),
                    "Stat": "Maximum",
                },
            }
            for name, (lane, channel) in asked.items()
        ],
        StartTime=now - LOOK_BACK,
        EndTime=now,
    )
    return {asked[found["Id"]] for found in answer["MetricDataResults"] if 1.0 in found["Values"]}


def test_a_canary_arrives_on_every_lane_and_channel(region: Region) -> None:
    await_value(lambda: arrived(region) == WAYS, PATIENCE, f"an arrival on each lane and channel of {region.name}")


def test_no_canary_is_refused(region: Region) -> None:
    await_value(lambda: arrived(region) == WAYS, PATIENCE, f"an arrival on each lane and channel of {region.name}")
    refused = [e for e in list(region.bus.events) if isinstance(e, MessageRefused) and e.tenant == TENANT]
    assert refused == []
    assert [body for body in region.quarantined() if TENANT in body] == []


@pytest.mark.parametrize("channel", [Channel.PUSH, Channel.SMS])
def test_a_provider_checks_many_canaries_and_its_phone_gets_few(
    region: Region, sandbox: SandboxClient, channel: Channel
) -> None:
    """A text really goes out every five minutes and a push every minute: at most one in six reaches the phone."""
    address = canary_of(region).addresses[channel]

    def enough(calls: Sequence[CallRecord]) -> list[CallRecord] | None:
        found = [call for call in calls if call.destination == address and call.outcome == "accepted"]
        return found if len(found) >= 24 else None

    calls = sandbox.wait_for_calls(enough, PATIENCE)
    assert sum(call.rang for call in calls) <= len(calls) / 6


def test_what_reaches_the_test_device_is_a_real_canary_and_says_so(region: Region, sandbox: SandboxClient) -> None:
    token = canary_of(region).addresses[Channel.PUSH]

    def real(arrivals: Sequence[Received]) -> list[Received]:
        return [each for each in arrivals if each.phone == token]

    for received in sandbox.wait_for_arrivals(real, PATIENCE):
        notification = received.data["statline_notification"]
        assert notification.startswith(PREFIX)
        assert notification[-3:] in {"00Z", "05Z", "10Z"}, "only a lane's first of a minute is real"
        assert received.title == "Statline canary"


def test_a_canary_reaches_nobody_but_the_test_recipients(region: Region, sandbox: SandboxClient) -> None:
    recipients = {
        address
        for each in read_deployment("laptop").regions
        if each.canary
        for address in each.canary.addresses.values()
    }
    await_value(lambda: arrived(region) == WAYS, PATIENCE, f"an arrival on each lane and channel of {region.name}")
    reached = {
        each.phone for each in sandbox.arrivals() if each.data.get("statline_notification", "").startswith(PREFIX)
    }
    assert reached <= recipients


def test_somebody_outside_hears_every_minute_that_the_region_lives(region: Region, sandbox: SandboxClient) -> None:
    def heard(calls: Sequence[CallRecord]) -> list[CallRecord] | None:
        found = [call for call in calls if call.provider == "switch" and call.region == region.name]
        return found if len(found) >= 3 else None

    first, _, third, *_ = sandbox.wait_for_calls(heard, PATIENCE)
    # The first one after a deployment may come a minute late: no function has started before.
    assert third.received_at - first.received_at > timedelta(seconds=45).total_seconds()
