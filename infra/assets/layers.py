"""The layers: what the functions import and did not write. Made from a lock by the project's own uv, without Docker."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import uv

from infra.assets.build import ROOT, BuiltAsset, build_once, file_ingredients
from infra.assets.bytecode import compile_folder
from infra.assets.dump import keep_dump
from infra.assets.prune import prune
from infra.assets.target import AssetError, Target

_RUNS_AT = "/opt/python"


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What to leave of a lock's packages, and whether the wheels may ask for a newer Linux than the target's.

    newer_linux: for a package whose wheels say so and of which only what does not need it is kept.
    """

    leave: Callable[[Path], None]
    newer_linux: bool = False


_USUAL = _Recipe(prune)
_RECIPES: Mapping[str, _Recipe] = {"lambda-dump": _Recipe(keep_dump, newer_linux=True)}


def build_layer(lock: str, target: Target, *, cache: Path, locks: Path = ROOT / "locks") -> BuiltAsset:
    """The layer of ``locks/<lock>.txt``: wheels for the target, pruned, with bytecode. Raises `AssetError`."""
    path, recipe = locks / f"{lock}.txt", _RECIPES.get(lock, _USUAL)
    platform = target.uv_newer_platform if recipe.newer_linux else target.uv_platform

    def fill(folder: Path) -> None:
        packages = folder / "python"
        _install(path, packages, target, platform)
        recipe.leave(packages)
        compile_folder(packages, target, runs_at=_RUNS_AT)

    ingredients = [platform.encode(), target.python.encode(), *_own_code(), path.read_bytes()]
    return build_once(f"layer-{lock}", ingredients, fill, cache=cache)


def _own_code() -> list[bytes]:
    """The code that decides what is in a layer: another way of building is another package."""
    here = Path(__file__)
    return file_ingredients(
        here.parent, [here, *(here.with_name(name) for name in ("prune.py", "dump.py", "bytecode.py"))]
    )


def _install(lock: Path, packages: Path, target: Target, platform: str) -> None:
    # Nothing is resolved and nothing is compiled here: the lock names every file by its hash, and wheels are complete.
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--target", str(packages),
               "--python", target.interpreter(), "--python-platform", platform,
               "--python-version", target.python, "--only-binary", ":all:", "--require-hashes", "--no-deps",
               "--requirement", str(lock)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command line
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())[:500]
        raise AssetError(f"the layer of {lock.name} for {platform}, Python {target.python}: {reason}")
