"""The router's handler on moto: good messages, from the record of SQS to the channels' queues."""

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.core.adapters.state.acknowledgement_items import STANDDOWN
from functions.core.adapters.state.notification_items import META, routed_in
from functions.core.domain.errors import MisconfiguredError
from functions.core.domain.routing.plan import Plan
from functions.core.domain.routing.planning import plan_of
from functions.router import handler, wiring
from statline.contract.notification import Notification
from statline.contract.words import Channel, Priority
from tests.fakes.clock import NOON
from tests.fakes.directory_changes import a_device, a_pager, a_phone, a_shift, a_team, a_user
from tests.fakes.messages import a_body, a_stand_down
from tests.integration.router.conftest import Region

TEAM = [{"type": "team", "id": "stroke"}]


def test_a_message_to_a_user_becomes_a_push_to_their_device(region: Region) -> None:
    region.learn(a_user(), a_device(), a_phone())

    assert region.route(a_body()) == []

    (push,) = region.queue(Channel.PUSH, Priority.ROUTINE)
    names = {"tenant": "northshore", "notification": "n-1", "recipient": "u-1", "channel": "push", "endpoint": "d-1"}
    assert push["key"] == names
    assert push["address"] == "token-of-u-1-d-1"
    assert region.queue(Channel.SMS, Priority.ROUTINE) == []


def test_a_code_reaches_its_team_on_every_channel_of_the_stat_lane_only(region: Region) -> None:
    region.learn(a_team(), *(a_shift(user, role) for user, role in (("u-1", "lead"), ("u-2", "nurse"))))
    for user in ("u-1", "u-2"):
        region.learn(a_user(user), a_device(user), a_phone(user))

    assert region.route(a_body(kind="code", priority="stat", recipients=TEAM), lane=Priority.STAT) == []

    for channel in Channel:
        deliveries = region.queue(channel, Priority.STAT)
        assert sorted((d["key"]["recipient"], d["roles"]) for d in deliveries) == [
            ("u-1", ["lead"]),
            ("u-2", ["nurse"]),
        ]
    assert region.outgoing() == []
    assert region.looks() == ["n-1"]


def test_a_code_that_is_called_off_is_marked_so_and_looked_at_once_more(region: Region) -> None:
    region.learn(a_team(), a_shift(), a_user(), a_device(), a_phone())
    code = a_body(kind="code", priority="stat", recipients=TEAM)

    assert region.route(a_stand_down(), code, lane=Priority.STAT) == []

    assert region.looks() == ["n-1", "n-1"]
    assert STANDDOWN in {row["sk"]["S"] for row in region.rows()}


def test_a_word_that_calls_off_what_is_unknown_is_answered_and_what_is_young_waits(region: Region) -> None:
    old = a_stand_down(id="n-8", sent_at=(NOON - timedelta(hours=1)).isoformat())
    assert region.route(old, a_stand_down(id="n-9"), lane=Priority.STAT) == ["m-1"]
    assert [(each.notification, each.reason) for each in region.refusals()] == [("n-8", "unknown_activation")]
    assert region.errors == 0


