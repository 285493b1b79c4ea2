"""What the break-glass commands refuse before they speak to any server, and how they find it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from statline.cli.database.access import Wishes, access
from statline.cli.database.model import DatabaseError, OptionError
from statline.cli.exits import Exit
from tests.unit.cli.scene import REGION, Scene

WISHES = Wishes(region=REGION, user="statline_break_glass", database="postgres")


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    file = tmp_path / "rds.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\n")
    return file


def _instance(name: str, *, role: str) -> None:
    boto3.client("rds", region_name=REGION).create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.m7g.large",
        Engine="postgres",
        MasterUsername="clinical",
        MasterUserPassword="not-a-password",
        AllocatedStorage=20,
        Tags=[{"Key": "statline:database-role", "Value": role}],
    )


@pytest.mark.usefixtures("scene")
def test_the_tagged_primary_is_found_and_its_token_is_signed_for_it(trust: Path) -> None:
    _instance("statline-primary", role="primary")
    _instance("statline-replica", role="replica")
    found = access(replace(WISHES, trust=trust))
    assert found.host.startswith("statline-primary.")
    assert found.port == 5432
    assert found.password.startswith(f"{found.host}:5432/?Action=connect&DBUser=statline_break_glass")
    assert found.password not in repr(found)


@pytest.mark.usefixtures("scene")
def test_through_a_tunnel_the_token_and_the_certificate_are_still_the_servers(trust: Path) -> None:
    found = access(replace(WISHES, trust=trust, host="db.example.org", tunnel="127.0.0.1:15432"))
    assert found.host == "db.example.org"
    assert found.tunnel is not None
    assert (found.tunnel.address, found.tunnel.port) == ("127.0.0.1", 15432)
    assert found.password.startswith("db.example.org:5432/")


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("roles", [[], ["primary", "primary"]])
def test_anything_but_one_tagged_primary_is_said(trust: Path, roles: list[str]) -> None:
    for number, role in enumerate(roles):
        _instance(f"clinical-{number}", role=role)
    with pytest.raises(DatabaseError, match=r"statline:database-role=primary.*--host"):
        access(replace(WISHES, trust=trust))


def test_without_authorities_it_does_not_connect(scene: Scene) -> None:
    result = scene.run("database", "sessions", "-r", REGION, "--host", "db.example.org")
    assert result.exit_code == Exit.INPUT
    assert "--trust" in result.stderr


def test_a_file_of_authorities_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="there is no such file"):
        access(replace(WISHES, host="db.example.org", trust=tmp_path / "none.pem"))


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7"])
def test_without_tls_nothing_but_this_machine_is_spoken_to(host: str) -> None:
    with pytest.raises(DatabaseError, match="--no-tls is for a server on this machine"):
        access(replace(WISHES, host=host, no_tls=True))


def test_without_tls_no_token_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    assert access(replace(WISHES, host="127.0.0.1", no_tls=True)).password == ""


def test_a_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, trust: Path) -> None:
    monkeypatch.setenv("PGPASSWORD", "from-the-safe")
    assert access(replace(WISHES, host="db.example.org", trust=trust, password=True)).password == "from-the-safe"


@pytest.mark.parametrize("tunnel", ["15432", "localhost:15432", "127.0.0.1:", "127.0.0.1:five"])
def test_a_tunnel_that_is_none_is_said(trust: Path, tunnel: str) -> None:
    with pytest.raises(OptionError, match=r"like 127\.0\.0\.1:15432"):
        access(replace(WISHES, host="db.example.org", trust=trust, tunnel=tunnel))


def test_an_empty_reason_is_refused_before_anybody_is_asked(scene: Scene) -> None:
    result = scene.run("database", "end", "1", "--reason", " ", "-r", REGION)
    assert result.exit_code == Exit.INPUT


def test_a_region_without_credentials_says_so(scene: Scene, trust: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    result = scene.run("database", "sessions", "-r", REGION, "--trust", str(trust), "--host", "db.example.org")
    assert result.exit_code == Exit.AWS
    assert "credentials" in result.stderr


_WITHOUT_PSYCOPG = """
import sys
sys.modules["psycopg"] = None
from typer.testing import CliRunner
from statline.cli.main import app
listed = CliRunner().invoke(app, ["--help"])
assert listed.exit_code == 0, listed.output
asked = CliRunner().invoke(app, ["database", "sessions", "-r", "ca-central-1", "--host", "127.0.0.1", "--no-tls"])
print(asked.exit_code, asked.stderr)
"""


def test_the_other_commands_work_without_psycopg_and_these_say_that_they_need_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_PSYCOPG], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith(f"{Exit.INPUT} ")
    assert "psycopg[binary]" in done.stdout


def test_no_command_loads_psycopg_before_it_is_needed() -> None:
    asked = "import sys, statline.cli.main; print('psycopg' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], check=True, timeout=60, capture_output=True, text=True)
    assert told.stdout == "False\n"
