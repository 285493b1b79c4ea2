"""What earlier synths left is removed, and what is in use stays."""

import json
import os
import time
from pathlib import Path

from local.cloud.leftovers import KEPT_UNUSED, remove_replaced_assets, remove_unused_assemblies

_STAMP = "stamp"


def test_an_asset_that_no_stack_names_any_more_is_removed(tmp_path: Path) -> None:
    named = {"files": {"1f": {"source": {"path": "asset.1f"}}, "2e": {"source": {"path": "asset.2e.json"}}}}
    (tmp_path / "Stack.assets.json").write_text(json.dumps(named))
    for folder in ("asset.1f", "asset.0d"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "handler.py").touch()
    for file in ("asset.2e.json", "asset.3c.json"):
        (tmp_path / file).touch()

    remove_replaced_assets(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"Stack.assets.json", "asset.1f", "asset.2e.json"}


def test_an_assembly_that_no_cloud_came_up_with_of_late_is_removed(tmp_path: Path) -> None:
    long_ago = time.time() - KEPT_UNUSED.total_seconds() - 60
    for name, used in (("of-today", time.time()), ("forgotten", long_ago)):
        (tmp_path / name).mkdir()
        (tmp_path / name / _STAMP).touch()
        os.utime(tmp_path / name / _STAMP, (used, used))
    (tmp_path / "being-made").mkdir()

    remove_unused_assemblies(tmp_path, _STAMP)

    assert {path.name for path in tmp_path.iterdir()} == {"of-today", "being-made"}
