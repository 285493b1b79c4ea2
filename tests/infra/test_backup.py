"""A backup is taken of the replica, or not at all: by the workflow's states, and by its rights."""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.config.model import RegionConfig
from infra.constructs.backup_definition import backup_definition
from infra.constructs.backup_preflight import refusals
from infra.constructs.backup_states import BackupNames
from tests.infra.templates import Template, as_list

State = dict[str, Any]
_NAMES = BackupNames(
    region="ca-central-1",
    primary="the-primary",
    replica="the-replica",
    alarms=("Statline delivery is impaired", "Statline database is in trouble"),
    topic="arn:aws:sns:ca-central-1:111122223333:statline-ticket",
    bus="statline",
    most_lag_seconds=60,
    longest_minutes=240,
)
_ENDS = {"Recorded": "Succeed", "PreflightRefused": "Fail", "SnapshotFailed": "Fail", "SnapshotTimedOut": "Fail"}


@pytest.fixture
def states() -> Mapping[str, State]:
    made: Mapping[str, State] = backup_definition(_NAMES)["States"]
    return made


@pytest.fixture
def backup(templates: Mapping[str, Template], region: str) -> Template:
    return templates[f"Statline-{region}-Backup"]


def _ways_out(state: State) -> Iterator[str]:
    """Every state that may follow one."""
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for branch in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield branch["Next"]


def _reachable(states: Mapping[str, State], start: str) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_ways_out(states[name]))
    return found


def _calls(states: Mapping[str, State], action: str) -> list[str]:
    return [name for name, state in states.items() if state.get("Resource", "").endswith(f":{action}")]


def test_only_a_preflight_that_found_no_reason_against_it_leads_to_a_snapshot(states: Mapping[str, State]) -> None:
    (snapshot,) = _calls(states, "createDBSnapshot")
    assert [name for name, state in states.items() if snapshot in _ways_out(state)] == ["Preflight"]
    assert states["Preflight"]["Default"] == snapshot
    assert snapshot not in {choice["Next"] for choice in states["Preflight"]["Choices"]}


def test_every_refusal_and_every_question_without_an_answer_ends_without_a_snapshot(
    states: Mapping[str, State],
) -> None:
    (snapshot,) = _calls(states, "createDBSnapshot")
    before = [name for name in states if name not in _reachable(states, snapshot) and states[name]["Type"] == "Task"]
    assert len(before) == 4
    refused = {choice["Next"] for choice in states["Preflight"]["Choices"]}
    unanswered = {catch["Next"] for name in before for catch in states[name]["Catch"]}
    assert refused == unanswered == {"TellOnCall"}
    for name in before:
        (catch,) = states[name]["Catch"]
        assert catch["ErrorEquals"] == ["States.ALL"]
        assert catch["Assign"]["outcome"] == "PreflightRefused"
    assert snapshot not in _reachable(states, "TellOnCall")


def test_every_question_is_asked_before_the_preflight_decides(states: Mapping[str, State]) -> None:
    way, name = [], "NameBackup"
    while name != "Preflight":
        way.append(name)
        name = states[name]["Next"]
    assert way == ["NameBackup", "DescribeSource", "ReadReplicaLag", "ReadAlarms", "CountRunning"]
    known = {variable for step in way for variable in states[step]["Assign"]}
    asked = {"$running", "$copy_of", "$status", "$lag", "$speaking", "$at_rest"}
    assert {f"${variable}" for variable in known} >= asked
    conditions = " ".join(refusal.condition for refusal in refusals(_NAMES))
    assert all(variable in conditions for variable in asked)


def test_each_refusal_is_in_words_that_name_what_is_wrong(states: Mapping[str, State]) -> None:
    for choice in states["Preflight"]["Choices"]:
        words = choice["Assign"]["words"]
        assert words.startswith("{% '")
        assert len(words) > 40


def test_the_snapshot_is_of_the_replica_and_its_name_says_when(states: Mapping[str, State]) -> None:
    (snapshot,) = _calls(states, "createDBSnapshot")
    arguments = states[snapshot]["Arguments"]
    assert arguments["DbInstanceIdentifier"] == "the-replica"
    assert "Execution.StartTime" in states["NameBackup"]["Assign"]["snapshot"]
    assert {tag["Key"] for tag in arguments["Tags"]} == {
        "statline:backup-of",
        "statline:execution",
        "statline:reason",
    }
    assert "the-primary" not in json.dumps(
        [state.get("Arguments", {}).get("DbInstanceIdentifier") for state in states.values()]
    )


