"""Packages are built from locks and code alone: the same in, the same out, with bytecode beside every module."""

import hashlib
import importlib.util
import os
import re
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.assets.build import CACHE, KEPT_UNUSED, ROOT, build_once
from infra.assets.dump import PROGRAM
from infra.assets.functions import AT_DATABASE, build_function
from infra.assets.layers import build_layer
from infra.assets.prune import AWS_SERVICES, prune
from infra.assets.target import AssetError, Target, target_of
from infra.assets.trust import build_trust
from infra.config.model import Runtime
from infra.constructs.database.surroundings import TRUST_PATH

_HERE = Target(f"{sys.version_info.major}.{sys.version_info.minor}", "x86_64")
_UNCHECKED_HASH = 0b01


def _contents(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_package_holds_the_core_its_own_function_and_the_contract_and_nothing_else(tmp_path: Path) -> None:
    folder = build_function("push", _HERE, cache=tmp_path).path
    parts = {file.relative_to(folder).parts[:2] for file in folder.rglob("*.py")}
    assert parts == {
        ("functions", "__init__.py"),
        ("functions", "core"),
        ("functions", "push"),
        ("statline", "__init__.py"),
        ("statline", "contract"),
    }


@pytest.mark.parametrize("name", sorted(AT_DATABASE))
def test_a_function_at_the_database_holds_the_code_that_speaks_to_it(tmp_path: Path, name: str) -> None:
    folder = build_function(name, _HERE, cache=tmp_path).path
    parts = {file.relative_to(folder).parts[:2] for file in folder.rglob("*.py")}
    assert {part for kind, part in parts if kind == "functions"} == {"__init__.py", "core", "database", name}


def test_no_other_function_holds_code_that_can_speak_to_a_database(tmp_path: Path) -> None:
    others = {path.parent.name for path in (ROOT / "functions").glob("*/settings.py")} - AT_DATABASE
    assert {"router", "push", "sms", "voice", "events", "directory", "dead_letters"} <= others
    for name in others:
        folder = build_function(name, _HERE, cache=tmp_path).path
        assert not (folder / "functions" / "database").exists(), name


def test_every_module_ships_with_bytecode_that_is_read_without_looking_at_its_source(tmp_path: Path) -> None:
    folder = build_function("events", _HERE, cache=tmp_path).path
    modules = list(folder.rglob("*.py"))
    assert modules
    for module in modules:
        bytecode = Path(importlib.util.cache_from_source(str(module))).read_bytes()
        assert bytecode[:4] == importlib.util.MAGIC_NUMBER
        assert struct.unpack("<I", bytecode[4:8]) == (_UNCHECKED_HASH,)


def test_two_builds_in_two_places_are_the_same_to_the_byte(tmp_path: Path) -> None:
    first = build_function("sms", _HERE, cache=tmp_path / "first")
    second = build_function("sms", _HERE, cache=tmp_path / "second" / "deeper")
    assert first.hash == second.hash
    assert _contents(first.path) == _contents(second.path)


def test_a_second_build_with_nothing_changed_builds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = build_function("sms", _HERE, cache=tmp_path)
    assert "building function-sms" in capsys.readouterr().err
    assert build_function("sms", _HERE, cache=tmp_path) == first
    assert capsys.readouterr().err == ""


def test_another_line_of_code_or_another_python_is_another_package(tmp_path: Path) -> None:
    code = tmp_path / "code"
    for name in ("functions/__init__.py", "statline/__init__.py", "functions/core/a.py", "functions/push/handler.py"):
        (code / name).parent.mkdir(parents=True, exist_ok=True)
        (code / name).write_text("x = 1\n")
    (code / "statline/contract").mkdir()
    before = build_function("push", _HERE, cache=tmp_path / "cache", root=code)
    (code / "functions/core/a.py").write_text("x = 2\n")
    after = build_function("push", _HERE, cache=tmp_path / "cache", root=code)
    assert before.hash != after.hash
    (code / "functions/sms").mkdir()
    (code / "functions/sms/handler.py").write_text("x = 3\n")
    assert build_function("push", _HERE, cache=tmp_path / "cache", root=code).hash == after.hash


def test_a_build_removes_what_no_build_has_used_of_late(tmp_path: Path) -> None:
    def build(line: bytes) -> Path:
        return build_once("layer", [line], lambda folder: (folder / "x").touch(), cache=tmp_path).path

    forgotten, used = build(b"forgotten"), build(b"used")
    left_behind = tmp_path / ".layer-killed"
    left_behind.mkdir()
    long_ago = (datetime.now(UTC) - KEPT_UNUSED - timedelta(minutes=1)).timestamp()
    for folder in (forgotten, used, left_behind):
        os.utime(folder, (long_ago, long_ago))

    assert build(b"used") == used
    new = build(b"new")

    assert set(tmp_path.iterdir()) == {used, new}


def test_a_build_that_fails_leaves_no_half_made_package(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("made")
        raise AssetError("the wheel is missing")

    with pytest.raises(AssetError):
        build_once("layer", [b"lock"], fail, cache=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_python_that_is_not_installed_is_refused_with_what_to_do() -> None:
    with pytest.raises(AssetError, match=r"runtime.python is 3.99, and there is no python3.99 on PATH"):
        Target("3.99", "arm64").interpreter()


def test_the_layers_wheels_are_for_the_processor_that_the_config_names() -> None:
    assert target_of(Runtime(python="3.13", architecture="arm64")).uv_platform == "aarch64-manylinux_2_28"
    assert target_of(Runtime(python="3.13", architecture="x86_64")).uv_platform == "x86_64-manylinux_2_28"
    assert target_of(Runtime(python="3.13", architecture="arm64")).python == "3.13"
    assert target_of(Runtime(architecture="arm64")).python == _HERE.python


def test_wheels_for_python_3_11_run_on_the_older_linux_that_lambda_has_below_it() -> None:
    assert target_of(Runtime(python="3.11", architecture="arm64")).uv_platform == "aarch64-manylinux_2_17"


def test_the_dumps_wheel_is_for_the_newer_linux_whatever_the_python() -> None:
    older, newer = (target_of(Runtime(python=python, architecture="arm64")) for python in ("3.11", "3.13"))
    assert older.uv_newer_platform == newer.uv_newer_platform == "aarch64-manylinux_2_28"


def test_the_dumps_layer_holds_a_program_that_runs_and_little_else() -> None:
    layer = build_layer("lambda-dump", target_of(Runtime(architecture="host")), cache=CACHE).path
    program = layer / "python" / PROGRAM
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, env={})
    assert done.returncode == 0, done.stderr
    assert re.match(r"pg_dump \(PostgreSQL\) 18\.", done.stdout)
    files = [file for file in layer.rglob("*") if file.is_file()]
    assert {file.name.split("-")[0] for file in files} == {"pg_dump", "libpq", "LICENSE"}
    assert sum(file.stat().st_size for file in files) < 4_000_000


def test_the_databases_layer_connects_with_a_library_of_its_own() -> None:
    layer = build_layer("lambda-postgres", target_of(Runtime(architecture="host")), cache=CACHE).path
    say = "import psycopg; print(psycopg.pq.__impl__, psycopg.pq.version() >= 160000)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(layer / 'python')!r}); {say}"],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert done.stdout.split() == ["binary", "True"], done.stderr
    assert sum(file.stat().st_size for file in layer.rglob("*") if file.is_file()) < 30_000_000


def test_the_trust_layers_file_lies_where_functions_look_for_it(tmp_path: Path) -> None:
    (tmp_path / "mine.pem").write_text("certificates")
    layer = build_trust(tmp_path / "mine.pem", cache=tmp_path / "cache").path
    assert _contents(layer).keys() == {TRUST_PATH.removeprefix("/opt/")}
    assert (layer / "trust" / "rds.pem").read_text() == "certificates"


def test_pruning_keeps_the_models_of_the_services_that_are_called_and_what_all_share(tmp_path: Path) -> None:
    data = tmp_path / "botocore" / "data"
    for service in ("sqs", "ec2"):
        (data / service / "2012-11-05").mkdir(parents=True)
        (data / service / "2012-11-05" / "service-2.json.gz").write_bytes(b"model")
        (data / service / "2012-11-05" / "examples-1.json").write_text("{}")
    (data / "endpoints.json").write_text("{}")
    (tmp_path / "bin").mkdir()
    (tmp_path / "thing-1.0.dist-info").mkdir()
    (tmp_path / "thing-1.0.dist-info" / "RECORD").write_text("bin/thing")
    (tmp_path / "thing-1.0.dist-info" / "METADATA").write_text("Name: thing")

    prune(tmp_path)

    assert set(_contents(tmp_path)) == {
        "botocore/data/sqs/2012-11-05/service-2.json.gz",
        "botocore/data/endpoints.json",
        "thing-1.0.dist-info/METADATA",
    }


def test_every_aws_service_that_the_functions_call_keeps_its_model() -> None:
    code = "\n".join(module.read_text() for module in (ROOT / "functions").rglob("*.py"))
    called = set(re.findall(r'create\w*_client\(\s*"([a-z0-9-]+)"', code))
    assert called >= {"sqs", "dynamodb", "pinpoint-sms-voice-v2", "connect"}
    assert called <= AWS_SERVICES
