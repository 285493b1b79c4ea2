"""The use case over the ports in memory: who is refused, what is kept, and what a crash leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from functions.core.domain.answers.acknowledgement import StoodDown
from functions.core.domain.delivering.delivery import Delivery
from functions.core.domain.routing.admission import Ingress
from functions.core.domain.routing.lanes import FUNCTION_TIMEOUT
from functions.core.domain.routing.producers import EVERY_TENANT, Producer
from functions.core.domain.routing.refusals import Reason
from functions.core.services.call_off import PATIENCE
from functions.core.services.route import Answer, CalledOff, Refused, Retry, RouteBatch, Routed, Why
from functions.core.services.shipping import OUT_OF_TIME
from statline.contract.words import Channel, Priority
from tests.fakes.acknowledgements import FakeAcknowledgements
from tests.fakes.activations import stroke_team
from tests.fakes.clock import FakeClock
from tests.fakes.directory import FakeDirectory
from tests.fakes.directory_changes import TENANT, a_device, a_phone, a_shift, a_team, a_user
from tests.fakes.escalation import FakeEscalation
from tests.fakes.messages import a_body, a_stand_down
from tests.fakes.notifications import FakeNotifications
from tests.fakes.queues import FakeOutbox, FakeQuarantine

ROLE = "AROAWARD"
PRODUCERS = {
    ROLE: Producer("ward-app", frozenset({TENANT}), frozenset(Priority)),
    "AROADESK": Producer("front-desk", frozenset({TENANT}), frozenset(Priority)),
    "AROAPAGER": Producer("virtual-pager", frozenset({EVERY_TENANT}), frozenset(Priority)),
    "AIDAPORTAL": Producer("portal", frozenset({TENANT, "lakeside"}), frozenset({Priority.ROUTINE})),
}


@dataclass
class House:
    """The router with everything around it in memory."""

    directory: FakeDirectory = field(default_factory=lambda: FakeDirectory([a_user(), a_device(), a_phone()]))
    notifications: FakeNotifications = field(default_factory=FakeNotifications)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    quarantine: FakeQuarantine = field(default_factory=FakeQuarantine)
    clock: FakeClock = field(default_factory=FakeClock)
    escalation: FakeEscalation = field(default_factory=FakeEscalation)
    acknowledgements: FakeAcknowledgements = field(default_factory=FakeAcknowledgements)

    def route(self, *messages: Ingress) -> list[Answer]:
        ports = (self.directory, self.notifications, self.outbox, self.quarantine)
        route = RouteBatch(
            *ports,
            PRODUCERS,
            self.clock,
            escalation=self.escalation,
            acknowledgements=self.acknowledgements,
        )
        return route(messages)


@pytest.fixture
def house() -> House:
    return House()


def ingress(
    message_id: str = "m-1",
    *,
    lane: Priority = Priority.ROUTINE,
    sender: str = f"{ROLE}:ward-7",
    body: str | None = None,
    **fields: Any,
) -> Ingress:
    return Ingress(message_id, body or a_body(priority=lane, **fields), sender, lane)


def reasons(answers: list[Answer]) -> list[Reason | None]:
    return [answer.refusal.reason if isinstance(answer, Refused) else None for answer in answers]


def endpoints(sent: list[Delivery]) -> list[tuple[str, str]]:
    return [(delivery.key.notification, delivery.key.endpoint) for delivery in sent]


def test_a_message_is_planned_kept_and_sent(house: House) -> None:
    (answer,) = house.route(ingress())
    assert isinstance(answer, Routed)
    assert house.outbox.sent == list(answer.plan.deliveries)
    assert list(house.notifications.plans.values()) == [answer.plan]
    assert answer.plan.producer == "ward-app"
    assert not house.quarantine.kept


def test_a_batch_reads_the_directory_once(house: House) -> None:
    house.route(*(ingress(f"m-{n}", id=f"n-{n}") for n in range(10)))
    assert house.directory.reads == 1
    assert len(house.outbox.sent) == 10


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (ingress(sender="AROAELSE:ward-7"), Reason.UNKNOWN_SENDER),
        (ingress(sender="ward-7"), Reason.UNKNOWN_SENDER),
        (ingress(tenant="lakeside"), Reason.UNKNOWN_TENANT),
        (ingress(lane=Priority.STAT, body=a_body(priority="routine")), Reason.WRONG_LANE),
        (ingress(lane=Priority.ROUTINE, body=a_body(priority="stat")), Reason.WRONG_LANE),
        (ingress(lane=Priority.STAT, sender="AIDAPORTAL"), Reason.WRONG_LANE),
        (ingress(sent_at="2026-01-09T12:00:00Z", expires_at="2026-01-10T12:00:00Z"), Reason.EXPIRED),
        (ingress(body="Call bed 12"), Reason.NOT_JSON),
        (ingress(kind="fax"), Reason.INVALID),
        (ingress(sent_at="2026-01-11T12:00:01Z", expires_at="2026-01-12T12:00:00Z"), Reason.INVALID),
        (ingress(sent_at="9999-12-31T20:00:00-05:00", expires_at="9999-12-31T23:59:00-05:00"), Reason.INVALID),
        (ingress(version=2), Reason.UNKNOWN_VERSION),
        (ingress(body=a_body() + " " * 65_536), Reason.TOO_LARGE),
        (ingress(recipients=[{"type": "user", "id": "u-9"}]), Reason.NOBODY_REACHABLE),
    ],
)
def test_a_message_that_breaks_a_rule_is_refused_and_kept_aside(house: House, message: Ingress, reason: Reason) -> None:
    assert reasons(house.route(message)) == [reason]
    assert house.notifications.refusals["m-1"].reason is reason
    assert house.quarantine.kept == [(message.body, reason)]
    assert not house.outbox.sent
    assert not house.notifications.plans


def test_a_producer_whose_clock_is_wrong_by_its_zone_is_forgiven(house: House) -> None:
    tomorrow = {"sent_at": "2026-01-11T02:00:00Z", "expires_at": "2026-01-11T12:00:00Z"}
    assert reasons(house.route(ingress(lane=Priority.STAT, **tomorrow))) == [None]


def test_a_refusal_says_whom_it_concerns(house: House) -> None:
    house.route(ingress(recipients=[{"type": "user", "id": "u-9"}, {"type": "team", "id": "t-9"}]))
    refusal = house.notifications.refusals["m-1"]
    assert (refusal.producer, refusal.tenant, refusal.notification, refusal.lane) == (
        "ward-app",
        TENANT,
        "n-1",
        "routine",
    )
    assert refusal.troubles == (("user:u-9", "unknown_recipient"), ("team:t-9", "unknown_recipient"))


def test_a_user_whose_own_id_is_known_may_send_without_a_session_name(house: House) -> None:
    (answer,) = house.route(ingress(sender="AIDAPORTAL"))
    assert isinstance(answer, Routed)


def test_bad_messages_take_no_good_one_with_them(house: House) -> None:
    batch = [ingress("m-1", body="?"), ingress("m-2", id="n-2"), ingress("m-3", tenant="lakeside"), ingress("m-4")]
    assert reasons(house.route(*batch)) == [Reason.NOT_JSON, None, Reason.UNKNOWN_TENANT, None]
    assert endpoints(house.outbox.sent) == [("n-2", "d-1"), ("n-1", "d-1")]


def test_the_same_message_again_sends_the_kept_plan(house: House) -> None:
    house.directory.changes += [a_team(), a_shift("u-1")]
    team: dict[str, Any] = {"recipients": [{"type": "team", "id": "stroke"}]}
    house.route(ingress(**team))
    house.directory.changes = [a_team(), a_shift("u-2"), a_user("u-2"), a_device("u-2")]
    (again,) = house.route(ingress("m-2", **team))
    assert isinstance(again, Routed)
    assert endpoints(house.outbox.sent) == [("n-1", "d-1")] * 2
    assert {delivery.key.recipient for delivery in house.outbox.sent} == {"u-1"}


def test_the_same_id_with_another_body_is_refused(house: House) -> None:
    answers = house.route(ingress("m-1"), ingress("m-2", kind="system"))
    assert reasons(answers) == [None, Reason.ID_TAKEN]
    assert len(house.outbox.sent) == 1


def test_one_id_in_two_tenants_is_two_notifications(house: House) -> None:
    house.directory.changes += [a_user(tenant="lakeside"), a_device(tenant="lakeside")]
    answers = house.route(ingress(sender="AIDAPORTAL"), ingress("m-2", sender="AIDAPORTAL", tenant="lakeside"))
    assert reasons(answers) == [None, None]
    assert len(house.outbox.sent) == 2


# what does not answer


def test_while_the_directory_is_away_good_messages_wait_and_bad_ones_are_answered(house: House) -> None:
    house.directory.away = True
    assert house.route(ingress("m-1", body="?"), ingress("m-2"))[1] == Retry("StoreUnavailableError")
    assert list(house.notifications.refusals) == ["m-1"]


def test_a_plan_that_could_not_be_kept_is_not_sent(house: House) -> None:
    house.notifications.away = True
    assert house.route(ingress()) == [Retry("StoreUnavailableError")]
    assert not house.outbox.sent


def test_a_message_whose_delivery_no_queue_took_is_finished_later(house: House) -> None:
    house.outbox.closed = {(Channel.SMS, Priority.STAT)}
    first = house.route(ingress("m-1", lane=Priority.STAT), ingress("m-2", id="n-2", lane=Priority.STAT, body="?"))
    assert first[0] == Retry("QueueUnavailableError")
    assert isinstance(first[1], Refused)
    house.outbox.closed = set()
    (again,) = house.route(ingress("m-1", lane=Priority.STAT))
    assert isinstance(again, Routed)
    assert Channel.SMS in {delivery.key.channel for delivery in house.outbox.sent}


def test_a_refused_body_that_could_not_be_put_aside_is_refused_later(house: House) -> None:
    house.quarantine.away = True
    assert house.route(ingress(body="?")) == [Retry("QueueUnavailableError")]
    assert not house.notifications.refusals
    house.quarantine.away = False
    assert reasons(house.route(ingress(body="?"))) == [Reason.NOT_JSON]


def test_a_refusal_that_could_not_be_recorded_is_refused_later(house: House) -> None:
    house.notifications.away = True
    assert house.route(ingress(body="?")) == [Retry("StoreUnavailableError")]
    house.notifications.away = False
    assert reasons(house.route(ingress(body="?"))) == [Reason.NOT_JSON]
    assert len(house.notifications.refusals) == 1


# what was begun is finished


def test_a_message_that_expired_after_its_plan_was_kept_is_finished(house: House) -> None:
    """Its channels then record each delivery as expired, instead of nobody knowing of it."""
    house.outbox.closed = {(Channel.PUSH, Priority.ROUTINE)}
    assert house.route(ingress()) == [Retry("QueueUnavailableError")]
    house.outbox.closed = set()
    house.clock.advance(timedelta(hours=2).total_seconds())
    assert reasons(house.route(ingress())) == [None]
    assert endpoints(house.outbox.sent) == [("n-1", "d-1")]


def test_a_message_whose_people_left_after_its_plan_was_kept_is_finished(house: House) -> None:
    house.route(ingress())
    house.directory.changes = []
    assert reasons(house.route(ingress())) == [None]
    assert len(house.outbox.sent) == 2


def test_another_message_of_that_id_is_not_finished_in_its_name(house: House) -> None:
    house.route(ingress())
    house.directory.changes = []
    assert reasons(house.route(ingress("m-2", kind="system"))) == [Reason.NOBODY_REACHABLE]


def test_pages_to_whole_hospitals_that_take_too_long_together_are_sent_over_several_batches(house: House) -> None:
    """Sent as one, they would start anew at each time-out, and never all be sent."""

    class SlowOutbox(FakeOutbox):
        def send(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
            house.clock.advance(FUNCTION_TIMEOUT.total_seconds() * 0.6)
            return super().send(deliveries)

    people = [f"u-{number}" for number in range(400)]
    house.directory = FakeDirectory([change for user in people for change in (a_user(user), a_device(user))])
    house.outbox = SlowOutbox()
    recipients = [{"type": "user", "id": user} for user in people]
    batch = [ingress(f"m-{n}", id=f"n-{n}", recipients=recipients) for n in range(3)]

    first, second, third = house.route(*batch)

    assert isinstance(first, Routed)
    assert isinstance(second, Routed)
    assert third == Retry(OUT_OF_TIME, Why.TIME)
    assert {delivery.key.notification for delivery in house.outbox.sent} == {"n-0", "n-1"}
    (again,) = house.route(batch[2])
    assert isinstance(again, Routed)
    assert len(house.outbox.sent) == 3 * len(people)


# activations

CODE: dict[str, Any] = {"kind": "code", "recipients": [{"type": "team", "id": "stroke"}]}


def code(message_id: str = "m-1", **fields: Any) -> Ingress:
    return ingress(message_id, lane=Priority.STAT, **CODE | fields)


def word(
    message_id: str = "m-2", *, lane: Priority = Priority.STAT, sender: str = f"{ROLE}:ward-7", **fields: Any
) -> Ingress:
    return Ingress(message_id, a_stand_down(**fields), sender, lane)


@pytest.fixture
def stroke(house: House) -> House:
    house.directory.changes = stroke_team()
    return house


def looked_at(house: House) -> list[str]:
    return [look.activation for look in house.escalation.looks]


def test_a_new_activation_is_looked_at_and_a_message_is_not(stroke: House) -> None:
    stroke.route(code(), ingress("m-2", id="n-2", lane=Priority.STAT))
    assert looked_at(stroke) == ["n-1"]


def test_a_code_to_a_team_without_anybody_on_shift_is_kept_and_looked_at(stroke: House) -> None:
    stroke.directory.changes = [a_team(roles=["lead"])]
    (answer,) = stroke.route(code())
    assert isinstance(answer, Routed)
    assert answer.plan.deliveries == ()
    assert looked_at(stroke) == ["n-1"]


def test_a_roll_call_of_people_whom_nothing_reaches_is_kept_to_tell_of_them(stroke: House) -> None:
    stroke.directory.changes = [a_team(), a_shift(), a_user()]
    (answer,) = stroke.route(code(kind="roll_call"))
    assert isinstance(answer, Routed)
    assert [(each.recipient, each.trouble.value) for each in answer.plan.troubles] == [("user:u-1", "no_endpoint")]


def test_an_activation_that_could_not_be_looked_at_is_finished_later(stroke: House) -> None:
    stroke.escalation.away = True
    assert stroke.route(code()) == [Retry("QueueUnavailableError")]
    stroke.escalation.away = False
    assert reasons(stroke.route(code())) == [None]
    assert looked_at(stroke) == ["n-1"]


def test_an_activation_is_looked_at_also_while_a_channel_takes_nothing(stroke: House) -> None:
    stroke.outbox.closed = {(Channel.VOICE, Priority.STAT)}
    assert stroke.route(code()) == [Retry("QueueUnavailableError")]
    assert looked_at(stroke) == ["n-1"]


def test_an_activation_is_called_off_once_and_looked_at(stroke: House) -> None:
    stroke.route(code())
    stroke.clock.advance(60)
    (first, again) = stroke.route(word("m-2"), word("m-3", sender="AROADESK"))
    expected = StoodDown(TENANT, "n-1", "ward-app", stroke.clock())
    assert first == again == CalledOff(expected)
    assert looked_at(stroke) == ["n-1"] * 3


def test_a_word_that_overtakes_its_activation_waits_for_it(stroke: House) -> None:
    assert stroke.route(word()) == [Retry("NotYetRouted", Why.EARLY)]
    stroke.route(code())
    (answer,) = stroke.route(word())
    assert isinstance(answer, CalledOff)


def test_a_word_in_the_batch_of_its_activation_is_taken_after_it(stroke: House) -> None:
    off, routed = stroke.route(word(), code())
    assert isinstance(off, CalledOff)
    assert isinstance(routed, Routed)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (word(id="n-9"), Reason.UNKNOWN_ACTIVATION),
        (word(id="n-2"), Reason.UNKNOWN_ACTIVATION),
        (word(tenant="lakeside"), Reason.UNKNOWN_TENANT),
        (word(lane=Priority.URGENT), Reason.WRONG_LANE),
        (word(sender="AIDAPORTAL"), Reason.WRONG_LANE),
        (word(sender="AIDAELSE"), Reason.UNKNOWN_SENDER),
        (word(content="Bed 12"), Reason.INVALID),
        (word(version=2), Reason.UNKNOWN_VERSION),
    ],
)
def test_a_word_that_may_not_call_off_is_refused(stroke: House, message: Ingress, reason: Reason) -> None:
    """n-2 is no activation: nobody is to answer it."""
    stroke.route(code(), ingress("m-0", id="n-2", lane=Priority.STAT))
    stroke.clock.advance(PATIENCE.total_seconds())
    assert reasons(stroke.route(message)) == [reason]
    assert stroke.quarantine.kept == [(message.body, reason)]
    assert not stroke.acknowledgements.stood_down


def test_a_word_that_could_not_be_stored_is_taken_later(stroke: House) -> None:
    stroke.route(code())
    stroke.acknowledgements.away = True
    assert stroke.route(word()) == [Retry("StoreUnavailableError")]
    assert looked_at(stroke) == ["n-1"]


def test_one_of_our_own_functions_may_send_for_every_tenant(stroke: House) -> None:
    assert reasons(stroke.route(code(sender="AROAPAGER:x"))) == [None]
    assert reasons(stroke.route(code(sender="AROAPAGER:x", tenant="lakeside"))) == [Reason.NOBODY_REACHABLE]
