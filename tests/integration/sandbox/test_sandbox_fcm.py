import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import firebase_admin  # type: ignore[import-untyped]
import pytest
import requests
import urllib3
from firebase_admin import exceptions, messaging
from google.auth import credentials as google_credentials
from requests.adapters import HTTPAdapter

from local.sandbox.modes import Match, Mode
from tests.integration.sandbox.conftest import TOKEN, RunningSandbox

pytestmark = pytest.mark.filterwarnings("ignore:Message.token is deprecated:DeprecationWarning")
APPLE_STAT = messaging.APNSConfig(
    headers={"apns-priority": "10", "apns-expiration": "1793000000", "apns-collapse-id": "d-1"},
    payload=messaging.APNSPayload(
        messaging.Aps(
            alert=messaging.ApsAlert(title="Code team", body="Open Statline"),
            sound=messaging.CriticalSound("code.caf", critical=True, volume=1.0),
            custom_data={"interruption-level": "critical"},
        )
    ),
)


@pytest.fixture
def firebase(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[firebase_admin.App]:
    monkeypatch.setattr(
        messaging._MessagingService, "FCM_URL", sandbox.url + "/v1/projects/{0}/messages:send", raising=True
    )
    # google-auth asks Google where the account may be used, in a thread of its own; tests talk to loopback only.
    monkeypatch.setattr(
        google_credentials.CredentialsWithRegionalAccessBoundary,
        "_is_regional_access_boundary_lookup_required",
        lambda _: False,
    )
    account = firebase_admin.credentials.Certificate(sandbox.directory / "service-account.json")
    app = firebase_admin.initialize_app(account, {"httpTimeout": 5}, name="sandbox-test")
    service = messaging._get_messaging_service(app)
    service._client.session.mount("http://", HTTPAdapter(max_retries=0))
    yield app
    firebase_admin.delete_app(app)


@pytest.fixture
def bearer(firebase: firebase_admin.App) -> str:
    return str(firebase.credential.get_access_token().access_token)


@pytest.fixture
def post(sandbox: RunningSandbox, bearer: str) -> Callable[..., urllib3.BaseHTTPResponse]:
    def send(
        body: Any, project: str = "statline-laptop", bearer: str = bearer, timeout: float = 5
    ) -> urllib3.BaseHTTPResponse:
        return urllib3.request(
            "POST",
            f"{sandbox.url}/v1/projects/{project}/messages:send",
            body=body if isinstance(body, bytes) else json.dumps(body),
            headers={"authorization": f"Bearer {bearer}", "content-type": "application/json"},
            timeout=timeout,
            retries=False,
        )

    return send


def push(delivery: str = "d-1", token: str = TOKEN, **more: Any) -> messaging.Message:
    more.setdefault("notification", messaging.Notification("Ward 4B", "New message"))
    return messaging.Message(token=token, data={"statline_delivery": delivery}, **more)


def test_a_push_of_the_firebase_library_reaches_the_phone(
    sandbox: RunningSandbox, firebase: firebase_admin.App
) -> None:
    android = messaging.AndroidConfig(collapse_key="d-1", priority="high", ttl=30)

    name = messaging.send(push(android=android, apns=APPLE_STAT), app=firebase)

    [received] = sandbox.client.phone(TOKEN).received
    assert received.provider_id == name
    assert name.startswith("projects/statline-laptop/messages/")
    assert (received.title, received.body) == ("Code team", "Open Statline")
    assert received.urgency == "android high, apple critical"
    assert received.message_id == "d-1"


def test_the_asynchronous_sender_reaches_the_phones_too(sandbox: RunningSandbox, firebase: firebase_admin.App) -> None:
    tokens = [f"{TOKEN}-{number}" for number in range(50)]
    pushes = [push(f"d-{token}", token=token) for token in tokens]

    async def send_all() -> messaging.BatchResponse:
        answers = await messaging.send_each_async(pushes, dry_run=False, app=firebase)
        await messaging._get_messaging_service(firebase)._async_client.aclose()
        return answers

    answers = asyncio.run(send_all())

    assert answers.success_count == 50
    assert sorted(sandbox.client.phone_ids()) == sorted(tokens)


def test_the_call_log_tells_of_the_push_on_disk_and_on_the_wire(
    sandbox: RunningSandbox, firebase: firebase_admin.App
) -> None:
    name = messaging.send(push(), app=firebase)

    token_call, push_call = sandbox.client.calls()[-2:]
    assert (token_call.provider, token_call.outcome) == ("token", "accepted")
    assert push_call.provider == "fcm"
    assert push_call.destination == TOKEN
    assert push_call.message_id == "d-1"
    assert (push_call.outcome, push_call.rang, push_call.provider_id) == ("accepted", True, name)
    assert json.loads(sandbox.call_lines[-1]) == push_call.model_dump()


def test_a_dry_run_is_logged_and_rings_nowhere(sandbox: RunningSandbox, firebase: firebase_admin.App) -> None:
    messaging.send(push(), dry_run=True, app=firebase)

    assert sandbox.client.phone_ids() == []
    assert not sandbox.client.calls()[-1].rang


def test_a_push_replaces_the_one_with_its_collapse_key_on_the_screen(
    sandbox: RunningSandbox, firebase: firebase_admin.App
) -> None:
    for _ in range(2):
        messaging.send(push(apns=APPLE_STAT), app=firebase)

    phone = sandbox.client.phone(TOKEN)
    assert len(phone.received) == 2
    assert [shown.seq for shown in phone.screen] == [phone.received[-1].seq]


@pytest.mark.parametrize(
    ("listed", "error"),
    [
        ("unregistered_tokens", messaging.UnregisteredError),
        ("foreign_tokens", messaging.SenderIdMismatchError),
        ("apns_unconfigured_tokens", messaging.ThirdPartyAuthError),
    ],
)
def test_a_token_that_cannot_be_reached_gets_the_libraries_own_error(
    sandbox: RunningSandbox, firebase: firebase_admin.App, listed: str, error: type[Exception]
) -> None:
    sandbox.client.set_identities(**{listed: [TOKEN]})

    with pytest.raises(error):
        messaging.send(push(), app=firebase)

    assert sandbox.client.phone_ids() == []


def test_a_dry_run_is_refused_for_a_token_that_fcm_knows_to_be_gone_and_does_not_ask_apple(
    sandbox: RunningSandbox, firebase: firebase_admin.App
) -> None:
    sandbox.client.set_identities(apns_unconfigured_tokens=[TOKEN])
    assert messaging.send(push(), dry_run=True, app=firebase)

    sandbox.client.set_identities(unregistered_tokens=[TOKEN])
    with pytest.raises(messaging.UnregisteredError):
        messaging.send(push(), dry_run=True, app=firebase)


def test_a_strict_list_makes_every_other_token_unregistered(
    sandbox: RunningSandbox, firebase: firebase_admin.App
) -> None:
    sandbox.client.set_identities(tokens=[TOKEN])

    messaging.send(push(), app=firebase)
    with pytest.raises(messaging.UnregisteredError):
        messaging.send(push(token=TOKEN + "-other"), app=firebase)


@pytest.mark.parametrize(
    ("mode", "error", "status"),
    [
        (Mode(provider="fcm", mode="throttled", retry_after=7), messaging.QuotaExceededError, 429),
        (Mode(provider="fcm", mode="error500"), exceptions.InternalError, 500),
        (Mode(provider="fcm", mode="error503"), exceptions.UnavailableError, 503),
        (Mode(provider="fcm", mode="unregistered"), messaging.UnregisteredError, 404),
        (Mode(provider="fcm", mode="refused", code="SENDER_ID_MISMATCH"), messaging.SenderIdMismatchError, 403),
        (Mode(provider="fcm", mode="refused", code="INVALID_ARGUMENT"), exceptions.InvalidArgumentError, 400),
    ],
)
def test_a_failure_mode_shows_as_the_libraries_own_error(
    sandbox: RunningSandbox, firebase: firebase_admin.App, mode: Mode, error: type[Exception], status: int
) -> None:
    sandbox.client.set_modes(mode)

    with pytest.raises(error) as raised:
        messaging.send(push(), app=firebase)

    assert raised.value.http_response.status_code == status  # type: ignore[attr-defined]
    call = sandbox.client.calls()[-1]
    assert (call.outcome, call.mode, call.rang) == ("refused", mode.mode, False)
    assert sandbox.client.phone_ids() == []


def test_throttling_says_when_to_come_back(sandbox: RunningSandbox, post: Callable[[Any], Any]) -> None:
    sandbox.client.set_modes(Mode(provider="fcm", mode="throttled", retry_after=7))

    assert post({"message": {"token": TOKEN}}).headers["retry-after"] == "7"


@pytest.mark.parametrize(("mode", "rings"), [("dropped_before", False), ("dropped_after", True)])
def test_a_dropped_answer_leaves_the_caller_not_knowing(
    sandbox: RunningSandbox, firebase: firebase_admin.App, mode: Any, rings: bool
) -> None:
    sandbox.client.set_modes(Mode(provider="fcm", mode=mode, times=1))

    with pytest.raises(exceptions.UnavailableError) as raised:
        messaging.send(push(), app=firebase)

    assert isinstance(raised.value.cause, requests.exceptions.ConnectionError)
    call = sandbox.client.calls()[-1]
    assert (call.outcome, call.mode, call.rang) == ("dropped", mode, rings)
    assert (sandbox.client.phone_ids() == [TOKEN]) is rings


def test_a_slow_answer_outlasts_the_caller_and_the_phone_has_rung(
    sandbox: RunningSandbox, post: Callable[..., Any]
) -> None:
    sandbox.client.set_modes(Mode(provider="fcm", mode="slow", seconds=30, match=Match(destination_prefix="dEvIcE")))

    with pytest.raises(urllib3.exceptions.TimeoutError):
        post({"message": {"token": TOKEN, "data": {"statline_delivery": "d-1"}}}, timeout=0.3)

    call = sandbox.client.calls()[-1]
    assert (call.outcome, call.mode, call.delay_seconds, call.rang) == ("accepted", "slow", 30.0, True)
    assert sandbox.client.phone_ids() == [TOKEN]


def message(**fields: Any) -> dict[str, Any]:
    return {"token": TOKEN, **fields}


def aps(**keys: Any) -> dict[str, Any]:
    return message(apns={"payload": {"aps": {"alert": "x", **keys}}})


def apns_headers(**headers: Any) -> dict[str, Any]:
    return message(apns={"headers": {name.replace("_", "-"): value for name, value in headers.items()}})


SILENT = {"headers": {"apns-priority": "10"}, "payload": {"aps": {"content-available": 1}}}
LOUD = {"critical": 1, "name": "a", "volume": 2}
BAD_MESSAGES: dict[str, tuple[dict[str, Any], str]] = {
    "no target": ({"notification": {"title": "x"}}, "message"),
    "two targets": (message(topic="all"), "message"),
    "a token of a wrong form": ({"token": "not a token"}, "message.token"),
    "an unknown field": (message(sound="x"), "message"),
    "an unknown field of notification": (message(notification={"click_action": "x"}), "message.notification"),
    "an unknown field of android": (message(android={"time_to_live": "30s"}), "message.android"),
    "an unknown field of webpush": (message(webpush={"ttl": "30s"}), "message.webpush"),
    "an unknown option": (message(fcm_options={"label": "x"}), "message.fcm_options"),
    "data that is no string": (message(data={"n": 12}), "message.data[0].value"),
    "a reserved data key": (message(data={"google.x": "1"}), "message.data"),
    "an unknown priority": (message(android={"priority": "urgent"}), "message.android.priority"),
    "a time to live without its unit": (message(android={"ttl": "30"}), "message.android.ttl"),
    "a time to live beyond four weeks": (message(android={"ttl": "2419201s"}), "message.android.ttl"),
    "a header that is no string": (apns_headers(apns_priority=10), "message.apns.headers[0].value"),
    "an unknown apns priority": (apns_headers(apns_priority="7"), "message.apns.headers"),
    "an expiration that is no time": (apns_headers(apns_expiration="soon"), "message.apns.headers"),
    "a long collapse id": (apns_headers(apns_collapse_id="é" * 33), "message.apns.headers"),
    "an unknown interruption level": (aps(**{"interruption-level": "loud"}), "message.apns.payload.aps"),
    "a critical sound that is too loud": (aps(sound=LOUD), "message.apns.payload.aps.sound"),
    "silent data at high priority": (message(data={"a": "b"}, apns=SILENT), "message.apns.headers"),
    "a payload of more than 4096 bytes": (message(data={"a": "é" * 2_048}), "message"),
}


@pytest.mark.parametrize("case", BAD_MESSAGES)
def test_a_message_that_fcm_would_refuse_is_refused_with_its_field(
    sandbox: RunningSandbox, post: Callable[[Any], Any], case: str
) -> None:
    bad, field = BAD_MESSAGES[case]

    answer = post({"message": bad})

    error = answer.json()["error"]
    assert (answer.status, error["status"]) == (400, "INVALID_ARGUMENT")
    [bad_request] = [d for d in error["details"] if d["@type"].endswith("google.rpc.BadRequest")]
    assert field in {violation["field"] for violation in bad_request["fieldViolations"]}
    assert sandbox.client.calls()[-1].code == "INVALID_ARGUMENT"
    assert sandbox.client.phone_ids() == []


def test_a_payload_of_exactly_4096_bytes_goes_through(post: Callable[[Any], Any]) -> None:
    filler = "x" * (4_096 - len('{"a":""}'))

    assert post({"message": {"token": TOKEN, "data": {"a": filler}}}).status == 200


def test_json_names_may_be_in_camel_case(sandbox: RunningSandbox, post: Callable[[Any], Any]) -> None:
    answer = post({"message": {"token": TOKEN, "android": {"collapseKey": "c"}, "fcmOptions": {"analyticsLabel": "l"}}})

    assert answer.status == 200
    assert sandbox.client.phone(TOKEN).received[0].collapse_key == "c"


def test_a_body_that_is_not_json_is_refused(post: Callable[[Any], Any]) -> None:
    assert post(b"{").status == 400


def test_an_invalid_message_is_refused_though_a_failure_mode_is_on(
    sandbox: RunningSandbox, post: Callable[[Any], Any]
) -> None:
    sandbox.client.set_modes(Mode(provider="fcm", mode="error503", times=1))

    assert post({"message": {}}).status == 400
    assert post({"message": {"token": TOKEN}}).status == 503


def test_a_bearer_token_nobody_gave_out_is_refused(sandbox: RunningSandbox, post: Callable[..., Any]) -> None:
    answer = post({"message": {"token": TOKEN}}, bearer="ya29.invented")

    assert (answer.status, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert sandbox.client.calls()[-1].destination == TOKEN


def test_another_project_is_refused(post: Callable[..., Any]) -> None:
    assert post({"message": {"token": TOKEN}}, project="somebody-else").status == 403


def test_an_expired_bearer_token_is_renewed_by_the_library(
    sandbox: RunningSandbox, firebase: firebase_admin.App
) -> None:
    messaging.send(push("d-1"), app=firebase)
    sandbox.client.expire_tokens()

    messaging.send(push("d-2"), app=firebase)

    assert [call.message_id for call in sandbox.client.calls() if call.rang] == ["d-1", "d-2"]
    assert "UNAUTHENTICATED" in {call.code for call in sandbox.client.calls()}
