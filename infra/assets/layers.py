"""The layers: what the functions import and did not write. Made from a lock by the project's own uv, without Docker."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import uv

from infra.assets.build import ROOT, BuiltAsset, build_once, file_ingredients
from infra.assets.bytecode import compile_folder
from infra.assets.prune import prune
from infra.assets.target import AssetError, Target

_RUNS_AT = "/opt/python"


def build_layer(lock: str, target: Target, *, cache: Path, locks: Path = ROOT / "locks") -> BuiltAsset:
    """The layer of ``locks/<lock>.txt``: wheels for the target, pruned, with bytecode. Raises `AssetError`."""
    path = locks / f"{lock}.txt"

    def fill(folder: Path) -> None:
        packages = folder / "python"
        _install(path, packages, target)
        prune(packages)
        compile_folder(packages, target, runs_at=_RUNS_AT)

    return build_once(f"layer-{lock}", [*_ingredients(target), path.read_bytes()], fill, cache=cache)


def _ingredients(target: Target) -> Iterable[bytes]:
    """The target, and the code that decides what is in a layer: another way of building is another package."""
    here = Path(__file__)
    code = [here, here.with_name("prune.py"), here.with_name("bytecode.py")]
    return [target.uv_platform.encode(), target.python.encode(), *file_ingredients(here.parent, code)]


def _install(lock: Path, packages: Path, target: Target) -> None:
    # Nothing is resolved and nothing is compiled here: the lock names every file by its hash, and wheels are complete.
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--target", str(packages),
               "--python", target.interpreter(), "--python-platform", target.uv_platform,
               "--python-version", target.python, "--only-binary", ":all:", "--require-hashes", "--no-deps",
               "--requirement", str(lock)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command line
    if done.returncode != 0:
        reason = " ".join(done.stderr.split())[:500]
        raise AssetError(f"the layer of {lock.name} for {target.uv_platform}, Python {target.python}: {reason}")
