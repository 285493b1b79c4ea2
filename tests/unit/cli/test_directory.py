import json
from pathlib import Path

import pytest

from statline.cli.exits import Exit
from tests.unit.cli.scene import REGION, Scene

QUEUE = "statline-directory-changes"


def _import(scene: Scene, file: Path, text: str, *options: str) -> tuple[int, str, str]:
    file.write_text(text)
    result = scene.run("directory", "import", str(file), "-r", REGION, *options)
    return result.exit_code, result.stdout, result.stderr


def test_json_lines_go_to_the_directorys_queue(scene: Scene, tmp_path: Path) -> None:
    scene.deploy()
    lines = [
        {"kind": "user", "tenant": "northshore", "id": f"u-{number}", "name": "A", "revision": 1}
        for number in range(12)
    ]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    code, said, _ = _import(scene, tmp_path / "users.jsonl", text)
    assert code == Exit.DONE
    assert "12 of 12 changes sent" in said
    assert sorted(json.loads(body)["id"] for body in scene.bodies(QUEUE)) == sorted(str(line["id"]) for line in lines)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (
            "user",
            "id,name,quiet_starts,quiet_ends,quiet_zone\nu-1,Zoë Quill,22:00,06:00,America/Toronto\n",
            {"id": "u-1", "name": "Zoë Quill"},
        ),
        (
            "contact_point",
            "user,id,number,uses,rank\nu-1,mobile,+14165550123,sms;voice,2\n",
            {"uses": ["sms", "voice"], "rank": 2},
        ),
        ("device", "user,id,token,platform\nu-1,d-1,abcdefgh:token,ios\n", {"token": "abcdefgh:token"}),
        ("team", "id,name,roles\nstroke,Stroke,lead;nurse\n", {"roles": ["lead", "nurse"]}),
        (
            "shift",
            "team,id,user,role,starts_at,ends_at\nstroke,s-1,u-1,lead,2026-11-22T07:00:00Z,2026-11-22T19:00:00Z\n",
            {"role": "lead"},
        ),
        (
            "shift",
            "team,id,user,role,starts_at,ends_at,duty\nicu,s,u-1,lead,2026-11-22T07:00Z,2026-11-22T19:00Z,backup\n",
            {"duty": "backup"},
        ),
        ("pager", "number,holder,holder_id\n4471,team,stroke\n", {"number": "4471"}),
        ("pager", "number,holder,holder_id,priority\n4471,service,heart,urgent\n", {"priority": "urgent"}),
        ("line", "number\n+14165550199\n", {"number": "+14165550199"}),
        (
            "tenant_policy",
            "patient_content,critical_sound,sms_segments\npush;sms,true,2\n",
            {"patient_content": ["push", "sms"], "critical_sound": True, "sms_segments": 2},
        ),
    ],
)
def test_csv_has_a_column_for_each_field(
    scene: Scene, tmp_path: Path, kind: str, text: str, expected: dict[str, object]
) -> None:
    scene.deploy()
    code, _, faults = _import(
        scene, tmp_path / "a.csv", text, "--kind", kind, "--tenant", "northshore", "--revision", "7"
    )
    assert (code, faults) == (Exit.DONE, "")
    (change,) = (json.loads(body) for body in scene.bodies(QUEUE))
    assert {name: change[name] for name in expected} == expected
    assert (change["kind"], change["tenant"], change["revision"]) == (kind, "northshore", 7)


def test_a_column_wins_over_what_the_command_says_for_all(scene: Scene, tmp_path: Path) -> None:
    scene.deploy()
    text = "kind,tenant,revision,number,holder,holder_id,deleted\npager,lakeside,9,4471,user,u-1,yes\n"
    _import(scene, tmp_path / "a.csv", text, "--tenant", "northshore")
    (change,) = (json.loads(body) for body in scene.bodies(QUEUE))
    assert (change["tenant"], change["revision"], change["deleted"]) == ("lakeside", 9, True)


def test_every_fault_is_told_with_its_line_and_nothing_is_sent(scene: Scene, tmp_path: Path) -> None:
    scene.deploy()
    text = (
        "user,id,number,uses\nu-1,mobile,+14165550123,sms\nu-2,mobile,416-555-0123,sms\nu-3,mobile,+14165550125,fax\n"
    )
    code, said, faults = _import(scene, tmp_path / "a.csv", text, "--kind", "contact_point", "--tenant", "northshore")
    assert code == Exit.INPUT
    assert "a.csv, line 3: contact_point.number:" in faults
    assert "a.csv, line 4: contact_point.uses.0:" in faults
    assert "416-555-0123" not in faults
    assert "Nothing was sent: " in faults
    assert said == ""
    assert scene.bodies(QUEUE) == []


def test_a_row_with_more_cells_than_columns_is_a_fault(scene: Scene, tmp_path: Path) -> None:
    code, _, faults = _import(
        scene,
        tmp_path / "a.csv",
        "number,holder,holder_id\n4471,user,u-1,x\n",
        "--kind",
        "pager",
        "--tenant",
        "lakeside",
    )
    assert code == Exit.INPUT
    assert "more cells than columns" in faults


def test_a_dry_run_checks_and_sends_nothing(scene: Scene, tmp_path: Path) -> None:
    scene.deploy()
    line = json.dumps({"kind": "user", "tenant": "northshore", "id": "u-1", "name": "A", "revision": 1})
    code, said, _ = _import(scene, tmp_path / "a.jsonl", line, "--dry-run")
    assert code == Exit.DONE
    assert "1 changes are right" in said
    assert scene.bodies(QUEUE) == []


def test_where_nothing_is_deployed_it_says_which_queue_is_not_there(scene: Scene, tmp_path: Path) -> None:
    line = json.dumps({"kind": "user", "tenant": "northshore", "id": "u-1", "name": "A", "revision": 1})
    code, _, faults = _import(scene, tmp_path / "a.jsonl", line)
    assert code == Exit.AWS
    assert "there is no queue statline-directory-changes in ca-central-1" in faults
