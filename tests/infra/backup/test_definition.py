"""The workflow as a graph: a snapshot is taken of the replica or not at all, what is restored is dropped, all ends."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from functions.core.domain.backup.record import BackupKind, BackupOutcome, Step
from infra.constructs.backup.machine.definition import backup_definition
from infra.constructs.backup.machine.preflight import source_refusals, surroundings_refusals
from tests.infra.backup.machine import (
    NAMES,
    States,
    call_of,
    calls,
    entered_from,
    reachable,
    states_of,
    ways_out,
    with_inner,
)

_STOPS = (BackupOutcome.CANCELLED, BackupOutcome.HALTED)
_DROP = "NoteDrop"


@pytest.fixture(scope="module")
def states() -> States:
    return states_of()


def _assigned_outcomes(states: States) -> set[str]:
    """Every outcome that a branch or an error decides on."""
    texts = re.findall(r'"outcome": "([^"]*)"', json.dumps(states))
    return {text for text in texts if text and not text.startswith("{%")}


@pytest.mark.parametrize("far_region", ["ca-west-1", None])
def test_the_definition_is_what_step_functions_takes(tmp_path: Path, far_region: str | None) -> None:
    definition = json.dumps(backup_definition(replace(NAMES, far_region=far_region)))
    properties = {"DefinitionString": definition, "RoleArn": "arn:aws:iam::111122223333:role/statline"}
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    template = tmp_path / "machine.json"
    template.write_text(json.dumps({"Resources": {"Machine": machine}}))
    program = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([program, "--", template], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_state_that_tries_nothing_again_has_no_empty_list_that_says_so(states: States) -> None:
    """The schema lets an empty list pass, and whether Step Functions does is nowhere written."""
    lists = ("Retry", "Catch", "Choices")
    empty = [(name, key) for name, state in with_inner(states).items() for key in lists if state.get(key) == []]
    assert empty == []


def test_whatever_takes_every_error_comes_last_and_alone(states: States) -> None:
    """Step Functions refuses a definition in which it does not."""
    for name, state in with_inner(states).items():
        for key in ("Retry", "Catch"):
            named = [each["ErrorEquals"] for each in state.get(key, ())]
            takers = [errors for errors in named if "States.ALL" in errors]
            assert takers in ([], [["States.ALL"]]), name
            assert not takers or named[-1] == ["States.ALL"], name


def test_only_a_preflight_that_found_no_reason_against_it_leads_to_a_snapshot(states: States) -> None:
    snapshot = call_of(states, "createDBSnapshot")
    assert snapshot not in reachable(states, "NameBackup", without=frozenset({"Preflight"}))
    assert snapshot not in reachable(states, "NameBackup", without=frozenset({"JudgeSurroundings"}))
    for name in ("JudgeSurroundings", "Preflight"):
        refused = {choice["Next"] for choice in states[name]["Choices"]} - {"FindEarlier", "WaitForSource"}
        assert refused == {"EndRecord"}
        assert snapshot in reachable(states, states[name]["Default"])
    assert snapshot not in reachable(states, "EndRecord")


def test_the_alarms_are_asked_again_right_before_the_act_that_cannot_be_stopped(states: States) -> None:
    snapshot = call_of(states, "createDBSnapshot")
    (noted,) = entered_from(states, snapshot)
    (judged,) = entered_from(states, noted)
    assert states[judged]["Default"] == noted
    assert len(states[judged]["Choices"]) == len(_STOPS)


def test_every_question_without_an_answer_is_a_refusal(states: States) -> None:
    before = reachable(states, "NameBackup", without=frozenset({"NoteFacts", "NoteRestore", "EndRecord", "PutFigures"}))
    tasks = {name for name in before if states[name]["Type"] == "Task"}
    tasks -= {"Clean", "WatchOverSource", "NoteLookAtSource"}
    assert {"ReadAlarms", "DescribeSource", "ReadReplicaLag", "TakeTurn", "OpenRecord", "FindEarlier"} <= tasks
    for name in tasks:
        last = states[name]["Catch"][-1]
        assert last["ErrorEquals"] == ["States.ALL"], name
        assert last["Assign"]["outcome"] == BackupOutcome.PREFLIGHT_REFUSED, name
        assert last["Next"] in {"EndRecord", "PutFigures"}, name


def test_an_instance_whose_storage_is_still_at_work_is_good_enough(states: States) -> None:
    """RDS says so for hours after a restore, or after storage has grown; everything works meanwhile."""
    ready = next(choice for choice in states["JudgeRestored"]["Choices"] if choice["Next"] == "NoteCheck")
    good_enough = ["available", "storage-initialization", "storage-optimization"]
    assert re.findall(r"'(.+?)'", ready["Condition"]) == good_enough
    (unfit,) = (choice for choice in states["Preflight"]["Choices"] if "$not($status in" in choice["Condition"])
    assert re.findall(r"'(.+?)'", unfit["Condition"]) == ["available", "storage-optimization"]


def test_what_the_preflight_judges_it_has_asked(states: States) -> None:
    asked = {name: states[name]["Assign"] for name in ("ReadAlarms", "DescribeSource", "ReadReplicaLag")}
    known = {f"${variable}" for assigned in asked.values() for variable in assigned}
    refusals = (*surroundings_refusals(NAMES), *source_refusals(NAMES))
    judged = {name for refusal in refusals for name in re.findall(r"^\$\w+|\(\$\w+", refusal.condition)}
    assert known == {"$speaking", "$at_rest", "$copy_of", "$status", "$lag"}
    assert {name.strip("(") for name in judged} - {"$split", "$not"} <= known
    for refusal in refusals:
        assert len(refusal.words) > 40


def test_a_verification_neither_asks_nor_touches_the_replica(states: States) -> None:
    way = reachable(states, "FindEarlier", without=frozenset({"EndRecord"}))
    (choice,) = (c for c in states["JudgeSurroundings"]["Choices"] if c["Next"] == "FindEarlier")
    assert f"'{BackupKind.VERIFY}'" in choice["Condition"]
    touched = json.dumps([states[name].get("Arguments", {}) for name in way])
    assert call_of(states, "restoreDBInstanceFromDBSnapshot") in way
    assert "the-replica" not in touched
    assert call_of(states, "createDBSnapshot") not in way


def test_nothing_in_the_workflow_names_the_primary_as_what_it_acts_on(states: States) -> None:
    naming = {
        (name, key)
        for name, state in with_inner(states).items()
        for key, value in state.get("Arguments", {}).items()
        if "the-primary" in json.dumps(value)
    }
    assert naming == {("StartSnapshot", "Tags")}
    assert states["StartSnapshot"]["Arguments"]["DbInstanceIdentifier"] == "the-replica"
    sources = {name: states[name]["Arguments"]["DbInstanceIdentifier"] for name in calls(states, "deleteDBInstance")}
    assert sources == {"DropInstance": "{% $restored %}"}


def test_whatever_happens_after_a_restore_was_asked_for_goes_through_the_drop(states: States) -> None:
    restore = call_of(states, "restoreDBInstanceFromDBSnapshot")
    around_the_drop = reachable(states, restore, without=frozenset({_DROP}))
    assert around_the_drop & {"EndRecord", "PutFigures", "EndAs"} == set()
    assert not {name for name in around_the_drop if not list(ways_out(states[name]))}
    assert "DropInstance" in reachable(states, _DROP)


def test_the_drop_is_over_only_when_the_instance_is_gone_or_its_time_is(states: States) -> None:
    drop = {"DropInstance", "WaitForDropped", "LookAtDropped", "JudgeDropped", _DROP}
    out = {(name, after) for name in drop for after in ways_out(states[name]) if after not in drop}
    assert out == {
        ("DropInstance", "NoteDropped"),
        ("LookAtDropped", "NoteDropped"),
        ("JudgeDropped", "EndRecord"),
    }
    for name in ("DropInstance", "LookAtDropped"):
        (gone,) = (catch for catch in states[name]["Catch"] if catch["Next"] == "NoteDropped")
        assert "Rds.DbInstanceNotFoundException" in gone["ErrorEquals"]


def test_no_error_is_without_a_way_to_a_named_end(states: States) -> None:
    for name, state in with_inner(states).items():
        if state["Type"] not in {"Task", "Map"} or name == "DumpPart":
            continue
        assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name
    # A part that fails is caught by the map that it is a part of.
    assert states["DumpParts"]["Catch"][-1]["Assign"]["outcome"] == BackupOutcome.DUMP_FAILED


def test_every_way_ends_in_a_state_with_the_outcomes_name(states: States) -> None:
    ends = {name: state["Type"] for name, state in states.items() if not list(ways_out(state))}
    expected = set(BackupOutcome) - {BackupOutcome.INTERRUPTED}
    assert set(ends) == expected
    assert [name for name, kind in ends.items() if kind == "Succeed"] == [BackupOutcome.VERIFIED]
    assert {choice["Next"] for choice in states["EndAs"]["Choices"]} == expected
    assert _assigned_outcomes(states) | {BackupOutcome.DROP_FAILED} == expected
    for name in expected - {BackupOutcome.VERIFIED}:
        assert states[name]["Error"] == name


def test_every_way_into_an_end_has_recorded_counted_and_announced_it(states: States) -> None:
    ends = set(BackupOutcome)
    assert {name for name, state in states.items() if set(ways_out(state)) & ends} == {"EndAs"}
    for passed in ("Announce", "JudgeTelling", "ReturnTurn", "PutFigures"):
        assert not reachable(states, "NameBackup", without=frozenset({passed})) & ends, passed
    unrecorded = reachable(states, "NameBackup", without=frozenset({"EndRecord"})) & ends
    # Where the record itself could not be opened, or the input was no backup's.
    assert unrecorded
    ways = {name for name in states if "PutFigures" in ways_out(states[name])}
    assert ways == {"JudgeInput", "OpenRecord", "Prune"}


def test_what_failed_runs_leave_is_pruned_after_a_failed_run_and_verified_backups_are_not(states: States) -> None:
    assert set(ways_out(states["EndRecord"])) == {"Prune"}
    payload = states["Prune"]["Arguments"]["Payload"]
    assert payload == {"operation": "prune", "leftovers_only": "{% $outcome != 'Verified' %}"}


def test_no_state_is_left_out_of_reach(states: States) -> None:
    assert reachable(states, "NameBackup") == set(states)


def test_the_record_is_written_before_each_act(states: States) -> None:
    acts = {
        "createDBSnapshot": Step.SNAPSHOT,
        "copyDBSnapshot": Step.COPY,
        "restoreDBInstanceFromDBSnapshot": Step.RESTORE,
        "startExportTask": Step.EXPORT,
    }
    for action, step in acts.items():
        (before,) = entered_from(states, call_of(states, action))
        values = states[before]["Arguments"]["ExpressionAttributeValues"]
        assert values[":step"] == {"S": step}
        assert len(values) > 2, "and the name of what it makes"
        caught = states[before]["Catch"][-1]
        assert caught["Next"] != states[before]["Next"], "without its record, it is not begun"


def test_every_step_is_told(states: States) -> None:
    told = set(re.findall(r'":step": {"S": "(\w+)"}', json.dumps(states)))
    assert told | {Step.PREFLIGHT, Step.PRUNE} == set(Step)


@pytest.mark.parametrize(
    ("act", "stop"),
    [("copyDBSnapshot", "deleteDBSnapshot"), ("startExportTask", "cancelExportTask")],
)
def test_what_can_be_stopped_is_stopped_before_the_end(states: States, act: str, stop: str) -> None:
    wait = states[call_of(states, act)]["Next"]
    judged = states[f"Judge{wait.removeprefix('WaitFor')}"]
    for choice in judged["Choices"][: len(_STOPS)]:
        assert states[choice["Next"]]["Resource"].endswith(f":{stop}")


def test_a_snapshot_in_the_making_is_said_to_be_left(states: States) -> None:
    for choice in states["JudgeSnapshot"]["Choices"][: len(_STOPS)]:
        assert "cannot be stopped" in choice["Assign"]["words"]


def test_a_turn_that_nobody_gives_back_is_followed_only_when_its_holder_does_not_run(states: States) -> None:
    assert entered_from(states, "FollowHolder") == ["JudgeHolder"]
    (running,) = states["JudgeHolder"]["Choices"]
    assert "'RUNNING'" in running["Condition"]
    assert running["Assign"]["outcome"] == BackupOutcome.PREFLIGHT_REFUSED
    for name in ("TakeTurn", "FollowHolder"):
        assert "attribute_not_exists(pk)" in states[name]["Arguments"]["ConditionExpression"]
    assert ":holder" in states["FollowHolder"]["Arguments"]["ExpressionAttributeValues"]


def test_nothing_is_begun_without_the_turn(states: States) -> None:
    turns = frozenset({"TakeTurn", "FollowHolder"})
    first = {"Clean", "NoteFacts", "NoteRestore"}
    assert not reachable(states, "NameBackup", without=turns) & first
    assert states["ReturnTurn"]["Arguments"]["ConditionExpression"] == "#execution = :me"


def test_a_far_copy_that_fails_does_not_keep_the_copy_here_from_being_checked(states: States) -> None:
    (caught,) = states["StartFarCopy"]["Catch"]
    assert caught["Next"] == states["StartFarCopy"]["Next"] == "NoteRestore"
    assert set(caught["Assign"]) == {"far_trouble"}
    (choice,) = states["JudgeFarTrouble"]["Choices"]
    assert (choice["Assign"]["outcome"], choice["Assign"]["words"]) == ("CopyFailed", "{% $far_trouble %}")


def test_without_a_second_region_no_state_speaks_of_one() -> None:
    states = states_of(replace(NAMES, far_region=None))
    assert "far_copy" not in json.dumps(states).replace("far_trouble", "")
    assert reachable(states, "NameBackup") == set(states)


def test_the_reason_of_a_person_goes_into_the_record_and_nowhere_else(states: States) -> None:
    saying = {
        name
        for name, state in states.items()
        if "$reason" in json.dumps(state.get("Arguments", {})).replace("$reason :=", "")
    }
    assert saying == {"OpenRecord"}


def test_every_variable_has_a_value_from_the_start(states: States) -> None:
    named: set[str] = set()
    for state in states.values():
        named |= set(re.findall(r"\$([a-z_]+)\b(?!\()", json.dumps(state)))
    initial = {*states["NameBackup"]["Assign"], *states["NameWhatItMakes"]["Assign"]}
    local = {"states", "e", "cause", "plain", "found", "seen", "value", "name", "part", "part_alarms"}
    assert named - local - {"part_cancelled_by"} <= initial
