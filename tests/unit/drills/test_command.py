"""`statline drill`: what it prints, and the exit codes that a pipeline relies on."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from statline.cli import drill as command
from statline.cli.exits import Exit
from statline.cli.main import app
from tests.unit.drills.conftest import DRILLS


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["drill", *arguments])


def test_a_drill_that_goes_as_it_must_ends_well(assembly: Path, tmp_path: Path) -> None:
    picture = tmp_path / "january.png"

    result = _run("10-january-backup", "--templates", str(assembly), "--picture", str(picture))

    assert result.exit_code == Exit.DONE, result.output
    assert "page        Statline database is saturated by a backup" in result.output
    assert "in reality it took 1 h 10 min. It went as it must. (ca-central-1" in result.output
    assert picture.exists()


def test_a_drill_that_fails_says_what_was_expected_and_what_was(assembly: Path, tmp_path: Path) -> None:
    text = (DRILLS / "stuck-consumer.yaml").read_text()
    mine = tmp_path / "mine.yaml"
    mine.write_text(text.replace("is stalled, by: 1m", "is stalled, by: 5s"))

    result = _run(str(mine), "--templates", str(assembly), "--region", "us-east-1")

    assert result.exit_code == Exit.NO
    assert "It did NOT go as it must: 1 fault(s). (us-east-1" in result.output
    assert "expected: by t+00:05" in result.output
    assert "actual:   at t+00:" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Which incident? There are: 10-january-backup, "),
        (["earthquake"], "there is no such incident"),
        (["stuck-consumer", "--templates", "nowhere"], "nowhere: there are no synthesized templates here"),
    ],
)
def test_wrong_input_is_refused_with_what_to_do(arguments: list[str], said: str) -> None:
    result = _run(*arguments)

    assert result.exit_code == Exit.INPUT
    assert said in result.output


def test_the_list_names_every_drill() -> None:
    result = _run("--list")

    assert result.exit_code == Exit.DONE
    assert "silent-region" in result.output
    assert "28 August 2025" in result.output


def test_a_live_drill_is_refused_where_there_is_no_laptop_cloud(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "CHECKOUT", tmp_path)

    result = _run("10-january-backup", "--live")

    assert result.exit_code == Exit.INPUT
    assert "A live drill needs the laptop cloud, which only a checkout has" in result.output


def test_a_live_drill_ends_as_the_laptop_clouds_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "local" / "drill"
    package.mkdir(parents=True)
    (tmp_path / "local" / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text("import sys; sys.exit(7 if sys.argv[1:] == ['stuck-consumer'] else 9)")
    monkeypatch.setattr(command, "CHECKOUT", tmp_path)

    assert _run("stuck-consumer", "--live").exit_code == 7
