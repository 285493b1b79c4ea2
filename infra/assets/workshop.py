"""What the stacks ask for when they need a package: one workshop, one target."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from infra.assets.build import CACHE, BuiltAsset
from infra.assets.functions import build_function
from infra.assets.layers import build_layer
from infra.assets.target import Target
from infra.assets.trust import build_trust
from infra.config.reader import FOLDER


class Workshop(Protocol):
    """Makes the packages of one deployment."""

    @property
    def target(self) -> Target:
        """What the packages run on."""
        ...

    def function(self, name: str) -> BuiltAsset:
        """The package of ``functions/<name>``."""
        ...

    def layer(self, lock: str) -> BuiltAsset:
        """The layer of ``locks/<lock>.txt``."""
        ...

    def trust(self, file: str) -> BuiltAsset:
        """The layer with a file of certificate authorities that lies beside the config."""
        ...


@dataclass(frozen=True)
class BuildingWorkshop:
    """Builds each package when it is first asked for, and keeps it between synths.

    config: the folder of the config, beside which its files lie.
    """

    target: Target
    folder: Path = CACHE
    config: Path = FOLDER

    def function(self, name: str) -> BuiltAsset:
        """The package of ``functions/<name>``. Raises `AssetError`."""
        return _function(name, self.target, self.folder)

    def layer(self, lock: str) -> BuiltAsset:
        """The layer of ``locks/<lock>.txt``. Raises `AssetError`."""
        return _layer(lock, self.target, self.folder)

    def trust(self, file: str) -> BuiltAsset:
        """The layer with a file of certificate authorities that lies beside the config. Raises `AssetError`."""
        return build_trust(self.config / file, cache=self.folder)


@cache
def _function(name: str, target: Target, folder: Path) -> BuiltAsset:
    return build_function(name, target, cache=folder)


@cache
def _layer(lock: str, target: Target, folder: Path) -> BuiltAsset:
    return build_layer(lock, target, cache=folder)
