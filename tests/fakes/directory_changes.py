"""A small hospital for tests: changes with believable defaults, every field open to change."""

from datetime import timedelta
from typing import Any

from statline.contract.directory import (
    DIRECTORY_CHANGE,
    ContactPointChange,
    DeviceChange,
    DirectoryChange,
    EscalationPolicyChange,
    LineChange,
    PagerChange,
    ServiceChange,
    ShiftChange,
    TeamChange,
    TenantPolicyChange,
    UserChange,
)
from tests.fakes.clock import NOON

TENANT = "northshore"


def _change(kind: str, fields: dict[str, Any]) -> DirectoryChange:
    return DIRECTORY_CHANGE.validate_python({"kind": kind, "tenant": TENANT, "revision": 1} | fields)


def a_user(user: str = "u-1", **fields: Any) -> UserChange:
    change = _change("user", {"id": user, "name": f"Person {user}"} | fields)
    assert isinstance(change, UserChange)
    return change


def a_phone(user: str = "u-1", phone: str = "mobile", **fields: Any) -> ContactPointChange:
    plain = {"user": user, "id": phone, "number": "+14165550123", "uses": ["sms", "voice"]}
    change = _change("contact_point", plain | fields)
    assert isinstance(change, ContactPointChange)
    return change


def a_device(user: str = "u-1", device: str = "d-1", **fields: Any) -> DeviceChange:
    plain = {"user": user, "id": device, "token": f"token-of-{user}-{device}", "platform": "ios"}
    change = _change("device", plain | fields)
    assert isinstance(change, DeviceChange)
    return change


def a_team(team: str = "stroke", **fields: Any) -> TeamChange:
    change = _change("team", {"id": team, "name": f"Team {team}"} | fields)
    assert isinstance(change, TeamChange)
    return change


def a_shift(user: str = "u-1", role: str = "lead", team: str = "stroke", **fields: Any) -> ShiftChange:
    """A shift around noon, four hours each way."""
    hours = {"starts_at": NOON - timedelta(hours=4), "ends_at": NOON + timedelta(hours=4)}
    change = _change("shift", {"team": team, "id": f"s-{user}-{role}", "user": user, "role": role} | hours | fields)
    assert isinstance(change, ShiftChange)
    return change


def a_pager(number: str = "4471", holder: str = "user", holder_id: str = "u-1", **fields: Any) -> PagerChange:
    change = _change("pager", {"number": number, "holder": holder, "holder_id": holder_id} | fields)
    assert isinstance(change, PagerChange)
    return change


def an_escalation_policy(policy: str = "climb", *steps: dict[str, Any], **fields: Any) -> EscalationPolicyChange:
    """Without steps: whoever is on shift once more after 60 s, then the backup, each with 60 s."""
    plain = {"id": policy, "name": f"Policy {policy}", "steps": steps or (a_step("shift"), a_step("backup"))}
    change = _change("escalation_policy", plain | fields)
    assert isinstance(change, EscalationPolicyChange)
    return change


def a_step(*who: str | dict[str, Any], wait: int = 60, **fields: Any) -> dict[str, Any]:
    """A step of a policy. A target that is a word names its type: shift, backup."""
    targets = [{"type": each} if isinstance(each, str) else each for each in who]
    return {"who": targets, "wait": wait} | fields


def a_service(service: str = "cardiology", **fields: Any) -> ServiceChange:
    """A service that the stroke team holds from eight to eight on weekdays, and nobody else at other times."""
    hours = {
        "days": [1, 2, 3, 4, 5], "starts": "08:00", "ends": "20:00", "holder": "team", "holder_id": "stroke",
    }  # fmt: skip
    plain = {"id": service, "name": f"Service {service}", "zone": "America/Toronto", "hours": [hours]}
    change = _change("service", plain | fields)
    assert isinstance(change, ServiceChange)
    return change


def a_line(number: str = "+14165550199", pager: str | None = "4471", **fields: Any) -> LineChange:
    change = _change("line", {"number": number, "pager": pager} | fields)
    assert isinstance(change, LineChange)
    return change


def a_policy(**fields: Any) -> TenantPolicyChange:
    change = _change("tenant_policy", fields)
    assert isinstance(change, TenantPolicyChange)
    return change
