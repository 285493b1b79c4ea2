"""What an import says of policies that name nobody, or come back to themselves: the line, and what to do."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from functions.core.adapters.directory.writer import DirectoryTableWriter
from functions.core.domain.directory.entries import EntryKey, EntryKind, User
from statline.cli.exits import Exit
from statline.client.directory import DirectoryLookup
from statline.contract.directory import DirectoryChange
from tests.fakes.directory_changes import (
    TENANT,
    a_line,
    a_pager,
    a_phone,
    a_service,
    a_step,
    a_team,
    a_user,
    an_escalation_policy,
)
from tests.unit.cli.scene import REGION, Scene

QUEUE = "statline-directory-changes"
CHIEF = a_step({"type": "user", "id": "chief"})
ICU = a_step({"type": "team", "id": "icu"})


def run(
    scene: Scene, folder: Path, *changes: DirectoryChange | Mapping[str, Any], options: str = ""
) -> tuple[int, str]:
    """Import the changes, one a line; answers the exit code and what was said of faults."""
    lines = [
        json.dumps(each) if isinstance(each, Mapping) else each.model_dump_json(exclude_defaults=True)
        for each in changes
    ]
    file = folder / "a.jsonl"
    file.write_text("\n".join(lines))
    result = scene.run("directory", "import", str(file), "-r", REGION, *options.split())
    return result.exit_code, result.stderr


def knows(scene: Scene, *changes: DirectoryChange) -> None:
    """The directory has these."""
    for change in changes:
        DirectoryTableWriter(scene.dynamodb, "statline-directory").apply(change)


def refused(scene: Scene, folder: Path, *changes: DirectoryChange | Mapping[str, Any]) -> str:
    code, faults = run(scene, folder, *changes)
    assert code == Exit.INPUT
    assert scene.bodies(QUEUE) == []
    return faults


@pytest.fixture
def region(scene: Scene) -> Scene:
    scene.deploy()
    return scene


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            an_escalation_policy("p", a_step("shift"), CHIEF),
            "escalation_policy.steps.1.who.0.id: there is no user chief",
        ),
        (an_escalation_policy("p", ICU), "escalation_policy.steps.0.who.0.id: there is no team icu"),
        (an_escalation_policy("p", final=CHIEF), "escalation_policy.final.who.0.id: there is no user chief"),
        (an_escalation_policy("p", then="q"), "escalation_policy.then: there is no escalation policy q"),
        (a_team(policy="q"), "team.policy: there is no escalation policy q"),
        (a_pager(policy="q"), "pager.policy: there is no escalation policy q"),
        (a_service(otherwise="icu"), "service.otherwise: there is no team icu"),
        (a_service(), "service.hours.0.holder_id: there is no team stroke"),
        (a_line(), "line.pager: there is no pager 4471"),
    ],
)
def test_what_names_somebody_who_is_nowhere_is_refused_with_its_line(
    region: Scene, tmp_path: Path, change: DirectoryChange, fault: str
) -> None:
    faults = refused(region, tmp_path, a_user(), change)
    assert f"a.jsonl, line 2: {fault} in northshore, neither in the file nor in the directory" in faults.replace(
        "\n", ""
    )


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"steps": []}, "escalation_policy.steps: "),
        ({"steps": [{"who": [], "wait": 60}]}, "escalation_policy.steps.0.who: "),
        ({"steps": [a_step("shift", wait=14)]}, "escalation_policy.steps.0.wait: "),
        ({"steps": [a_step("shift", wait=901)]}, "escalation_policy.steps.0.wait: "),
        ({"first_wait": 1_000}, "escalation_policy.first_wait: "),
        ({"then": "p"}, "escalation_policy: "),
    ],
)
def test_an_empty_step_and_a_wait_out_of_bounds_are_refused_with_their_line(
    region: Scene, tmp_path: Path, fields: dict[str, Any], fault: str
) -> None:
    good = an_escalation_policy("p").model_dump(mode="json")
    assert f"a.jsonl, line 2: {fault}" in refused(region, tmp_path, a_user(), good | fields)


def test_what_the_file_or_the_directory_has_may_be_named(region: Scene, tmp_path: Path) -> None:
    knows(region, a_user("chief"), an_escalation_policy("q"))
    policy = an_escalation_policy("p", CHIEF, ICU, then="q")
    assert run(region, tmp_path, policy, a_team("icu", policy="p"))[0] == Exit.DONE
    assert len(region.bodies(QUEUE)) == 2


def test_what_the_file_deletes_is_not_there(region: Scene, tmp_path: Path) -> None:
    knows(region, a_user("chief"))
    gone = a_user("chief", deleted=True, revision=2)
    assert "line 1: " in refused(region, tmp_path, an_escalation_policy("p", CHIEF), gone)


def test_a_deletion_may_name_what_is_gone(region: Scene, tmp_path: Path) -> None:
    assert run(region, tmp_path, an_escalation_policy("p", CHIEF, deleted=True))[0] == Exit.DONE


def test_the_lookup_reads_nobodys_phone(region: Scene) -> None:
    knows(region, a_user("chief"), a_phone("chief"))
    key = EntryKey(TENANT, EntryKind.USER, "chief")
    found = DirectoryLookup(REGION).find([key])
    assert found == {key: User(a_user("chief"))}


def test_another_tenants_people_may_not_be_named(region: Scene, tmp_path: Path) -> None:
    knows(region, a_user("chief", tenant="lakeside"))
    assert f"no user chief in {TENANT}" in refused(region, tmp_path, an_escalation_policy("p", CHIEF))


def test_policies_that_come_back_to_themselves_are_refused_with_their_lines(region: Scene, tmp_path: Path) -> None:
    circle = [an_escalation_policy(name, then=then) for name, then in (("a", "b"), ("b", "c"), ("c", "a"))]
    faults = refused(region, tmp_path, an_escalation_policy("outside", then="a"), *circle)
    told = [line for line in faults.splitlines() if "comes back" in line]
    assert [line.partition(": ")[0].rpartition(", ")[2] for line in told] == ["line 2", "line 3", "line 4"]
    assert "escalation_policy.then: the policy comes back to itself: a -> b -> c -> a" in told[0]


def test_a_circle_that_closes_in_the_directory_is_refused(region: Scene, tmp_path: Path) -> None:
    knows(region, an_escalation_policy("b", then="c"), an_escalation_policy("c", then="a"))
    assert "a -> b -> c -> a" in refused(region, tmp_path, an_escalation_policy("a", then="b"))


def test_a_circle_that_a_newer_change_of_the_file_opens_is_none(region: Scene, tmp_path: Path) -> None:
    changes = [
        an_escalation_policy("a", then="b"),
        an_escalation_policy("b", revision=2),
        an_escalation_policy("b", then="a"),
    ]
    assert run(region, tmp_path, *changes) == (Exit.DONE, "")


def test_without_the_directory_a_file_can_be_imported_as_it_is(region: Scene, tmp_path: Path) -> None:
    assert run(region, tmp_path, an_escalation_policy("p", CHIEF), options="--no-lookup")[0] == Exit.DONE


def test_a_file_that_names_nobody_else_does_not_need_the_directory(region: Scene, tmp_path: Path) -> None:
    region.dynamodb.delete_table(TableName="statline-directory")
    assert run(region, tmp_path, a_user(), an_escalation_policy("p"))[0] == Exit.DONE


def test_where_the_directory_cannot_be_asked_it_says_how_to_leave_that_out(region: Scene, tmp_path: Path) -> None:
    region.dynamodb.delete_table(TableName="statline-directory")
    code, said = run(region, tmp_path, an_escalation_policy("p", CHIEF))
    assert code == Exit.AWS
    assert "--no-lookup" in said
