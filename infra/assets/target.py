"""What the functions' packages are built for: a Python version, a processor and an operating system."""

import platform
import shutil
import sys
from dataclasses import dataclass
from typing import Literal

from infra.config.model import Runtime

Architecture = Literal["arm64", "x86_64"]

_MACHINES: dict[str, Architecture] = {"arm64": "arm64", "aarch64": "arm64", "x86_64": "x86_64", "amd64": "x86_64"}
_UV_MACHINES: dict[Architecture, str] = {"arm64": "aarch64", "x86_64": "x86_64"}
# Lambda's Python 3.11 runs on Amazon Linux 2, whose glibc is 2.26; every later one on Amazon Linux 2023 (2.34). A wheel
# for a newer glibc installs without a word and fails at its first import.
_UV_OLD_LINUX = {"3.11": "manylinux_2_17"}
_UV_LINUX = "manylinux_2_28"


class AssetError(Exception):
    """A package cannot be built. One line: what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a package runs. ``system`` is ``linux`` for Lambda; ``host`` packages are built for the machine at hand."""

    python: str
    architecture: Architecture
    system: Literal["linux", "darwin"] = "linux"

    @property
    def uv_platform(self) -> str:
        """The name that uv has for it."""
        return self._platform(_UV_OLD_LINUX.get(self.python, _UV_LINUX))

    @property
    def uv_newer_platform(self) -> str:
        """The name that uv has for it with the newer Linux, whichever the target's Python runs on."""
        return self._platform(_UV_LINUX)

    def _platform(self, linux: str) -> str:
        return f"{_UV_MACHINES[self.architecture]}-{'apple-darwin' if self.system == 'darwin' else linux}"

    def interpreter(self) -> str:
        """The path of a Python of the target's version, whose bytecode the target reads. Raises `AssetError`."""
        if self.python == _running_python():
            return sys.executable
        found = shutil.which(f"python{self.python}")
        if found is None:
            raise AssetError(
                f"runtime.python is {self.python}, and there is no python{self.python} on PATH to make its bytecode:"
                f" install it, or leave runtime.python out (this is Python {_running_python()})"
            )
        return found


def target_of(runtime: Runtime) -> Target:
    """The target that a deployment's config asks for."""
    python = runtime.python or _running_python()
    if runtime.architecture == "host":
        return Target(python, _host_architecture(), "darwin" if sys.platform == "darwin" else "linux")
    return Target(python, runtime.architecture)


def _running_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _host_architecture() -> Architecture:
    machine = platform.machine().lower()
    if machine not in _MACHINES:
        raise AssetError(f"runtime.architecture is host, and Lambda has no processor like this machine's ({machine})")
    return _MACHINES[machine]
