import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
import urllib3
from botocore.model import Shape

from local.sandbox.aws import quotas
from local.sandbox.aws.shapes import CHECKS, compiled
from local.sandbox.aws.wire import load
from local.sandbox.client import SandboxClient, SandboxError
from local.sandbox.connect import preflight as connect_preflight
from local.sandbox.end_user_messaging import preflight as sms_preflight
from local.sandbox.modes import Match, Mode
from tests.integration.sandbox.aws_clients import sms_client
from tests.integration.sandbox.conftest import NUMBER, ROOT, RunningSandbox, start_process, stop_process


def send_text(sandbox: RunningSandbox, number: str = NUMBER, delivery: str = "d-1") -> bool:
    """Whether the sandbox took it."""
    answer = sms_client(sandbox.url)
    try:
        answer.send_text_message(
            DestinationPhoneNumber=number, MessageBody="Hello", Context={"statline_delivery": delivery}
        )
    except answer.exceptions.ClientError:
        return False
    return True


def test_a_mode_ends_after_its_times(sandbox: RunningSandbox) -> None:
    sandbox.client.set_modes(Mode(provider="sms", mode="throttled", times=2))

    assert [send_text(sandbox) for _ in range(4)] == [False, False, True, True]


def test_a_mode_strikes_only_its_destinations(sandbox: RunningSandbox) -> None:
    sandbox.client.set_modes(Mode(mode="throttled", match=Match(destination_prefix="+1212")))

    assert [send_text(sandbox, number) for number in ("+12125550100", NUMBER)] == [False, True]


def test_a_mode_of_a_seed_strikes_the_same_calls_again(sandbox: RunningSandbox) -> None:
    runs = []
    for _ in range(2):
        sandbox.client.set_modes(Mode(provider="sms", mode="throttled", probability=0.5, seed=7))
        runs.append([send_text(sandbox) for _ in range(20)])

    assert runs[0] == runs[1]
    assert 0 < sum(runs[0]) < 20


def test_a_delay_and_a_refusal_add_up(sandbox: RunningSandbox) -> None:
    sandbox.client.set_modes(Mode(mode="slow", seconds=0.1), Mode(provider="sms", mode="error500"))

    assert not send_text(sandbox)

    call = sandbox.client.calls()[-1]
    assert (call.outcome, call.delay_seconds) == ("refused", 0.1)


def test_modes_can_be_cleared(sandbox: RunningSandbox) -> None:
    sandbox.client.set_modes(Mode(provider="sms", mode="throttled"))
    sandbox.client.clear_modes()

    assert send_text(sandbox)


@pytest.mark.parametrize(
    "mode",
    [
        {"mode": "explode"},
        {"mode": "slow"},
        {"mode": "refused", "code": "UNREGISTERED"},
        {"mode": "throttled", "code": "UNREGISTERED"},
        {"mode": "refused", "provider": "fcm", "code": "ThrottlingException"},
        {"mode": "refused", "provider": "sms", "code": "ConflictException/NO_SUCH_REASON"},
        {"mode": "unregistered", "provider": "sms"},
        {"mode": "throttled", "surprise": 1},
    ],
)
def test_a_mode_that_makes_no_sense_is_refused(sandbox: RunningSandbox, mode: dict[str, Any]) -> None:
    answer = urllib3.request("PUT", f"{sandbox.url}/modes", json=[mode], retries=False)

    assert answer.status == 400
    assert answer.json()["error"]


def test_an_unknown_list_is_refused(sandbox: RunningSandbox) -> None:
    with pytest.raises(SandboxError, match="numbers"):
        sandbox.client.set_identities(numbers=["+1"])


def test_a_path_that_nobody_has_is_refused_and_logged(sandbox: RunningSandbox) -> None:
    answer = urllib3.request("POST", f"{sandbox.url}/2010-04-01/Accounts", retries=False)

    assert answer.status == 404
    assert sandbox.client.calls()[-1].provider == "unknown"


def test_a_follower_hears_of_an_arrival_as_it_happens(sandbox: RunningSandbox) -> None:
    last = sandbox.client.calls()[-1].seq if sandbox.client.calls() else 0
    heard: list[str] = []

    def follow() -> None:
        heard.extend(r.message_id or "" for r in sandbox.client.arrivals(after=position, wait_seconds=10))

    position = urllib3.request("GET", f"{sandbox.url}/health").json()["arrivals"]
    follower = threading.Thread(target=follow)
    follower.start()
    send_text(sandbox, delivery="d-live")
    follower.join(timeout=10)

    assert heard == ["d-live"]
    calls = sandbox.client.wait_for_calls(lambda seen: [c for c in seen if c.message_id == "d-live"], 10, after=last)
    assert calls[0].rang


def test_waiting_for_what_never_comes_ends_at_its_deadline(sandbox: RunningSandbox) -> None:
    with pytest.raises(TimeoutError, match="0 provider calls"):
        sandbox.client.wait_for_calls(lambda seen: seen[0] if seen else None, 0.2, after=10**9)


def test_reset_forgets_all_and_numbers_go_on(sandbox: RunningSandbox) -> None:
    send_text(sandbox)
    before = sandbox.client.calls()[-1].seq

    sandbox.client.set_pace(0.5)

    sandbox.client.reset()
    send_text(sandbox)

    assert sandbox.client.pace() == 1
    assert [call.seq for call in sandbox.client.calls()] == [before + 1]
    assert len(sandbox.call_lines) == 1
    assert len(sandbox.client.phone(NUMBER).received) == 1


