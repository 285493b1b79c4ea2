"""Removes what synths leave behind: each adds to its directory what is new and removes nothing."""

import shutil
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

KEPT_UNUSED = timedelta(days=7)


def remove_replaced_assets(assembly: Path) -> None:
    """Remove the assets that no stack of the assembly names any more."""
    named = "".join(file.read_text() for file in assembly.rglob("*.assets.json"))
    for asset in assembly.glob("asset.*"):
        if asset.name not in named:
            _remove(asset)


def remove_unused_assemblies(assemblies: Path, stamp: str) -> None:
    """Remove the assemblies whose stamp is old: no cloud came up with them of late, and one that does makes its own."""
    oldest = time.time() - KEPT_UNUSED.total_seconds()
    for found in assemblies.glob(f"*/{stamp}"):
        with suppress(FileNotFoundError):  # another cloud, which comes up at the same time, removes it too
            if found.stat().st_mtime < oldest:
                _remove(found.parent)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
