from pathlib import Path

from statline.cli.exits import Exit
from statline.client.posting import Post
from tests.unit.cli.scene import REGION, Scene


def _config(folder: Path) -> Path:
    (folder / "laptop.yaml").write_text(f"regions:\n  - region: {REGION}\n  - region: us-east-1\n")
    (folder / "broken.yaml").write_text("regions: [\n")
    return folder


def test_a_region_with_every_queue_answers(scene: Scene, tmp_path: Path) -> None:
    scene.deploy()
    result = scene.run("regions", "-r", REGION, "--config", str(tmp_path))
    assert result.exit_code == Exit.DONE
    assert "yes" in result.stdout
    assert "statline-ingress-stat" in result.stdout


def test_the_regions_of_a_checkout_are_asked_and_one_that_is_empty_is_said(scene: Scene, tmp_path: Path) -> None:
    scene.deploy()
    result = scene.run("regions", "--config", str(_config(tmp_path)))
    assert result.exit_code == Exit.NO
    lines = {line.split()[1]: line for line in result.stdout.splitlines() if "laptop" in line}
    assert "yes" in lines[REGION]
    assert "none of Statline's queues" in lines["us-east-1"]


def test_a_queue_that_is_missing_is_named(scene: Scene, tmp_path: Path) -> None:
    scene.deploy()
    scene.sqs.delete_queue(QueueUrl=Post(scene.sqs).url("statline-ingress-stat"))
    result = scene.run("regions", "-r", REGION, "--config", str(tmp_path))
    assert result.exit_code == Exit.NO
    assert "missing: statline-ingress-stat" in result.stdout


def test_without_a_checkout_and_without_a_region_it_says_what_to_do(scene: Scene, tmp_path: Path) -> None:
    result = scene.run("regions", "--config", str(tmp_path))
    assert result.exit_code == Exit.INPUT
    assert "name the regions with --region" in result.stderr
