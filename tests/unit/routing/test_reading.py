"""Bodies that are no notification: what is said of them, and what never is."""

import json
from typing import Any

import pytest

from functions.core.domain.routing.reading import MOST_FAULTS, Names, Unreadable, read_notification
from functions.core.domain.routing.refusals import Fault, Reason
from statline.contract.notification import MAXIMUM_BODY_BYTES, Notification
from tests.fakes.messages import a_body, a_notification, message

PLANTED = "Jane-Doe-MRN-4711"


def unreadable(body: str) -> Unreadable:
    read = read_notification(body)
    assert isinstance(read, Unreadable)
    return read


def faults(**fields: Any) -> list[Fault]:
    read = unreadable(a_body(**fields))
    assert read.reason is Reason.INVALID
    return list(read.faults)


def test_a_good_body_is_the_notification_it_says() -> None:
    assert read_notification(a_body()) == a_notification()


@pytest.mark.parametrize(
    "body", ["", "Call bed 12", "{", '{"tenant": NaN', "[]", '"text"', "7", "null", '{"a": "\\ud800"}']
)
def test_what_is_no_json_object_is_told_so(body: str) -> None:
    assert unreadable(body) == Unreadable(Reason.NOT_JSON)


def test_a_body_is_measured_in_bytes() -> None:
    exact = a_body().encode()
    assert isinstance(read_notification((exact + b" " * (MAXIMUM_BODY_BYTES - len(exact))).decode()), Notification)
    assert unreadable((exact + b" " * (MAXIMUM_BODY_BYTES + 1 - len(exact))).decode()).reason is Reason.TOO_LARGE
    assert unreadable("é" * (MAXIMUM_BODY_BYTES // 2 + 1)).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("version", [0, 2, "1", 1.0, True, None, [1]])
def test_a_version_that_is_not_known_is_told_so(version: object) -> None:
    assert unreadable(a_body(version=version)) == Unreadable(Reason.UNKNOWN_VERSION, names=Names("northshore", "n-1"))


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"kind": "fax"}, Fault("kind", "must be one of 'message', 'page', 'code', 'system' or 'roll_call'")),
        ({"tenant": 7}, Fault("tenant", "must be a text")),
        ({"id": "a b"}, Fault("id", "must match ^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")),
        ({"recipients": []}, Fault("recipients", "must not be empty")),
        ({"recipients": "u-1"}, Fault("recipients", "must be a list")),
        ({"recipients": ["u-1"]}, Fault("recipients.0", "must be an object")),
        ({"recipients": [{"id": "u-1"}]}, Fault("recipients.0", "must have a type")),
        (
            {"recipients": [{"type": PLANTED, "id": "u-1"}]},
            Fault("recipients.0", "must have one of the types 'user', 'team', 'pager'"),
        ),
        (
            {"recipients": [{"type": "pager", "number": "x"}]},
            Fault("recipients.0.pager.number", "must match ^[0-9]{3,15}$"),
        ),
        ({"recipients": [{"type": "user", "id": "u-1"}] * 2}, Fault("(message)", "a recipient is named twice")),
        ({"content": {}}, Fault("content.title", "is required")),
        ({"content": {"title": "x" * 121}}, Fault("content.title", "must have at most 120 characters")),
        ({"content": {"title": "x", PLANTED: 1}}, Fault("content.(unknown)", "is not a field of the contract")),
        ({PLANTED: "x"}, Fault("(unknown)", "is not a field of the contract")),
        ({"sent_at": PLANTED}, Fault("sent_at", "must be a time, like 2026-11-22T10:15:00Z")),
        ({"sent_at": "2026-01-10T12:00:00"}, Fault("sent_at", "must say its time zone, like 2026-11-22T10:15:00Z")),
        ({"expires_at": "2026-01-10T12:00:00Z"}, Fault("(message)", "expires_at must be later than sent_at")),
        (
            {"content": {"title": "x", "callback": "+1000000000000"}},
            Fault("content.callback", "not a phone number in E.164 form, like +14165550123"),
        ),
    ],
)
def test_a_fault_is_told_by_its_place_and_rule(fields: dict[str, Any], fault: Fault) -> None:
    assert faults(**fields) == [fault]


def test_no_more_faults_are_told_than_a_person_mends_at_once() -> None:
    found = faults(recipients=[{"type": "user", "id": f"a b {n}"} for n in range(100)])
    assert len(found) == MOST_FAULTS


def test_the_names_are_kept_where_they_are_well_formed() -> None:
    assert unreadable(a_body(kind="fax")).names == Names("northshore", "n-1")
    assert unreadable(a_body(tenant="Jane Doe", id="Jane Doe")).names == Names()
    assert unreadable(a_body(tenant=7, id=["x"])).names == Names()


def _planted_everywhere() -> list[str]:
    """Bodies with the planted text as a value, as a name, and in place of a part, everywhere in a message."""
    plain = message(channels=["push"], collapse_key="k", version=1)
    bodies = [PLANTED, json.dumps(PLANTED), "{" + PLANTED]
    for name in plain:
        bodies += [json.dumps(plain | {name: planted}) for planted in (f" {PLANTED} ", [PLANTED], {PLANTED: PLANTED})]
    for name in ("title", "body", "callback", "sensitivity"):
        bodies.append(json.dumps(plain | {"content": plain["content"] | {name: {PLANTED: PLANTED}}}))
        bodies.append(json.dumps(plain | {"content": plain["content"] | {name: f"{PLANTED} " * 500}}))
    bodies += [
        json.dumps(plain | {"recipients": [{"type": kind, "id": f" {PLANTED}"}]}) for kind in ("user", "pager", PLANTED)
    ]
    return bodies


def test_nothing_of_a_faulty_body_is_quoted() -> None:
    for body in _planted_everywhere():
        assert PLANTED not in repr(unreadable(body)), body
