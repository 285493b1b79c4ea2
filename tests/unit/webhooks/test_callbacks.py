"""What becomes of signed callbacks: statuses and texts are kept, calls to a line are answered in words."""

import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest

from functions.core.adapters.queues.callback_queue import CallbackQueue
from functions.core.domain.delivering.delivery import DeliveryKey
from functions.core.domain.errors import QueueUnavailableError
from functions.core.domain.escalation.step_name import ANYBODY, StepName, step_id
from functions.core.domain.receipts.callback_names import callback_url, named_in
from functions.core.domain.receipts.callbacks import CALLBACK, InboundText, KeyPress, TwilioStatus
from functions.webhooks.request import request_in
from statline.contract.words import Channel
from tests.fakes.clock import NOON
from tests.fakes.deliveries import a_delivery
from tests.fakes.directory_changes import a_device, a_line, a_pager, a_phone, a_policy, a_user
from tests.unit.webhooks.scene import Scene, a_request

LINE, SHARED, CALLER = "+14165550199", "+14165550198", "+14165550111"
CALL = {"CallSid": "CA1", "From": CALLER, "To": LINE}
TO_SHARED = CALL | {"To": SHARED}


@pytest.fixture
def scene() -> Scene:
    return Scene(
        a_line(LINE),
        a_line(SHARED, pager=None),
        a_policy(),
        a_pager(),
        a_user("u-1"),
        a_phone("u-1"),
        a_device("u-1"),
    )


def _parsed(answer: dict[str, Any]) -> ET.Element:
    return ET.fromstring(answer["body"])  # noqa: S314 - our own


# Statuses


def test_a_status_says_which_delivery_it_is_of_and_why_it_failed(scene: Scene) -> None:
    key = a_delivery(Channel.SMS).key
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    scene.post("/twilio/status", form, urlsplit(callback_url("https://h/twilio/status", key)).query)
    assert scene.callbacks.kept == [
        TwilioStatus(key=key, message_id="SM1", status="undelivered", error_code="30003", at=NOON)
    ]


def test_a_status_of_no_delivery_of_ours_is_passed_over(scene: Scene) -> None:
    form = {"MessageSid": "SM1", "MessageStatus": "sent"}
    assert scene.post("/twilio/status", form) == {"statusCode": 204}
    assert scene.callbacks.kept == []


@pytest.mark.parametrize(
    "notification", ["n-1", step_id("code:blue/7*", StepName(f"icu/{ANYBODY}", 2, 11)), "é\N{SNOWMAN} &?=#+%"]
)
def test_every_name_survives_the_way_through_an_address(notification: str) -> None:
    key = DeliveryKey(
        tenant="north shore",
        notification=notification,
        recipient="person/ü",
        channel=Channel.SMS,
        endpoint="mobile~twilio",
    )
    url = callback_url("https://h/twilio/status", key)
    assert re.fullmatch(r"[A-Za-z0-9_.:/?=&-]+", url)
    request = request_in(a_request("/twilio/status", {}, urlsplit(url).query), "")
    assert named_in(request.query) == key


@pytest.mark.parametrize("word", ["", "!", "AAAA", "W10", "WzEsMiwzLDQsNV0"])
def test_an_address_that_names_no_delivery_names_none(word: str) -> None:
    assert named_in({"statline_names": word, "statline_delivery": "x"}) is None


# Texts


def test_a_text_is_kept_as_it_was_written_and_answered_by_a_delivery_of_its_own(scene: Scene) -> None:
    form = {"MessageSid": "SM2", "From": CALLER, "To": LINE, "Body": " 1\u00a0oui \U0001f691 + & ="}
    answer = scene.post("/twilio/text", form)
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "text/xml; charset=utf-8")
    assert list(_parsed(answer)) == []
    assert scene.callbacks.kept == [InboundText(message_id="SM2", sender=CALLER, line=LINE, body=form["Body"], at=NOON)]


def test_while_the_receipts_queue_is_away_twilio_is_told_so(scene: Scene) -> None:
    scene.callbacks.away = True
    with pytest.raises(QueueUnavailableError):
        scene.post("/twilio/text", {"MessageSid": "SM2", "From": CALLER, "To": LINE, "Body": "1"})


def test_what_is_put_on_the_queue_can_be_read_back() -> None:
    text = InboundText(message_id="SM2", sender=CALLER, line=LINE, body="a\x00b\ufffe \U0001f691", at=NOON)
    status = TwilioStatus(key=a_delivery(Channel.SMS).key, message_id="SM1", status="delivered", at=NOON)
    pressed = KeyPress(key=a_delivery(Channel.VOICE).key, contact="c-1", at=NOON)
    queue = FakeSqs()
    for callback in (text, status, pressed):
        CallbackQueue(queue, "url").put(callback)  # type: ignore[arg-type] # as much of a client as is used
    assert [CALLBACK.validate_json(body) for body in queue.bodies] == [text, status, pressed]
    assert all(body.isascii() and body.isprintable() for body in queue.bodies)


