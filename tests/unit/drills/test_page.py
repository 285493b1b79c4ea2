"""docs/drills.md is what people write incidents by: it has every drill and every lever, and its example works."""

import re
from fnmatch import fnmatchcase
from itertools import takewhile
from pathlib import Path
from textwrap import dedent

from infra.assets.build import ROOT
from statline.drills.deployment import Deployment
from statline.drills.levers import LEVERS
from statline.drills.play import play
from statline.drills.reading import names_in, read_incident
from statline.drills.verdict import faults
from tests.unit.drills.conftest import DRILLS

_PAGE = (ROOT / "docs" / "drills.md").read_text(encoding="utf-8")
_QUOTED = re.compile(r"`([^`\n]+)`")
_PLACE = re.compile(r"\b[A-Z]+\b")


def test_the_page_names_every_drill() -> None:
    assert set(names_in(DRILLS)) <= set(_QUOTED.findall(_PAGE))


def test_the_page_has_every_lever_and_none_that_is_not_there() -> None:
    lines = takewhile(lambda line: line.startswith("|"), _PAGE[_PAGE.index("| lever |") :].splitlines())
    patterns = [_PLACE.sub("*", name) for line in lines for name in _QUOTED.findall(line.split("|")[1])]

    assert [name for name in LEVERS if not any(fnmatchcase(name, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not any(fnmatchcase(name, pattern) for name in LEVERS)] == []


def test_the_pages_example_goes_as_it_says(tmp_path: Path, canada: Deployment) -> None:
    text = _PAGE[_PAGE.index('    title: "Pushes') : _PAGE.index("`{stat,urgent}` in the name")]
    (tmp_path / "mine.yaml").write_text(dedent(text))

    assert faults(play(read_incident("mine", tmp_path), canada)) == []
