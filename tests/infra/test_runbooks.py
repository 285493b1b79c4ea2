"""An alarm wakes somebody: it says what is wrong, and leads to a page that says what to do."""

import re
import shlex
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from infra.assets.build import ROOT
from infra.config.model import Deployment
from statline.cli.main import app
from tests.infra.templates import Template

_FOLDER = ROOT / "docs" / "runbooks"
_PAGES = sorted(page for page in _FOLDER.glob("*.md") if page.stem != "README")
_SECTIONS = [
    "What it means for a clinician",
    "First five minutes",
    "How to confirm",
    "How to undo",
    "Who to call",
]
_LONGEST_DESCRIPTION = 1024
_COMMAND = re.compile(r"(?:^ {4,}|`)statline ((?:[a-z][a-z-]*)(?: [^`\n]*)?)", flags=re.MULTILINE)
_EXPLAINED = re.compile(r'statline explain "(Statline [^"]+)"')
_LOG = re.compile(r"aws logs tail (\S+)")
_NAMED = re.compile(r"\bstatline-[a-z-]*[a-z]")
# CodeDeploy's own: it puts a bad version back by itself and tells nobody.
_OF_ROLLOUTS = "Rollouts"


def _spoken(templates: Mapping[str, Template]) -> Iterator[dict[str, Any]]:
    """Every alarm of the deployment that tells people."""
    for template in templates.values():
        for kind in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
            for logical_id, alarm in template.resources(kind).items():
                if not logical_id.startswith(_OF_ROLLOUTS):
                    yield alarm["Properties"]


def test_every_alarm_says_what_it_means_what_to_do_first_and_where_its_runbook_is(
    templates: Mapping[str, Template], deployment: Deployment
) -> None:
    pattern = re.compile(rf".+\. First: .+ Runbook: {re.escape(deployment.runbooks)}/([a-z-]+)\.md")
    for alarm in _spoken(templates):
        description = alarm["AlarmDescription"]
        found = pattern.fullmatch(description)
        assert found, description
        assert (_FOLDER / f"{found[1]}.md").is_file(), f"{alarm['AlarmName']} leads to a page that is not there"
        assert len(description) <= _LONGEST_DESCRIPTION, alarm["AlarmName"]


def test_every_runbook_has_an_alarm(templates: Mapping[str, Template]) -> None:
    linked = {alarm["AlarmDescription"].rsplit("/", 1)[1].removesuffix(".md") for alarm in _spoken(templates)}
    assert {page.stem for page in _PAGES} == linked


def test_every_alarm_can_be_read_aloud(templates: Mapping[str, Template]) -> None:
    for alarm in _spoken(templates):
        assert re.fullmatch(r"Statline [A-Za-z -]+", alarm["AlarmName"]), alarm["AlarmName"]


def test_a_runbook_names_the_alarms_that_lead_to_it_and_no_others(templates: Mapping[str, Template]) -> None:
    leading: dict[str, set[str]] = {}
    for alarm in _spoken(templates):
        page = alarm["AlarmDescription"].rsplit("/", 1)[1].removesuffix(".md")
        leading.setdefault(page, set()).add(alarm["AlarmName"])
    assert {page.stem: set(_named_on(page)) for page in _PAGES} == leading


def _named_on(page: Path) -> Iterator[str]:
    """The alarms of the page's second line, where ``(a, b)`` stands for either."""
    line = re.search(r"^Alarms: (.+?)\n\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert line, page.name
    for name in re.findall(r"\*([^*]+)\*", line[1].replace("\n", " ")):
        parts = re.split(r"\(([^)]+)\)", name)
        choices = [part.split(", ") if index % 2 else [part] for index, part in enumerate(parts)]
        yield from ("".join(combination) for combination in product(*choices))


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_a_runbook_answers_the_five_questions_in_their_order(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL))
    assert list(sections) == _SECTIONS
    assert all(answer.strip() for answer in sections.values())


@pytest.mark.parametrize("page", [*_PAGES, _FOLDER / "README.md"], ids=lambda page: page.stem)
def test_no_link_of_a_runbook_is_dead(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.is_file(), f"{page.name}: {target}"
        headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), flags=re.MULTILINE)
        anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
        assert not anchor or anchor in anchors, f"{page.name}: {target}"


def test_the_index_lists_every_runbook() -> None:
    listed = re.findall(r"^\| \[([a-z-]+)\]", (_FOLDER / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(listed) == [page.stem for page in _PAGES]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_a_runbook_names_only_what_exists(page: Path, templates: Mapping[str, Template]) -> None:
    real = {"statline-page", "statline-backup", "statline-primary", "statline-replica"}
    for template in templates.values():
        real |= {queue["QueueName"] for queue in template.properties("AWS::SQS::Queue")}
        real |= {function["FunctionName"] for function in template.properties("AWS::Lambda::Function")}
        real |= {group.get("DBSubnetGroupName", "") for group in template.properties("AWS::RDS::DBSubnetGroup")}
        real |= {
            name for alias in template.properties("AWS::KMS::Alias") for name in _NAMED.findall(alias["AliasName"])
        }
    named = set(_NAMED.findall(page.read_text(encoding="utf-8")))
    assert named <= real


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_a_runbook_gives_only_commands_that_there_are(page: Path) -> None:
    commands = get_command(app)
    given = _COMMAND.findall(page.read_text(encoding="utf-8"))
    for line in given:
        command, words = commands, shlex.split(line.replace("[", "").replace("]", ""))
        while isinstance(command, TyperGroup) and words:
            assert words[0] in command.commands, f"{page.name}: statline {line}"
            command = command.commands[words.pop(0)]
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        asked = {word.split("=")[0] for word in words if word.startswith("--")}
        assert asked <= options, f"{page.name}: statline {line}"


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.stem)
def test_a_runbook_asks_of_alarms_and_reads_logs_that_there_are(page: Path, templates: Mapping[str, Template]) -> None:
    text = page.read_text(encoding="utf-8")
    alarms = {alarm["AlarmName"] for alarm in _spoken(templates)}
    logs = {
        group.get("LogGroupName")
        for template in templates.values()
        for group in template.properties("AWS::Logs::LogGroup")
    }
    assert set(_EXPLAINED.findall(text)) <= alarms
    assert set(_LOG.findall(text)) <= logs
