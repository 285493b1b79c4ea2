"""What Amazon Connect is asked about calls that we placed, and how its refusals are taken."""

from threading import Event
from time import monotonic
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.session import get_session
from botocore.validate import ParamValidator

from functions.core.adapters.providers import connect_calls
from functions.core.adapters.providers.connect_calls import ConnectCalls, ConnectUnavailableError

INSTANCE = "7f0b3c52-9d1e-4f57-8f0c-0c3a3f0f2b11"
CLIENT = get_session().create_client("connect", region_name="ca-central-1")


class Calls:
    """Connect's two operations. ``refusals``: the error code of a contact."""

    exceptions = CLIENT.exceptions

    def __init__(self) -> None:
        self.stopped: list[dict[str, str]] = []
        self.tried: list[str] = []
        self.asked: list[str] = []
        self.refusals: dict[str, str] = {}
        self.away = False

    def stop_contact(self, **request: str) -> dict[str, Any]:
        self.tried.append(request["ContactId"])
        self._answer("StopContact", request["ContactId"])
        self.stopped.append(request)
        return {}

    def get_contact_attributes(self, **request: str) -> dict[str, Any]:
        self.asked.append(request["InitialContactId"])
        self._answer("GetContactAttributes", request["InitialContactId"])
        return {"Attributes": {"statline_tenant": request["InitialContactId"]}}

    def _answer(self, operation: str, contact: str) -> None:
        if self.away:
            raise EndpointConnectionError(endpoint_url="https://connect")
        if contact in self.refusals:
            code = self.refusals[contact]
            raise getattr(self.exceptions, code, ClientError)({"Error": {"Code": code, "Message": ""}}, operation)


@pytest.fixture
def connect() -> Calls:
    return Calls()


def calls_of(connect: Any) -> ConnectCalls:
    return ConnectCalls(connect, INSTANCE)


def test_every_call_is_ended_whatever_became_of_the_others(connect: Calls) -> None:
    connect.refusals = {"c-1": "ContactNotFoundException", "c-2": "ThrottlingException"}
    calls_of(connect).stop(["c-1", "c-2", "c-3", "c-4"])
    assert sorted(each["ContactId"] for each in connect.stopped) == ["c-3", "c-4"]
    model: Any = get_session().get_service_model("connect").operation_model("StopContact")
    assert [ParamValidator().validate(each, model.input_shape).has_errors() for each in connect.stopped] == [False] * 2


def test_a_connect_that_is_away_is_no_error_of_who_ends_calls(connect: Calls) -> None:
    connect.away = True
    calls_of(connect).stop(["c-1"])
    assert (connect.tried, connect.stopped) == (["c-1"], [])


def test_a_connect_that_hangs_takes_little_time_of_who_ends_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty calls that ring, and each answer would take its four seconds: the ladders of that look would be lost."""
    monkeypatch.setattr(connect_calls, "STOPPING_SECONDS", 0.05)
    answers, asked = Event(), []

    class Hanging(Calls):
        def stop_contact(self, **request: str) -> dict[str, Any]:
            asked.append(request["ContactId"])
            answers.wait(timeout=60)
            return {}

    begun = monotonic()
    calls_of(Hanging()).stop([f"c-{number}" for number in range(50)])
    assert monotonic() - begun < 30
    answers.set()
    assert len(asked) <= connect_calls.CONNECTIONS


def test_a_calls_attributes_are_asked_for_once(connect: Calls) -> None:
    calls = calls_of(connect)
    assert [calls.attributes_of("c-1") for _ in range(3)] == [{"statline_tenant": "c-1"}] * 3
    assert connect.asked == ["c-1"]


def test_a_call_that_connect_does_not_know_has_no_attributes(connect: Calls) -> None:
    connect.refusals = {"c-1": "ResourceNotFoundException"}
    assert calls_of(connect).attributes_of("c-1") == {}


def test_a_call_that_connect_came_to_know_is_asked_for_again(connect: Calls) -> None:
    """Its first event may be faster than Connect's own memory; its later ones say what became of it."""
    calls = calls_of(connect)
    connect.refusals = {"c-1": "ResourceNotFoundException"}
    calls.attributes_of("c-1")
    connect.refusals = {}
    assert calls.attributes_of("c-1") == {"statline_tenant": "c-1"}


@pytest.mark.parametrize("refusal", ["ThrottlingException", "InternalServiceException", None])
def test_attributes_that_are_not_told_now_are_asked_for_again(connect: Calls, refusal: str | None) -> None:
    calls = calls_of(connect)
    connect.away = refusal is None
    connect.refusals = {"c-1": refusal} if refusal else {}
    with pytest.raises(ConnectUnavailableError):
        calls.attributes_of("c-1")
    connect.away, connect.refusals = False, {}
    assert calls.attributes_of("c-1") == {"statline_tenant": "c-1"}


def test_attributes_are_not_kept_without_end(connect: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect_calls, "MOST_CONTACTS", 2)
    calls = calls_of(connect)
    for contact in ("c-1", "c-2", "c-3", "c-1"):
        calls.attributes_of(contact)
    assert connect.asked == ["c-1", "c-2", "c-3", "c-1"]
