"""The layer that tells functions whom to believe: the certificate authorities of the database's servers."""

from pathlib import Path

from infra.assets.build import BuiltAsset, build_once
from infra.assets.target import AssetError

_FILE = Path("trust") / "rds.pem"
"""Lambda lays a layer's content under /opt."""


def build_trust(file: Path, *, cache: Path) -> BuiltAsset:
    """A layer of one file. Raises `AssetError`."""
    try:
        content = file.read_bytes()
    except OSError as cause:
        raise AssetError(f"{file} cannot be read: put the file there that database.trust names") from cause

    def fill(folder: Path) -> None:
        copy = folder / _FILE
        copy.parent.mkdir()
        copy.write_bytes(content)

    return build_once("layer-trust", [str(_FILE).encode(), content], fill, cache=cache)