def test_a_snapshot_is_waited_for_until_it_is_made_has_failed_or_takes_too_long(states: Mapping[str, State]) -> None:
    outcomes = [choice["Assign"]["outcome"] for choice in states["JudgeSnapshot"]["Choices"]]
    assert outcomes == ["Recorded", "SnapshotFailed", "SnapshotTimedOut"]
    assert states[states["JudgeSnapshot"]["Default"]]["Type"] == "Wait"
    assert states[states["JudgeSnapshot"]["Default"]]["Next"] == "DescribeSnapshot"
    assert backup_definition(_NAMES)["TimeoutSeconds"] > _NAMES.longest_minutes * 60


def test_every_end_has_a_name_and_is_announced(states: Mapping[str, State]) -> None:
    ends = {name: state["Type"] for name, state in states.items() if not list(_ways_out(state))}
    assert ends == _ENDS
    assert [name for name, state in states.items() if set(_ways_out(state)) & set(_ENDS)] == ["EndAs"]
    assert {name for name, state in states.items() if "EndAs" in _ways_out(state)} == {"Announce"}
    for name in set(_ENDS) - {"Recorded"}:
        assert (states[name]["Error"], states[name]["Cause"]) == (name, "{% $words %}")


def test_a_report_that_cannot_be_made_hides_no_outcome(states: Mapping[str, State]) -> None:
    assert [catch["Next"] for catch in states["TellOnCall"]["Catch"]] == ["Announce"]
    assert [catch["Next"] for catch in states["Announce"]["Catch"]] == ["EndAs"]


def test_no_state_is_left_out_of_reach(states: Mapping[str, State]) -> None:
    assert _reachable(states, "NameBackup") == set(states)


def test_the_deployed_machine_is_this_workflow_over_the_configs_instances(
    backup: Template, config: RegionConfig
) -> None:
    assert config.database is not None
    (machine,) = backup.properties("AWS::StepFunctions::StateMachine")
    text = "".join(
        piece if isinstance(piece, str) else "REFERENCE" for piece in machine["DefinitionString"]["Fn::Join"][1]
    )
    states = json.loads(text)["States"]
    assert states["StartSnapshot"]["Arguments"]["DbInstanceIdentifier"] == config.database.replica.identifier
    assert states["ReadAlarms"]["Arguments"]["AlarmNames"] == list(_NAMES.alarms)
    assert set(states) == set(backup_definition(_NAMES)["States"])


def _permits(backup: Template, action: str, arn: str, tags: Mapping[str, str] | None = None) -> bool:
    """Whether the workflow's role may do this to that: a Deny wins, an Allow is needed."""
    effects = {
        statement["Effect"]
        for statement in _statements(backup)
        if any(fnmatchcase(action, wanted) for wanted in as_list(statement["Action"]))
        and any(fnmatchcase(arn, _text(resource)) for resource in as_list(statement["Resource"]))
        and _tags_match(statement, tags or {})
    }
    return effects == {"Allow"}


def _tags_match(statement: dict[str, Any], tags: Mapping[str, str]) -> bool:
    wanted = statement.get("Condition", {}).get("StringEquals", {})
    of_tags = {key.partition("/")[2]: value for key, value in wanted.items() if key.startswith("aws:ResourceTag/")}
    return all(tags.get(name) == value for name, value in of_tags.items())


def _statements(backup: Template) -> list[dict[str, Any]]:
    (role,) = (key for key in backup.resources("AWS::IAM::Role") if key.startswith("BackupRole"))
    return backup.statements(role)


def _text(resource: Any) -> str:
    if isinstance(resource, str):
        return resource
    pieces = resource.get("Fn::Join", ["", ["REFERENCE"]])[1]
    return "".join("aws" if piece == {"Ref": "AWS::Partition"} else str(piece) for piece in pieces)


