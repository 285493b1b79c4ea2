"""The templates of each region, as they were when somebody last looked at them.

After a change that is meant: UPDATE_SNAPSHOTS=1 python -m pytest tests/infra/test_snapshots.py, then read the diff.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.infra.templates import Template

_FOLDER = Path(__file__).parent / "snapshots"
_UPDATE = "UPDATE_SNAPSHOTS"
# A version's name and an asset's key follow from the code that is in it: they change with every line of a function.
_VERSION = re.compile(r"(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}")
_ASSET = re.compile(r"\b[0-9a-f]{64}\b")


def _normal(template: Template) -> Any:
    text = json.dumps(template.body, sort_keys=True)
    return json.loads(_ASSET.sub("<asset>", _VERSION.sub(r"\1<version>", text)))


def test_a_regions_templates_are_the_ones_that_were_looked_at(templates: Mapping[str, Template], region: str) -> None:
    folder = _FOLDER / region
    found = {name: _normal(template) for name, template in templates.items() if name.startswith(f"Statline-{region}-")}
    if os.environ.get(_UPDATE):
        _write(folder, found)
    looked_at = {file.stem: json.loads(file.read_text()) for file in folder.glob("*.json")}
    changed = sorted(name for name in {*found, *looked_at} if found.get(name) != looked_at.get(name))
    assert changed == [], f"if the change is meant: {_UPDATE}=1 (see the head of this file)"


def _write(folder: Path, found: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.json"):
        file.unlink()
    for name, body in found.items():
        (folder / f"{name}.json").write_text(json.dumps(body, indent=1, sort_keys=True) + "\n")
