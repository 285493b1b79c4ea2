"""The synthesized stacks: made again only when something that they are made of has changed."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.cloud import leftovers, tools
from local.cloud.environment import DEFAULT_REGION
from local.cloud.model import ACCOUNT, Cloud, CloudError
from local.cloud.paths import CLOUDS, ROOT
from local.cloud.progress import step

_ASSEMBLIES = CLOUDS / ".assemblies"
_STAMP = ".statline-stamp"
_INPUTS = ("app.py", "cdk.json", "config", "functions", "infra", "locks", "statline", "pyproject.toml")
_NO_INPUT = "__pycache__"
"""Bytecode, and what is to become some while another process writes it."""


class SynthError(CloudError):
    """`app.py` could not synthesize the stacks; the message is what it said."""


@dataclass(frozen=True)
class Assembly:
    """A cloud assembly: the directory that `cdk synth` writes."""

    directory: Path

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that its stacks go to, as `aws://account/region`."""
        manifests = (json.loads(file.read_text()) for file in self.directory.rglob("manifest.json"))
        artifacts = (artifact for manifest in manifests for artifact in manifest.get("artifacts", {}).values())
        stacks = (artifact for artifact in artifacts if artifact["type"] == "aws:cloudformation:stack")
        return tuple(sorted({stack["environment"] for stack in stacks}))

    @property
    def digest(self) -> str:
        """What it would deploy, as a digest of its templates: they name every asset by its content."""
        digest = hashlib.sha256()
        for file in sorted((*self.directory.rglob("*.template.json"), *self.directory.rglob("*.assets.json"))):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()


def _input_files() -> Iterator[Path]:
    for name in _INPUTS:
        path = ROOT / name
        yield from sorted(path.rglob("*")) if path.is_dir() else (path,)


def _inputs_digest(settings: str) -> str:
    digest = hashlib.sha256(f"{sys.version}\0{settings}".encode())
    for file in _input_files():
        if _NO_INPUT not in file.parts and file.is_file():
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _context(deployment: str) -> str:
    """Return the context that the CDK command line would give to the app: that of cdk.json, and the deployment."""
    settings = ROOT / "cdk.json"
    context = json.loads(settings.read_text()).get("context", {}) if settings.exists() else {}
    return json.dumps({**context, "deployment": deployment})


def synthesize(cloud: Cloud, deployment: str) -> Assembly:
    """Return the deployment's assembly for this cloud, synthesizing it when its inputs have changed.

    SynthError when `app.py` refuses, with what it said.
    """
    target = _ASSEMBLIES / f"{deployment}-{cloud.sandbox_port}"
    settings = {"CDK_CONTEXT_JSON": _context(deployment), "SANDBOX_URL": cloud.sandbox_url}
    digest = _inputs_digest(json.dumps(settings))
    stamp = target / _STAMP
    if stamp.exists() and stamp.read_text() == digest:
        os.utime(stamp)
        print("  synth: nothing changed", flush=True)
        return Assembly(target)
    with step("Synthesize the stacks"):
        _run_app({**settings, "CDK_OUTDIR": str(target)})
    stamp.write_text(digest)
    leftovers.remove_replaced_assets(target)
    leftovers.remove_unused_assemblies(_ASSEMBLIES, stamp.name)
    return Assembly(target)


def _run_app(settings: dict[str, str]) -> None:
    node, _cdk = tools.ensure_cdk()
    # Synth asks AWS nothing, but it fetches packages: the machine's own settings for that (proxy, certificates, index)
    # must reach it, and no AWS profile.
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    environment = {
        **variables,
        **settings,
        "PATH": f"{node.parent}{os.pathsep}{variables.get('PATH', os.defpath)}",
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": DEFAULT_REGION,
    }
    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"The stacks could not be synthesized:\n{done.stdout}{done.stderr}".rstrip()
        raise SynthError(message)
