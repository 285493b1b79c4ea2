"""The way to the primary is encrypted, and its end is the one that the certificate names."""

from pathlib import Path

from statline.cli.exits import Exit
from tests.integration.break_glass.tls_front import certificate_for, tls_front
from tests.integration.break_glass.ward import Ward
from tests.unit.cli.scene import REGION, Scene

HOST = "statline-primary.example.test"


def _through(port: int, trust: Path, host: str = HOST) -> list[str]:
    return [
        "database",
        "sessions",
        "-r",
        REGION,
        "--host",
        host,
        "--tunnel",
        f"127.0.0.1:{port}",
        "--trust",
        str(trust),
    ]


def test_through_a_tunnel_to_the_server_that_the_certificate_names(scene: Scene, ward: Ward, tmp_path: Path) -> None:
    certificate = certificate_for(HOST, tmp_path)
    with tls_front(certificate, ward.server.port) as port, ward.pg_dump() as pid:
        result = scene.run(*_through(port, certificate.certificate))
    assert result.exit_code == Exit.DONE, result.output
    assert str(pid) in result.stdout


def test_a_certificate_of_another_authority_is_refused(scene: Scene, ward: Ward, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = certificate_for(HOST, tmp_path / "other")
    with tls_front(certificate_for(HOST, tmp_path), ward.server.port) as port:
        result = scene.run(*_through(port, other.certificate))
    assert result.exit_code == Exit.NO
    assert "not from the authorities in the --trust file" in result.stderr


def test_a_certificate_of_another_host_is_refused(scene: Scene, ward: Ward, tmp_path: Path) -> None:
    certificate = certificate_for("somebody-else.example.test", tmp_path)
    with tls_front(certificate, ward.server.port) as port:
        result = scene.run(*_through(port, certificate.certificate))
    assert result.exit_code == Exit.NO
    assert "the certificate names another host" in result.stderr


def test_a_server_without_tls_is_not_spoken_to(scene: Scene, ward: Ward, tmp_path: Path) -> None:
    result = scene.run(*_through(ward.server.port, certificate_for(HOST, tmp_path).certificate))
    assert result.exit_code == Exit.NO
    assert "the server has no TLS" in result.stderr