class FakeSqs:
    """Remembers bodies."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803 (botocore's spelling)
        assert QueueUrl == "url"
        self.bodies.append(MessageBody)


# Calls


class Caller:
    """Somebody on the phone: hears what is said, and keys digits in."""

    def __init__(self, scene: Scene, call: dict[str, str]) -> None:
        self.scene = scene
        self.call = call
        self.asked: list[tuple[str, str]] = []
        self._hear(scene.post("/twilio/call", call))

    def key(self, digits: str) -> None:
        assert self.action, "nothing was asked"
        where = urlsplit(self.action)
        self.asked.append((where.query, digits))
        self._hear(self.scene.post(where.path, self.call | {"Digits": digits}, where.query))

    def again(self) -> None:
        """The last request comes once more."""
        query, digits = self.asked[-1]
        self._hear(self.scene.post("/twilio/call/digits", self.call | {"Digits": digits}, query))

    def _hear(self, answer: dict[str, Any]) -> None:
        assert answer["statusCode"] == 200
        response = _parsed(answer)
        gather = response.find("Gather")
        self.action = gather.attrib["action"] if gather is not None else ""
        self.said = "".join(each.text or "" for each in response.iter("Say"))
        self.hung_up = response.find("Hangup") is not None


def test_a_caller_of_a_pagers_own_line_gives_a_number_and_hears_the_reference(scene: Scene) -> None:
    caller = Caller(scene, CALL)
    assert "number to call back" in caller.said
    caller.key("4165550142")
    assert "was paged" in caller.said
    assert "4 1 6 5 5 5 0 1 4 2" in caller.said
    assert caller.hung_up
    (page,) = scene.doors.sent
    assert "+14165550142" in page.model_dump_json()


def test_who_only_presses_the_hash_key_is_called_back_at_their_own_number(scene: Scene) -> None:
    caller = Caller(scene, CALL)
    caller.key("")
    (page,) = scene.doors.sent
    assert CALLER in page.model_dump_json()


def test_a_caller_of_a_shared_line_keys_in_the_pager_first(scene: Scene) -> None:
    caller = Caller(scene, TO_SHARED)
    caller.key("4471")
    assert "number to call back" in caller.said
    caller.key("")
    assert "was paged" in caller.said
    assert len(scene.doors.sent) == 1


def test_a_wrong_pager_may_be_corrected_once(scene: Scene) -> None:
    caller = Caller(scene, TO_SHARED)
    caller.key("999")
    assert "once more" in caller.said
    caller.key("4471")
    assert "number to call back" in caller.said
    caller.key("12")
    assert "once more" in caller.said
    caller.key("4165550142")
    assert "was paged" in caller.said


def test_who_is_wrong_twice_hears_that_nobody_was_told(scene: Scene) -> None:
    caller = Caller(scene, TO_SHARED)
    caller.key("999")
    caller.key("998")
    assert "Nobody was told" in caller.said
    assert caller.hung_up
    assert scene.doors.sent == []


def test_the_same_request_twice_is_the_same_page(scene: Scene) -> None:
    caller = Caller(scene, CALL)
    caller.key("4165550142")
    said = caller.said
    scene.clock.advance(7)
    caller.again()
    first, second = scene.doors.sent
    assert (first, said) == (second, caller.said)


def test_what_was_asked_stands_in_the_address_in_letters_that_nobody_on_the_way_changes(scene: Scene) -> None:
    caller = Caller(scene, TO_SHARED)
    first = caller.action
    caller.key("44*71")
    assert re.fullmatch(r"[A-Za-z0-9_.:/?=&-]+", first + caller.action)


@pytest.mark.parametrize("keys", ["*4471", "44*71", "4471*", "4471#"])
def test_a_star_among_the_digits_of_a_pager_is_none_of_them(scene: Scene, keys: str) -> None:
    """As in the contact flow: who is paged is said before anybody is."""
    caller = Caller(scene, TO_SHARED)
    caller.key(keys)
    assert "You page the holder of pager 4471" in caller.said


@pytest.mark.parametrize("keys", ["***", "*", "4" * 40, "0" * 40, "9"])
def test_whoever_keys_in_nonsense_is_asked_once_more_and_then_told_that_nobody_was(scene: Scene, keys: str) -> None:
    caller = Caller(scene, TO_SHARED)
    caller.key(keys)
    assert "once more" in caller.said or "Key in the number" in caller.said
    caller.key(keys)
    assert "Nobody was told" in caller.said
    assert caller.hung_up
    assert scene.doors.sent == []


@pytest.mark.parametrize("withheld", ["+266696687", "+7378742833", ""])
def test_a_withheld_number_is_nobody_to_call_back(scene: Scene, withheld: str) -> None:
    caller = Caller(scene, CALL | {"From": withheld})
    caller.key("")
    assert "once more" in caller.said
    caller.key("")
    assert "Nobody was told" in caller.said
    assert scene.doors.sent == []


def test_a_number_that_is_no_line_of_ours_pages_nobody(scene: Scene) -> None:
    caller = Caller(scene, CALL | {"To": "+14165550177"})
    assert "pages nobody" in caller.said
    assert caller.hung_up


def test_what_is_said_is_words_and_never_markup() -> None:
    scene = Scene(a_line(LINE), a_policy(), a_pager("4471", "team", "stroke"))
    caller = Caller(scene, CALL)
    caller.key("")
    assert "Nobody could be reached" in caller.said
    assert "<" not in caller.said
