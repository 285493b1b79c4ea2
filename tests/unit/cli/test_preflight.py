"""The preflight over answers that the test wrote down."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from statline.cli.exits import Exit
from statline.cli.main import app
from statline.cli.preflight.quotas import Finding, Preflight, Wants
from tests.unit.cli.scene import REGION, Scene

WANTS = Wants(sms_dollars=1000, calls=100, call_rate=10)


@dataclass
class Quotas:
    """Service Quotas: AWS's defaults, and this account's values."""

    defaults: dict[str, float]
    applied: dict[str, float]

    def get_paginator(self, operation_name: str) -> Any:
        values = self.applied if operation_name == "list_service_quotas" else self.defaults
        return _Pages([{"Quotas": [{"QuotaName": name, "Value": value}]} for name, value in values.items()])


@dataclass
class _Pages:
    pages: list[dict[str, Any]]

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        return iter(self.pages)


DEFAULTS = {"Concurrent active calls per instance": 10.0, "Rate of StartOutboundVoiceContact API requests": 2.0}


def _findings(
    *, dollars: int = 1, tier: str = "SANDBOX", applied: dict[str, float] | None = None
) -> dict[str, Finding]:
    sms = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x").client("pinpoint-sms-voice-v2", REGION)
    with Stubber(sms) as stub:
        limit = {
            "Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT",
            "EnforcedLimit": dollars,
            "MaxLimit": 1,
            "Overridden": False,
        }
        stub.add_response("describe_spend_limits", {"SpendLimits": [limit]})
        stub.add_response(
            "describe_account_attributes", {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": tier}]}
        )
        return {each.name: each for each in Preflight(sms, Quotas(DEFAULTS, applied or {}), WANTS).findings()}


def test_a_new_account_is_short_of_everything() -> None:
    findings = _findings()
    assert {name: (each.have, each.enough) for name, each in findings.items()} == {
        "SMS spend limit a month": ("$1", False),
        "End User Messaging account tier": ("SANDBOX", False),
        "Connect: calls at the same time": ("10", False),
        "Connect: calls started a second": ("2", False),
    }
    assert all(each.how for each in findings.values())


def test_an_account_with_raised_quotas_passes() -> None:
    findings = _findings(dollars=5000, tier="PRODUCTION", applied=dict.fromkeys(DEFAULTS, 500.0))
    assert all(each.enough for each in findings.values())


def test_an_accounts_own_value_counts_and_not_the_default() -> None:
    findings = _findings(applied={"Concurrent active calls per instance": 100.0})
    assert findings["Connect: calls at the same time"].enough


def test_a_quota_that_aws_does_not_list_is_not_taken_for_enough() -> None:
    sms = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x").client("pinpoint-sms-voice-v2", REGION)
    with Stubber(sms) as stub:
        stub.add_client_error("describe_spend_limits", "AccessDeniedException")
        stub.add_client_error("describe_account_attributes", "AccessDeniedException")
        findings = Preflight(sms, Quotas({}, {}), WANTS).findings()
    assert [(each.have, each.enough, each.unread) for each in findings] == [
        ("?", False, True),
        ("?", False, True),
        ("not listed", False, True),
        ("not listed", False, True),
    ]
    assert "AccessDeniedException" in findings[0].how


def test_what_is_short_makes_the_command_fail_and_says_how_to_raise_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = Finding("SMS spend limit a month", "$1", "$1,000", enough=False, how="open a support case")
    fine = Finding("End User Messaging account tier", "PRODUCTION", "PRODUCTION", enough=True, how="")
    monkeypatch.setattr(Preflight, "findings", lambda _: [short, fine])
    result = scene.run("preflight", "-r", REGION)
    assert result.exit_code == Exit.NO
    assert "SMS spend limit a month: open a support case" in result.stderr
    monkeypatch.setattr(Preflight, "findings", lambda _: [fine])
    assert scene.run("preflight", "-r", REGION).exit_code == Exit.DONE


def test_every_command_explains_itself_and_its_exit_codes(scene: Scene) -> None:
    for command in app.registered_commands:
        assert command.callback is not None
        result = scene.run(command.name or command.callback.__name__, "--help")
        assert result.exit_code == Exit.DONE
        assert "Exit codes:" in result.stdout
