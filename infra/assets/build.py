"""Builds folders once: a folder's name carries the hash of everything that it is made from.

A folder that exists is complete, because it is filled under another name and renamed at the end; so a second synth with
nothing changed builds nothing, and two synths at the same time do not disturb each other. Whoever builds a folder
removes those that no synth has used of late.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "build" / "assets"
KEPT_UNUSED = timedelta(days=7)
"""Much longer than a synth takes, which reads its folders to its end; and a layer takes the network to build again."""


@dataclass(frozen=True, slots=True)
class BuiltAsset:
    """A folder that becomes a Lambda package or layer. ``hash`` changes when, and only when, its contents may."""

    path: Path
    hash: str


def build_once(name: str, ingredients: Iterable[bytes], fill: Callable[[Path], None], *, cache: Path) -> BuiltAsset:
    """The folder ``name`` made of the given ingredients, filled by ``fill`` unless it is there already."""
    digest = _digest(ingredients)
    path = cache / f"{name}-{digest[:16]}"
    cache.mkdir(parents=True, exist_ok=True)
    if not _use(path):
        _say(f"building {path.name}")
        with tempfile.TemporaryDirectory(dir=cache, prefix=f".{name}-") as scratch:
            content = Path(scratch) / "content"
            content.mkdir()
            fill(content)
            _publish(content, path)
        _remove_unused(cache)
    return BuiltAsset(path, digest)


def file_ingredients(root: Path, files: Iterable[Path]) -> list[bytes]:
    """Each file's place below ``root`` and its bytes, in a fixed order."""
    return [part for file in sorted(files) for part in (str(file.relative_to(root)).encode(), file.read_bytes())]


def _use(path: Path) -> bool:
    """Whether the folder is there; if so, it counts as used from now."""
    with _alone_in(path.parent):
        if not path.is_dir():
            return False
        os.utime(path)
        return True


def _remove_unused(cache: Path) -> None:
    """Remove what no synth has used for long, and what a build that was killed has left."""
    oldest = time.time() - KEPT_UNUSED.total_seconds()
    with _alone_in(cache):
        for folder in [folder for folder in cache.iterdir() if _last_used(folder) < oldest]:
            shutil.rmtree(folder)


def _last_used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:  # another build's scratch folder, which has just become a package
        return time.time()


@contextmanager
def _alone_in(cache: Path) -> Iterator[None]:
    """Keep other synths from looking for a folder while one is removed."""
    handle = os.open(cache, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _digest(ingredients: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for ingredient in ingredients:
        total.update(hashlib.sha256(ingredient).digest())
    return total.hexdigest()


def _publish(content: Path, path: Path) -> None:
    try:
        content.rename(path)
    except OSError:
        if not path.is_dir():  # otherwise another synth has built the very same in the meantime
            raise
        shutil.rmtree(content)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
