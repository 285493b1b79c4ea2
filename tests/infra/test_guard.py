"""The table of ways against what AWS says of its actions, and the documents that are made of it."""

import json

import pytest

from infra.assets.build import ROOT
from infra.config.model import Deployment
from infra.config.reader import FOLDER
from infra.guard.__main__ import main, text_for
from infra.guard.documents import SERVICE_CONTROL_POLICY_LIMIT, boundary, policy, primary_arn
from infra.guard.left_open import LEFT_OPEN, OF_OTHER_SERVICES_LEFT_OPEN
from infra.guard.ways import TAGGING, WAYS, Kind, Way
from tests.infra.simulation.simulator import authorization_reference

_FILE = ROOT / "docs" / "service-control-policy.json"
_MANAGED_POLICY_LIMIT = 6144
_PRIMARY = primary_arn(region="ca-central-1", account="111122223333", identifier="a" * 63)


def _kinds_of(action: str) -> set[str]:
    """The kinds of database that AWS authorises an action on."""
    service, _, name = action.partition(":")
    resources = authorization_reference(service)[name.lower()]["resourceTypes"]
    return {resource["name"] for resource in resources} & {kind.value for kind in Kind}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.action)
def test_a_way_is_denied_where_aws_authorises_it(way: Way) -> None:
    assert {kind.value for kind in way.on} <= _kinds_of(way.action)
    assert bool(way.on) == bool(_kinds_of(way.action))
    assert way.does
    assert way.source


def test_a_snapshot_and_a_replica_are_denied_wherever_aws_authorises_them() -> None:
    for way in WAYS:
        missing = _kinds_of(way.action) - {kind.value for kind in way.on}
        assert not missing, f"{way.action} is authorised on {missing}, too"


def test_every_action_of_aws_that_changes_a_database_is_denied_or_left_open_for_a_reason() -> None:
    decided = {way.action for way in WAYS} | set(LEFT_OPEN)
    undecided = {
        f"rds:{action['name']}"
        for action in authorization_reference("rds").values()
        if action["accessLevel"] not in {"Read", "List"} and _kinds_of(f"rds:{action['name']}")
    } - decided
    assert undecided == set()


@pytest.mark.parametrize(("service", "begins"), [("backup", ("",)), ("dms", ("Start", "Reload", "Resume"))])
def test_every_action_of_a_service_that_backs_up_or_copies_is_denied_or_left_open_for_a_reason(
    service: str, begins: tuple[str, ...]
) -> None:
    decided = {way.action for way in WAYS} | set(OF_OTHER_SERVICES_LEFT_OPEN)
    undecided = {
        f"{service}:{action['name']}"
        for action in authorization_reference(service).values()
        if action["accessLevel"] not in {"Read", "List"} and action["name"].startswith(begins)
    } - decided
    assert undecided == set()


def test_no_action_is_both_denied_and_left_open() -> None:
    actions = [way.action for way in WAYS]
    assert len(set(actions)) == len(actions)
    assert not set(actions) & (set(LEFT_OPEN) | set(OF_OTHER_SERVICES_LEFT_OPEN))
    assert set(TAGGING) <= set(actions)


def test_what_is_left_open_exists_and_says_why() -> None:
    known = {
        f"{service}:{action['name']}"
        for service in ("rds", "backup", "dms")
        for action in authorization_reference(service).values()
    }
    left_open = {**LEFT_OPEN, **OF_OTHER_SERVICES_LEFT_OPEN}
    assert set(left_open) <= known
    assert all(left_open.values())


def test_the_policy_that_is_handed_over_is_the_tables(deployment: Deployment) -> None:
    assert _FILE.read_text(encoding="utf-8") == text_for(deployment), "write it anew: python -m infra.guard"


def test_the_policy_that_is_handed_over_is_not_larger_than_aws_takes() -> None:
    assert len(_FILE.read_text(encoding="utf-8")) <= SERVICE_CONTROL_POLICY_LIMIT


@pytest.mark.parametrize("document", [policy, boundary])
def test_a_managed_policy_is_not_larger_than_aws_takes(document: object) -> None:
    assert callable(document)
    text = json.dumps(document([_PRIMARY], account="111122223333"), separators=(",", ":"))
    assert len(text) <= _MANAGED_POLICY_LIMIT


def test_a_deployment_that_does_not_exist_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere"], folder=FOLDER) == 1
    assert "nowhere" in capsys.readouterr().err


def test_the_policy_of_a_deployment_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["example"], folder=FOLDER) == 0
    assert capsys.readouterr().out == _FILE.read_text(encoding="utf-8")