def test_half_a_request_is_no_call(sandbox: RunningSandbox) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"PUT /contact/outbound-voice HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")

    send_text(sandbox)

    assert [call.operation for call in sandbox.client.calls()] == ["SendTextMessage"]


def test_a_request_of_a_client_that_died_has_rung_and_is_logged(sandbox: RunningSandbox) -> None:
    host, port = sandbox.url.removeprefix("http://").split(":")
    body = json.dumps({"DestinationPhoneNumber": NUMBER, "MessageBody": "x", "Context": {"statline_delivery": "d-9"}})
    head = (
        f"POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(body)}\r\nx-amz-date: 20261122T000000Z\r\n"
        f"x-amz-target: PinpointSMSVoiceV2.SendTextMessage\r\nauthorization: AWS4-HMAC-SHA256 Credential=AKID/20261122/"
        f"ca-central-1/sms-voice/aws4_request, SignedHeaders=host;x-amz-date, Signature={'0' * 64}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall((head + body).encode())

    [call] = sandbox.client.wait_for_calls(lambda seen: [c for c in seen if c.message_id == "d-9"], 10)
    assert call.rang
    assert sandbox.client.phone_ids() == [NUMBER]


def test_a_call_is_on_disk_though_the_sandbox_is_killed(tmp_path: Path) -> None:
    process, url = start_process(tmp_path)
    killed = RunningSandbox(url, tmp_path, SandboxClient(url))
    send_text(killed, delivery="d-kept")
    process.kill()
    process.communicate(timeout=10)
    with (tmp_path / "calls.jsonl").open("a") as log:
        log.write('{"seq": 2, "torn')

    restarted, url = start_process(tmp_path)
    kept = SandboxClient(url).calls()
    stop_process(restarted)

    assert [call.message_id for call in kept] == ["d-kept"]
    assert [json.loads(line)["message_id"] for line in killed.call_lines] == ["d-kept"]


@pytest.mark.parametrize(
    "change", [{"aud": "https://elsewhere.example"}, {"exp": 1}, {"iss": "other@x"}, {"scope": "email"}, {"exp": 2**40}]
)
def test_a_bad_assertion_gets_no_token(sandbox: RunningSandbox, change: dict[str, Any]) -> None:
    account = json.loads((sandbox.directory / "service-account.json").read_text())
    now = int(time.time())
    claims = {
        "iss": account["client_email"],
        "aud": account["token_uri"],
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
        "iat": now,
        "exp": now + 3_600,
    }

    def ask(claims: dict[str, Any]) -> urllib3.BaseHTTPResponse:
        assertion = jwt.encode(claims, account["private_key"], "RS256")
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}
        return urllib3.request("POST", account["token_uri"], body=urlencode(form), retries=False)

    assert ask(claims).json()["expires_in"] == 3_599
    answer = ask({**claims, **change})
    assert answer.status == 400
    assert answer.json()["error"] in {"invalid_grant", "invalid_scope"}


def test_a_hundred_connections_are_served_at_once(sandbox: RunningSandbox) -> None:
    sandbox.client.set_modes(Mode(provider="sms", mode="slow", seconds=0.5))
    started = time.monotonic()
    threads = [threading.Thread(target=send_text, args=(sandbox, f"+1416555{n:04d}")) for n in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(sandbox.client.phone_ids()) == 100
    assert time.monotonic() - started < 100 * 0.5 / 2


def test_the_phones_are_printed_one_line_an_arrival(sandbox: RunningSandbox) -> None:
    position = urllib3.request("GET", f"{sandbox.url}/health").json()["arrivals"]
    send_text(sandbox)
    command = [sys.executable, "-m", "local.sandbox.phones", "--url", sandbox.url, "--after", str(position)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdout is not None
        shown = watcher.stdout.readline()
        watcher.terminate()

    assert NUMBER in shown
    assert "sms" in shown
    assert "Hello" in shown
    assert "\x1b" not in shown


def test_the_phones_command_says_when_there_is_no_sandbox() -> None:
    command = [sys.executable, "-m", "local.sandbox.phones", "--url", "http://127.0.0.1:9"]
    watcher = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)

    assert watcher.returncode == 1
    assert "No sandbox answers at http://127.0.0.1:9" in watcher.stderr


SERVED = {
    "pinpoint-sms-voice-v2": ["SendTextMessage", "SendVoiceMessage", *sms_preflight.QUERIES],
    "connect": ["StartOutboundVoiceContact", "StopContact", *connect_preflight.QUERIES],
    "service-quotas": quotas.QUERIES,
}


@pytest.mark.parametrize("service", SERVED)
def test_every_shape_of_the_served_operations_can_be_checked(service: str) -> None:
    model = load(service).model
    waiting = [model.operation_model(operation).input_shape for operation in SERVED[service]]
    seen: dict[str, Shape] = {}
    while waiting:
        shape = waiting.pop()
        if shape is None or shape.name in seen:
            continue
        seen[shape.name] = shape
        waiting += getattr(shape, "members", {}).values()
        waiting += [inner for part in ("member", "key", "value") if (inner := getattr(shape, part, None))]

    assert {shape.type_name for shape in seen.values()} <= CHECKS.keys()
    assert all(compiled(shape.metadata["pattern"]) for shape in seen.values() if "pattern" in shape.metadata)
