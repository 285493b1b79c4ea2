"""The functions' own code: each package holds the core, one function and the contract, and no other function.

Those at the database hold the code that speaks to it, too.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from infra.assets.build import ROOT, BuiltAsset, build_once, file_ingredients
from infra.assets.bytecode import compile_folder
from infra.assets.target import Target

_RUNS_AT = "/var/task"
_SHARED = ("functions/__init__.py", "functions/core", "statline/__init__.py", "statline/contract")
_DATABASE = "functions/database"
AT_DATABASE = frozenset({"reconcile", "backup_checks", "backup_dump"})
"""The functions that may speak to PostgreSQL: no other package holds the code that can."""


def build_function(name: str, target: Target, *, cache: Path, root: Path = ROOT) -> BuiltAsset:
    """The package of ``functions/<name>``: its handler is ``functions.<name>.handler.handle``."""
    places = (*_SHARED, f"functions/{name}", *((_DATABASE,) if name in AT_DATABASE else ()))
    files = [file for place in places for file in _files(root / place)]

    def fill(folder: Path) -> None:
        for file in files:
            copy = folder / file.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        compile_folder(folder, target, runs_at=_RUNS_AT)

    own_code = file_ingredients(Path(__file__).parent, [Path(__file__), Path(__file__).with_name("bytecode.py")])
    ingredients = [target.python.encode(), *own_code, *file_ingredients(root, files)]
    return build_once(f"function-{name.replace('_', '-')}", ingredients, fill, cache=cache)


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        yield from (file for file in place.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
