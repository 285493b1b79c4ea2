import json

from statline.cli.exits import Exit
from tests.unit.cli.scene import REGION, Scene


def test_an_activation_is_stood_down_on_the_lane_it_came_by(scene: Scene) -> None:
    scene.deploy()

    result = scene.run("stand-down", "code-1", "--tenant", "northshore", "--region", REGION)

    assert result.exit_code == Exit.DONE, result.output
    assert "the stand-down of northshore code-1 is sent (message " in result.stdout
    assert f"statline show code-1 --tenant northshore --region {REGION}\n" in result.stdout
    (body,) = scene.bodies("statline-ingress-stat")
    word = json.loads(body)
    assert (word["kind"], word["tenant"], word["id"]) == ("stand_down", "northshore", "code-1")


def test_an_urgent_page_is_stood_down_on_the_urgent_lane(scene: Scene) -> None:
    scene.deploy()

    result = scene.run("stand-down", "p-1", "--tenant", "northshore", "--region", REGION, "--priority", "urgent")

    assert result.exit_code == Exit.DONE, result.output
    assert len(scene.bodies("statline-ingress-urgent")) == 1


def test_a_name_that_cannot_be_is_refused_before_anything_is_sent(scene: Scene) -> None:
    scene.deploy()

    result = scene.run("stand-down", "not an id", "--tenant", "northshore", "--region", REGION)

    assert result.exit_code == Exit.INPUT
    assert scene.bodies("statline-ingress-stat") == []


def test_where_there_is_no_statline_it_is_said(scene: Scene) -> None:
    result = scene.run("stand-down", "code-1", "--tenant", "northshore", "--region", REGION)

    assert result.exit_code == Exit.AWS
    assert "not stood down northshore code-1" in result.stderr
