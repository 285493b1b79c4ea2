"""docs/alarms.md is what on-call looks alarms up in: it says what the templates say, no more and no less."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pytest

from infra.assets.build import ROOT
from tests.infra.alarms import Alarm, alarms_of, children, composites_of, severity
from tests.infra.templates import Template

_PAGE = ROOT / "docs" / "alarms.md"
_ROW = re.compile(r"^\| (?P<name>Statline [^|]+) \| [^|]+ \| (?P<when>[<>] [^|]+) \| (?P<of>[^|]+) \| (?P<missing>\w+)")
_HEARD = re.compile(r"\| (?P<heard>[a-z, ]+) \|$")
_WHOLES = {
    "stat": "Statline stat delivery is impaired",
    "delivery": "Statline delivery is impaired",
    "routine": "Statline routine delivery is impaired",
    "escalation": "Statline escalation is impaired",
    "primary": "Statline database is in trouble",
    "replica": "Statline database replica is in trouble",
}


@dataclass(frozen=True)
class _Line:
    """What the page says of one alarm."""

    when: str
    of: str
    missing: str
    heard: str


def _lines() -> Iterator[tuple[str, _Line]]:
    for line in _PAGE.read_text(encoding="utf-8").splitlines():
        row, heard = _ROW.match(line), _HEARD.search(line)
        if row and heard:
            names = list(_expanded(row["name"]))
            for name in names:
                yield name, _Line(row["when"], row["of"], row["missing"], _heard_of(name, heard["heard"]))


def _expanded(name: str) -> Iterator[str]:
    parts = re.split(r"\{([^}]+)\}", name)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ("".join(combination) for combination in product(*choices))


def _heard_of(name: str, heard: str) -> str:
    """Where a line names a whole for each role, that of this alarm's."""
    either = heard.split(", ")
    return either[0] if len(either) == 1 else next(word for word in either if f" {word} " in name)


@pytest.fixture(scope="module")
def stacks(templates: Mapping[str, Template]) -> list[Template]:
    return [template for name, template in templates.items() if name.startswith("Statline-ca-central-1-")]


@pytest.fixture(scope="module")
def found(stacks: list[Template]) -> dict[str, tuple[Template, Alarm]]:
    return {alarm["AlarmName"]: (stack, alarm) for stack in stacks for alarm in alarms_of(stack)}


@pytest.fixture(scope="module")
def table() -> dict[str, _Line]:
    return dict(_lines())


def test_the_page_names_every_alarm_once_and_no_other(
    found: dict[str, tuple[Template, Alarm]], table: dict[str, _Line]
) -> None:
    named = [name for name, _ in _lines()]
    assert len(named) == len(set(named))
    assert set(table) == set(found)


def test_the_page_says_when_each_alarm_speaks(
    found: dict[str, tuple[Template, Alarm]], table: dict[str, _Line]
) -> None:
    for name, (_, alarm) in found.items():
        periods = {m["MetricStat"]["Period"] for m in alarm.get("Metrics", ()) if "MetricStat" in m}
        (period,) = periods or {alarm["Period"]}
        sign = {"GreaterThanThreshold": ">", "LessThanThreshold": "<"}[alarm["ComparisonOperator"]]
        line = table[name]
        assert line.of == f"{alarm['DatapointsToAlarm']} of {alarm['EvaluationPeriods']}, {period} s", name
        assert line.missing == alarm["TreatMissingData"], name
        said = line.when.split()
        assert said[0] == sign, name
        if len(said) == 2 and said[1][0].isdigit():
            assert float(said[1]) == alarm["Threshold"], name


def test_the_page_says_who_hears_each_alarm(
    stacks: list[Template], found: dict[str, tuple[Template, Alarm]], table: dict[str, _Line]
) -> None:
    composites = {name: (stack, alarm) for stack in stacks for name, alarm in composites_of(stack).items()}
    for name, line in table.items():
        stack, alarm = found[name]
        if line.heard in _WHOLES:
            assert "AlarmActions" not in alarm, name
            assert name in children(*composites[_WHOLES[line.heard]]), name
        elif "Ref" in alarm["AlarmActions"][0]:
            assert severity(stack, alarm) == line.heard, name
        else:
            assert line.heard in str(alarm["AlarmActions"]).lower(), name


def test_the_page_names_every_composite(stacks: list[Template]) -> None:
    named = set(re.findall(r"\*\*(Statline [^*]+)\*\*", _PAGE.read_text(encoding="utf-8")))
    assert named == {name for stack in stacks for name in composites_of(stack)}