def test_a_region_without_connect_plans_no_call_and_texts_instead(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.learn(a_user(), a_device(), a_phone())
    queues = {c: urls for c, urls in region.settings.channel_queues.items() if c is not Channel.VOICE}
    without = region.settings.model_copy(update={"channel_queues": queues}).to_environment()
    monkeypatch.setenv("CHANNEL_QUEUES", without["CHANNEL_QUEUES"])
    wiring.wire.cache_clear()

    assert region.route(a_body(kind="code", priority="stat", channels=["voice"]), lane=Priority.STAT) == []

    assert len(region.queue(Channel.SMS, Priority.STAT)) == 1
    assert region.queue(Channel.VOICE, Priority.STAT) == []


def test_a_page_reaches_the_holder_of_the_pager(region: Region) -> None:
    region.learn(a_pager(), a_user(), a_device(), a_phone())
    body = a_body(kind="page", priority="urgent", recipients=[{"type": "pager", "number": "4471"}])
    assert region.route(body, lane=Priority.URGENT) == []
    assert len(region.queue(Channel.PUSH, Priority.URGENT)) == len(region.queue(Channel.SMS, Priority.URGENT)) == 1


def test_what_was_decided_is_on_record_before_anything_leaves(region: Region) -> None:
    region.learn(a_user(), a_device())
    region.route(a_body())
    (meta,) = region.rows()
    assert meta["sk"]["S"] == META
    routed = routed_in(dict(meta))
    assert (routed.header.routed_at, routed.people, routed.deliveries) == (NOON, 1, {Channel.PUSH: 1})


def test_a_message_that_comes_twice_is_sent_to_the_same_people_again(region: Region) -> None:
    region.learn(a_team(), a_shift(), a_user(), a_device())
    region.route(a_body(recipients=TEAM))
    region.learn(a_shift(deleted=True, revision=2), a_shift("u-2"), a_user("u-2"), a_device("u-2"))
    region.route(a_body(recipients=TEAM))
    pushes = region.queue(Channel.PUSH, Priority.ROUTINE)
    assert [push["key"]["recipient"] for push in pushes] == ["u-1", "u-1"]


def test_more_people_than_any_one_call_takes_are_routed_in_one_message(region: Region) -> None:
    names = [f"u-{number:03}" for number in range(150)]
    region.learn(*map(a_user, names), *map(a_device, names))
    body = a_body(recipients=[{"type": "user", "id": name} for name in names])
    assert region.route(body) == []
    pushes = region.queue(Channel.PUSH, Priority.ROUTINE)
    assert sorted(push["key"]["recipient"] for push in pushes) == names


def test_a_line_of_the_log_tells_ids_and_figures_only(region: Region) -> None:
    region.learn(a_user(), a_device())
    region.route(a_body())
    line: dict[str, Any] = json.loads(region.log.getvalue())
    fields = {name: line[name] for name in ("message", "lane", "count", "milliseconds")}
    assert fields == {"message": "routed", "lane": "routine", "count": 1, "milliseconds": 0}
    assert len(line["trace"]) == 32


def test_a_message_stays_while_a_channels_queue_takes_nothing_and_the_others_go(region: Region) -> None:
    region.learn(a_user(), a_device(), a_phone())
    url = region.settings.channel_queues[Channel.SMS][Priority.ROUTINE]
    region.sqs.delete_queue(QueueUrl=url)
    assert region.route(a_body(id="n-1", channels=["sms"]), a_body(id="n-2")) == ["m-0"]
    (push,) = region.queue(Channel.PUSH, Priority.ROUTINE)
    assert push["key"]["notification"] == "n-2"


def test_every_message_stays_while_the_directory_is_away(region: Region) -> None:
    region.dynamodb.delete_table(TableName="directory")
    assert region.route(a_body(), a_body(id="n-2")) == ["m-0", "m-1"]
    assert region.outgoing() == []
    assert region.errors == 1, "an outage that looks like health alarms nobody"


def test_one_message_that_stays_is_no_error_of_the_function(region: Region) -> None:
    region.learn(a_user(), a_device(), a_phone())
    region.sqs.delete_queue(QueueUrl=region.settings.channel_queues[Channel.SMS][Priority.ROUTINE])

    assert region.route(a_body(id="n-1", channels=["sms"]), a_body(id="n-2")) == ["m-0"]
    assert region.errors == 0


def test_a_message_that_trips_over_a_bug_does_not_hold_up_its_batch(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    region.learn(a_user(), a_device(), a_phone())

    def plan_with_a_bug(notification: Notification, *arguments: Any, **named: Any) -> Plan:
        if notification.id == "poison":
            raise ZeroDivisionError("a bug")
        return plan_of(notification, *arguments, **named)

    monkeypatch.setattr("functions.core.services.route.plan_of", plan_with_a_bug)

    assert region.route(a_body(id="n-1"), a_body(id="poison"), a_body(id="n-2")) == ["m-1"]

    sent = {push["key"]["notification"] for push in region.queue(Channel.PUSH, Priority.ROUTINE)}
    assert sent == {"n-1", "n-2"}
    assert "ZeroDivisionError" in region.log.getvalue()
    assert "a bug" not in region.log.getvalue()


def test_a_queue_that_the_router_was_not_told_of_is_a_fault_of_the_deployment(region: Region) -> None:
    record = {"messageId": "m", "body": "?", "attributes": {"SenderId": "x"}, "eventSourceARN": "arn:aws:sqs:::other"}
    with pytest.raises(MisconfiguredError):
        handler.handle({"Records": [record]}, None)
    assert region.rows() == []
