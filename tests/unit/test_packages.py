"""What is shipped is enough and not too much: each function starts with its package and its layers alone."""

import importlib.util
import json
import struct
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from infra.assets.build import ROOT
from infra.assets.functions import AT_DATABASE
from infra.assets.target import target_of
from infra.assets.workshop import BuildingWorkshop
from infra.config.model import Runtime

FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
EXTRA_LAYERS = {
    "push": ["lambda-push"],
    "reconcile": ["lambda-postgres"],
    "backup_checks": ["lambda-postgres"],
    "backup_dump": ["lambda-postgres", "lambda-dump"],
}
"""As the stacks give them."""
WORKSHOP = BuildingWorkshop(target_of(Runtime(architecture="host")))
"""As the laptop's deployment builds: for the processor at hand, so that what is built can be started here."""

NOWHERE = ["boto3", "requests", "psycopg", "psycopg2", "sqlalchemy", "moto", "infra", "local", "tests"]
"""What no function has: a fat client, a second HTTP library, a way to a database, and what is not shipped."""
PYTHONS_OWN = Path(json.__file__).parents[1]
UNCHECKED_HASH = 0b01

START = """
import importlib, importlib.util, json, sys
name, asked, *places = sys.argv[1:]
sys.path += places
handler = importlib.import_module(f"functions.{name}.handler")
found = [each for each in json.loads(asked) if importlib.util.find_spec(each)]
files = [m.__file__ for m in list(sys.modules.values()) if getattr(m, "__file__", None)]
print(json.dumps({"callable": callable(handler.handle), "found": found, "files": files}))
"""


@dataclass(frozen=True)
class Started:
    """A function that was started: what it could import of what was asked, and the files that it loaded."""

    callable: bool
    found: list[str]
    files: list[str]


def places_of(name: str) -> list[Path]:
    """The package of a function and its layers, as Lambda puts them on the path."""
    layers = [WORKSHOP.layer(lock).path / "python" for lock in ("lambda", *EXTRA_LAYERS.get(name, []))]
    return [WORKSHOP.function(name).path, *layers]


@cache
def start(name: str) -> Started:
    """Start a function in a process of its own that knows no other place than Python's own library and these."""
    others = [f"functions.{other}" for other in FUNCTIONS if other != name]
    asked = json.dumps([*NOWHERE, "firebase_admin", "botocore", *others])
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", START, name, asked, *map(str, places_of(name))],
        capture_output=True,
        text=True,
        check=False,
        env={"AWS_DEFAULT_REGION": "ca-central-1"},
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return Started(**json.loads(done.stdout))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_starts_with_nothing_but_its_package_and_its_layers(name: str) -> None:
    started = start(name)

    assert started.callable
    places = tuple(map(str, [*places_of(name), PYTHONS_OWN]))
    assert [file for file in started.files if not file.startswith(places) or "site-packages" in file] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_no_other_function_no_database_and_no_fat_client(name: str) -> None:
    # firebase-admin asks for requests when it is imported; no call is made with it.
    more = {"firebase_admin", "requests"} if name == "push" else set()
    of_database = {"psycopg"} if name in AT_DATABASE else set()
    assert set(start(name).found) == {"botocore"} | more | of_database


def test_nothing_of_delivery_is_at_the_database() -> None:
    assert not AT_DATABASE & {"router", "push", "sms", "voice", "events", "directory", "dead_letters"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_starts_with_was_compiled_before_it_was_shipped(name: str) -> None:
    loaded = [Path(file) for file in start(name).files if file.startswith(tuple(map(str, places_of(name))))]
    assert _without_bytecode(path for path in loaded if path.suffix == ".py") == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_bytecode_is_shipped_for_every_module_and_read_without_a_look_at_its_source(name: str) -> None:
    """A function's folder is read-only: without bytecode that counts, every cold start would compile again."""
    modules = [module for place in places_of(name) for module in place.rglob("*.py")]
    assert modules
    assert _without_bytecode(modules) == []


@pytest.mark.parametrize("name", ["router", "push", "sms", "voice", "escalation"])
def test_a_function_on_a_notifications_way_starts_without_the_numbering_plans(name: str) -> None:
    assert [file for file in start(name).files if "phonenumbers" in file] == []


def test_every_function_was_looked_at() -> None:
    assert {"router", "push", "sms", "voice", "events", "directory", "dead_letters"} <= set(FUNCTIONS)


def _without_bytecode(modules: Iterable[Path]) -> list[str]:
    """The modules that this Python would compile when it imports them, or whose source it would look at."""
    return [str(module) for module in modules if not _is_compiled(module)]


def _is_compiled(module: Path) -> bool:
    bytecode = Path(importlib.util.cache_from_source(str(module)))
    if not bytecode.is_file():
        return False
    magic, flags = struct.unpack("<4sI", bytecode.read_bytes()[:8])
    return bool(magic == importlib.util.MAGIC_NUMBER and flags == UNCHECKED_HASH)
