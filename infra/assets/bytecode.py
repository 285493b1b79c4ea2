"""Ships bytecode: a function's folder is read-only on Lambda, so without it every cold start would compile again."""

import subprocess
from pathlib import Path

from infra.assets.target import AssetError, Target


def compile_folder(folder: Path, target: Target, *, runs_at: str) -> None:
    """Compile every module below ``folder`` with the target's Python.

    ``unchecked-hash``: Lambda neither keeps modification times nor needs to look whether the source has changed.
    runs_at: where the folder will lie, for the paths in tracebacks; so the bytes do not depend on this machine either.
    """
    command = [target.interpreter(), "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash",
               "-s", str(folder), "-p", runs_at, str(folder)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command line
    if done.returncode != 0:
        raise AssetError(f"bytecode for {folder.name} could not be made: {done.stdout.strip() or done.stderr.strip()}")