def _db(config: RegionConfig, identifier: str) -> str:
    return f"arn:aws:rds:{config.region}:{config.account.id}:db:{identifier}"


def test_the_workflow_may_snapshot_the_replica_under_its_own_names(backup: Template, config: RegionConfig) -> None:
    assert config.database is not None
    snapshots = f"arn:aws:rds:{config.region}:{config.account.id}:snapshot:"
    assert _permits(backup, "rds:CreateDBSnapshot", _db(config, config.database.replica.identifier))
    assert _permits(backup, "rds:CreateDBSnapshot", f"{snapshots}statline-backup-20261122t101112")
    assert not _permits(backup, "rds:CreateDBSnapshot", f"{snapshots}somebody-elses")


@pytest.mark.parametrize("action", ["rds:CreateDBSnapshot", "rds:CreateDBInstanceReadReplica", "backup:StartBackupJob"])
def test_the_workflow_may_do_nothing_to_the_primary_whatever_rights_are_added_later(
    backup: Template, config: RegionConfig, action: str
) -> None:
    assert config.database is not None
    primary = _db(config, config.database.primary.identifier)
    assert not _permits(backup, action, primary)
    denied = [s for s in _statements(backup) if s["Effect"] == "Deny" and action in as_list(s["Action"])]
    assert any(primary in map(_text, as_list(statement["Resource"])) for statement in denied)


def test_an_instance_that_is_tagged_primary_is_denied_under_any_name(backup: Template, config: RegionConfig) -> None:
    assert config.database is not None
    tagged = {"statline:database-role": "primary"}
    replica = _db(config, config.database.replica.identifier)
    assert not _permits(backup, "rds:CreateDBSnapshot", replica, tagged)


def test_the_workflow_may_change_and_delete_no_database(backup: Template, config: RegionConfig) -> None:
    assert config.database is not None
    for instance in (config.database.primary, config.database.replica):
        for action in (
            "rds:DeleteDBInstance",
            "rds:ModifyDBInstance",
            "rds:RebootDBInstance",
            "rds:PromoteReadReplica",
        ):
            assert not _permits(backup, action, _db(config, instance.identifier))
    for action in (
        "rds:DeleteDBSnapshot",
        "rds:ModifyDBSnapshotAttribute",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
    ):
        assert not _permits(backup, action, "*")


def test_the_storage_key_is_used_through_rds_only(backup: Template, region: str) -> None:
    (statement,) = (s for s in _statements(backup) if "kms:CreateGrant" in as_list(s["Action"]))
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": f"rds.{region}.amazonaws.com"}}


def test_the_schedule_starts_the_same_machine_in_the_configs_time_zone(backup: Template, config: RegionConfig) -> None:
    assert config.database is not None
    (schedule,) = backup.properties("AWS::Scheduler::Schedule")
    (machine,) = backup.resources("AWS::StepFunctions::StateMachine")
    assert schedule["Target"]["Arn"] == {"Ref": machine}
    assert schedule["ScheduleExpression"] == config.database.backup.schedule
    assert schedule["ScheduleExpressionTimezone"] == config.database.backup.time_zone


def test_a_backup_that_did_not_finish_and_one_that_never_came_are_both_said(
    backup: Template, config: RegionConfig
) -> None:
    assert config.database is not None
    alarms = {alarm["AlarmName"]: alarm for alarm in backup.properties("AWS::CloudWatch::Alarm")}
    unfinished = alarms["Statline backup did not finish"]
    counted = {m["MetricStat"]["Metric"]["MetricName"] for m in unfinished["Metrics"] if "MetricStat" in m}
    assert counted == {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"}
    assert unfinished["TreatMissingData"] == "notBreaching"
    missing = alarms["Statline has no recent backup"]
    hours = config.database.backup.at_least_every_hours
    assert (missing["MetricName"], missing["ComparisonOperator"]) == ("ExecutionsSucceeded", "LessThanThreshold")
    assert missing["Period"] * missing["EvaluationPeriods"] == hours * 3600
    assert (missing["Threshold"], missing["TreatMissingData"]) == (1, "breaching")


def test_the_machines_log_holds_no_text_of_people(backup: Template) -> None:
    (machine,) = backup.properties("AWS::StepFunctions::StateMachine")
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
