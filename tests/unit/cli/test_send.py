import json
from pathlib import Path
from typing import Any

import pytest

from functions.core.domain.delivering.delivery import trace_of
from statline.cli.exits import Exit
from tests.unit.cli.scene import REGION, Scene

MESSAGE: dict[str, Any] = {
    "tenant": "northshore",
    "id": "n-1",
    "kind": "message",
    "priority": "routine",
    "recipients": [{"type": "user", "id": "u-demo"}],
    "content": {"title": "Bed ready", "sensitivity": "operational"},
    "sent_at": "2026-11-22T10:00:00Z",
    "expires_at": "2026-11-22T11:00:00Z",
}


def _message(**rest: Any) -> str:
    return json.dumps(MESSAGE | rest)


@pytest.mark.parametrize(
    "text",
    [
        f"{_message()}\n{_message(id='n-2', priority='stat')}\n",
        f"[{_message()}, {_message(id='n-2', priority='stat')}]",
    ],
    ids=["json lines", "json array"],
)
def test_each_message_of_a_file_goes_to_its_lane(scene: Scene, tmp_path: Path, text: str) -> None:
    scene.deploy()
    file = tmp_path / "messages"
    file.write_text(text)
    result = scene.run("send", str(file), "--region", REGION)
    assert result.exit_code == Exit.DONE, result.output
    assert "sent northshore n-1 (message " in result.stdout
    assert f"trace {trace_of('northshore', 'n-1')})" in result.stdout
    assert [json.loads(body)["id"] for body in scene.bodies("statline-ingress-routine")] == ["n-1"]
    assert [json.loads(body)["id"] for body in scene.bodies("statline-ingress-stat")] == ["n-2"]


def test_a_message_may_come_by_standard_input(scene: Scene) -> None:
    scene.deploy()
    result = scene.run("send", "-", "-r", REGION, given=json.dumps(MESSAGE, indent=2))
    assert result.exit_code == Exit.DONE
    assert len(scene.bodies("statline-ingress-routine")) == 1


def test_one_wrong_message_keeps_the_whole_file_back_and_says_where(scene: Scene) -> None:
    scene.deploy()
    result = scene.run("send", "-", "-r", REGION, given=f"{_message()}\n{_message(priority='asap')}\nnonsense\n")
    assert result.exit_code == Exit.INPUT
    assert "-, line 2: " in result.stderr
    assert "priority: must be one of 'routine', 'urgent' or 'stat'" in result.stderr
    assert "-, line 3: " in result.stderr
    assert "Nothing was sent: 2 of 3" in result.stderr
    assert scene.bodies("statline-ingress-routine") == []


def test_a_dry_run_sends_nothing(scene: Scene) -> None:
    result = scene.run("send", "-", "-r", REGION, "--dry-run", given=_message())
    assert result.exit_code == Exit.DONE
    assert "n-1" in result.stdout
    assert "Nothing was sent" in result.stdout


def test_a_text_that_an_sms_would_cut_is_refused_when_asked(scene: Scene) -> None:
    long = MESSAGE["content"] | {"body": "x" * 1000}
    given = _message(content=long, channels=["sms"])
    assert scene.run("send", "-", "-r", REGION, "--dry-run", given=given).exit_code == Exit.DONE
    strict = scene.run("send", "-", "-r", REGION, "--dry-run", "--strict-sms", "2", given=given)
    assert strict.exit_code == Exit.INPUT
    assert "more than 2 segments" in strict.stderr


def test_where_nothing_is_deployed_nothing_is_sent_and_it_says_so(scene: Scene) -> None:
    result = scene.run("send", "-", "-r", REGION, given=_message())
    assert result.exit_code == Exit.AWS
    assert "there is no queue statline-ingress-routine in ca-central-1" in result.stderr


def test_when_some_are_taken_and_some_are_not_the_exit_code_says_so(scene: Scene) -> None:
    scene.sqs.create_queue(QueueName="statline-ingress-routine")
    given = f"{_message()}\n{_message(id='n-2', priority='stat')}\n"
    result = scene.run("send", "-", "-r", REGION, given=given)
    assert result.exit_code == Exit.PARTLY
    assert "sent northshore n-1" in result.stdout
    assert "not sent northshore n-2" in result.stderr


@pytest.mark.parametrize("given", ["", "\n\n", "[]"])
def test_an_empty_input_is_an_error(scene: Scene, given: str) -> None:
    result = scene.run("send", "-", "-r", REGION, given=given)
    assert result.exit_code == Exit.INPUT
    assert "holds no message" in result.stderr


def test_a_file_that_is_not_there_is_named(scene: Scene) -> None:
    result = scene.run("send", "no-such-file.json", "-r", REGION)
    assert result.exit_code == Exit.INPUT
    assert "no-such-file.json cannot be read: No such file" in result.stderr


def test_a_region_is_asked_for(scene: Scene) -> None:
    result = scene.run("send", "-", given=_message())
    assert result.exit_code == Exit.INPUT
    assert "--region" in result.stderr
