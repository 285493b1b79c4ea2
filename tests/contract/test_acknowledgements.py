"""What every `Acknowledgements` and `ReplyBook` does: the same cases on the fakes and on DynamoDB (moto)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from functions.core.adapters.state.acknowledgement_items import KEPT
from functions.core.adapters.state.acknowledgement_table import AcknowledgementTable
from functions.core.adapters.state.notification_table import NotificationTable
from functions.core.adapters.state.reply_book import ReplyBookTable
from functions.core.adapters.state.table import StateTable
from functions.core.domain.answers.acknowledgement import Acknowledgement, Answers, OpenActivation, StoodDown, Word
from functions.core.domain.errors import StoreUnavailableError
from functions.core.domain.ports.escalation import Acknowledgements, ReplyBook
from statline.contract.words import Answer, Channel, Via
from tests.contract.tables import a_table
from tests.contract.test_notifications_kept import a_plan
from tests.fakes.acknowledgements import FakeAcknowledgements, FakeReplyBook
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "delivery-state"
NUMBER = "+14165550123"


def accepted(role: str = "leader", user: str = "u-1", **changes: Any) -> Acknowledgement:
    return replace(Acknowledgement("northshore", "n-1", role, user, Via.KEY, NOON), **changes)


def said(user: str = "u-1", answer: Answer = Answer.ACCEPT, seconds: float = 0, **changes: Any) -> Word:
    at = NOON + timedelta(seconds=seconds)
    return replace(Word("northshore", "n-1", user, ("leader", "stroke/airway"), answer, Via.SMS, at), **changes)


def paged(activation: str = "n-1", minutes: int = 0, **changes: Any) -> OpenActivation:
    opened_at = NOON + timedelta(minutes=minutes)
    opened = OpenActivation("northshore", activation, "u-1", "7Q4", opened_at, NOON + timedelta(hours=1))
    return replace(opened, **changes)


@pytest.fixture(params=["fake", "table"])
def answers(request: pytest.FixtureRequest) -> Iterator[Acknowledgements]:
    if request.param == "fake":
        yield FakeAcknowledgements()
        return
    with a_table(TABLE) as client:
        NotificationTable(client, TABLE).keep(a_plan())  # the activation's own item lies among its answers
        yield AcknowledgementTable(client, TABLE)


@pytest.fixture(params=["fake", "table"])
def book(request: pytest.FixtureRequest) -> Iterator[ReplyBook]:
    if request.param == "fake":
        yield FakeReplyBook()
        return
    with a_table(TABLE) as client:
        yield ReplyBookTable(client, TABLE)


def test_nothing_was_said_at_first(answers: Acknowledgements) -> None:
    assert answers.of("northshore", "n-1") == Answers()


def test_the_first_acceptance_of_a_role_stays_and_is_answered(answers: Acknowledgements) -> None:
    first, second = accepted(), accepted(user="u-2", via=Via.APP, at=NOON - timedelta(seconds=9))
    assert answers.acknowledge(first) == first
    assert answers.acknowledge(second) == first
    assert answers.acknowledge(first) == first
    assert answers.of("northshore", "n-1").acknowledgements == (first,)


def test_roles_and_activations_are_accepted_each_for_itself(answers: Acknowledgements) -> None:
    each = [accepted("*"), accepted("leader"), accepted("person/u-9"), accepted("stroke/airway")]
    elsewhere = accepted(activation="n-2", tenant="lakeside")
    for one in (*each, elsewhere):
        answers.acknowledge(one)
    assert answers.of("northshore", "n-1").acknowledgements == tuple(each)
    assert answers.of("northshore", "n-1").covered == {"*", "leader", "person/u-9", "stroke/airway"}
    assert answers.of("lakeside", "n-2").acknowledgements == (elsewhere,)


def test_everybodys_last_word_is_kept_however_late_an_earlier_one_comes(answers: Acknowledgements) -> None:
    last = said(answer=Answer.DECLINE, seconds=30)
    answers.note(said(seconds=10))
    answers.note(last)
    answers.note(said(seconds=20))
    other = said("u-2")
    answers.note(other)
    answers.note(other)
    assert answers.of("northshore", "n-1").words == (last, other)


def test_an_activation_is_called_off_once(answers: Acknowledgements) -> None:
    first = StoodDown("northshore", "n-1", "ward-app", NOON)
    assert answers.stand_down(first) == first
    assert answers.stand_down(replace(first, at=NOON + timedelta(seconds=5))) == first
    answers.note(said())
    found = answers.of("northshore", "n-1")
    assert (found.stood_down, found.words, found.acknowledgements) == (first, (said(),), ())


def test_a_phone_finds_what_it_was_paged_for_the_newest_first(book: ReplyBook) -> None:
    old, new = paged(), paged("n-2", minutes=5, tenant="lakeside", code="8RT")
    book.enter([(NUMBER, old), (NUMBER, new), ("+14165550188", paged("n-3"))])
    assert book.open_for(NUMBER, NOON) == [new, old]
    assert book.open_for("+14165550100", NOON) == []


def test_what_has_expired_is_not_open(book: ReplyBook) -> None:
    book.enter([(NUMBER, paged()), (NUMBER, paged("n-2", expires_at=NOON + timedelta(minutes=1)))])
    assert book.open_for(NUMBER, NOON + timedelta(minutes=1)) == [paged()]
    assert book.open_for(NUMBER, NOON + timedelta(hours=1)) == []


def test_entering_again_changes_nothing(book: ReplyBook) -> None:
    book.enter([(NUMBER, paged()), (NUMBER, paged(minutes=3))])
    book.enter([(NUMBER, paged(minutes=9)), (NUMBER, paged(code="8RT"))])
    assert book.open_for(NUMBER, NOON) == [paged()]


def test_a_shared_phone_is_that_of_everybody_who_was_paged_on_it(book: ReplyBook) -> None:
    book.enter([(NUMBER, paged()), (NUMBER, paged(user="u-2"))])
    book.enter([(NUMBER, paged(user="u-3"))])
    assert {each.user for each in book.open_for(NUMBER, NOON)} == {"u-1", "u-2", "u-3"}


# the table only


@pytest.fixture
def client() -> Iterator["DynamoDBClient"]:
    with a_table(TABLE) as client:
        yield client


def test_a_channels_worker_sees_what_was_accepted_and_called_off(client: "DynamoDBClient") -> None:
    """The acknowledger and the channels must mean the same items: nothing else would notice that they do not."""
    table, states = AcknowledgementTable(client, TABLE), StateTable(client, TABLE)
    call = a_delivery(Channel.VOICE, roles=("leader",))
    both = a_delivery(Channel.VOICE, roles=("leader", "nurse"))
    step = a_delivery(Channel.VOICE, notification="n-1~nurse~1~1", roles=("nurse",))
    table.acknowledge(accepted())
    assert states.acknowledged([call, both, step]) == [True, False, False]
    table.stand_down(StoodDown("northshore", "n-1", "ward-app", NOON))
    assert states.acknowledged([call, both, step]) == [True, True, True]


def test_answers_outlive_every_life_that_an_activation_may_have(client: "DynamoDBClient") -> None:
    table = AcknowledgementTable(client, TABLE)
    table.acknowledge(accepted())
    table.note(said())
    table.stand_down(StoodDown("northshore", "n-1", "ward-app", NOON))
    kept: list[Any] = list(client.scan(TableName=TABLE)["Items"])
    assert len(kept) == 3
    assert {item["ttl"]["N"] for item in kept} == {str(int((NOON + KEPT).timestamp()))}


def test_a_phones_number_stands_in_no_item(client: "DynamoDBClient") -> None:
    ReplyBookTable(client, TABLE).enter([(NUMBER, paged())])
    (item,) = client.scan(TableName=TABLE)["Items"]
    assert NUMBER.removeprefix("+") not in str(item)
    assert "ttl" in item


def test_a_table_that_is_not_there_is_a_temporary_trouble(client: "DynamoDBClient") -> None:
    table, book = AcknowledgementTable(client, "elsewhere"), ReplyBookTable(client, "elsewhere")
    calls: list[Callable[[], object]] = [
        lambda: table.of("a", "b"),
        lambda: table.acknowledge(accepted()),
        lambda: table.note(said()),
        lambda: table.stand_down(StoodDown("a", "b", "c", NOON)),
        lambda: book.enter([(NUMBER, paged())]),
        lambda: book.open_for(NUMBER, NOON),
    ]
    for call in calls:
        with pytest.raises(StoreUnavailableError):
            call()
