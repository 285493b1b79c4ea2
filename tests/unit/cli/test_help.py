"""What ``--help`` looks like, of every command."""

import inspect
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from statline.cli.main import app


def _commands(group: typer.Typer, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every command by the words that call it, and its own words about itself."""
    for command in group.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__.removesuffix("_").replace("_", "-")
        yield (*way, name), command.help or inspect.getdoc(command.callback) or ""
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        yield from _commands(inner.typer_instance, (*way, str(inner.name)))


COMMANDS = dict(_commands(app))


@pytest.mark.parametrize("way", COMMANDS, ids=" ".join)
def test_a_paragraph_is_broken_by_the_terminal_only(way: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*way, "--help"], env={"COLUMNS": "1000"})
    assert shown.exit_code == 0, shown.output
    lines = {line.strip() for line in shown.output.splitlines()}
    for paragraph in COMMANDS[way].split("\n\n"):
        assert " ".join(paragraph.split()).replace("`", "") in {line.replace("`", "") for line in lines}


@pytest.mark.parametrize("way", COMMANDS, ids=" ".join)
def test_what_may_be_left_out_stands_in_one_pair_of_brackets(way: tuple[str, ...]) -> None:
    assert "[[" not in CliRunner().invoke(app, [*way, "--help"]).output
