"""Builds folders once: a folder's name carries the hash of everything that it is made from.

A folder that exists is complete, because it is filled under another name and renamed at the end; so a second synth with
nothing changed builds nothing, and two synths at the same time do not disturb each other.
"""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "build" / "assets"


@dataclass(frozen=True, slots=True)
class BuiltAsset:
    """A folder that becomes a Lambda package or layer. ``hash`` changes when, and only when, its contents may."""

    path: Path
    hash: str


def build_once(name: str, ingredients: Iterable[bytes], fill: Callable[[Path], None], *, cache: Path) -> BuiltAsset:
    """The folder ``name`` made of the given ingredients, filled by ``fill`` unless it is there already."""
    digest = _digest(ingredients)
    path = cache / f"{name}-{digest[:16]}"
    if not path.is_dir():
        _say(f"building {path.name}")
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=f".{name}-") as scratch:
            content = Path(scratch) / "content"
            content.mkdir()
            fill(content)
            _publish(content, path)
    return BuiltAsset(path, digest)


def file_ingredients(root: Path, files: Iterable[Path]) -> list[bytes]:
    """Each file's place below ``root`` and its bytes, in a fixed order."""
    return [part for file in sorted(files) for part in (str(file.relative_to(root)).encode(), file.read_bytes())]


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
