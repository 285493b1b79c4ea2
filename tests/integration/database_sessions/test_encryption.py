"""What goes over the line to a server that asks for TLS: nothing in the clear, and the token only to the right one."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import boto3
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from functions.core.domain.errors import MisconfiguredError
from functions.database.access import DatabaseAccess
from functions.database.errors import DatabaseRefusesError
from functions.database.sessions import Sessions
from functions.database.sign_in import password_for, rds_token

HOST = "127.0.0.1"
ELSEWHERE = "10.0.0.1"
_ASKS_FOR_TLS = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
_ASK_FOR_PASSWORD = b"R\x00\x00\x00\x08\x00\x00\x00\x03"
_REFUSED = b"SFATAL\x00C28P01\x00MPAM authentication failed for user\x00\x00"


@dataclass
class Impostor:
    """A server that speaks the beginning of the protocol and notes what it was told."""

    port: int
    told: list[bytes] = field(default_factory=list)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ca-central-1")


def _certificate(folder: Path, address: str) -> Path:
    """A certificate for an address, signed by itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "replica")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{address}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@contextmanager
def _server(certificate: Path | None) -> Iterator[Impostor]:
    """A server with this certificate; without one it declines TLS."""
    with socket.create_server((HOST, 0)) as listener:
        impostor = Impostor(listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, certificate, impostor.told))
        thread.start()
        yield impostor
        thread.join(5)


def _serve(listener: socket.socket, certificate: Path | None, told: list[bytes]) -> None:
    line, _ = listener.accept()
    with line:
        told.append(line.recv(1024))
        line.sendall(b"S" if certificate else b"N")
        if certificate is None:
            told.append(line.recv(1024))
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        try:
            with context.wrap_socket(line, server_side=True) as sealed:
                told.append(sealed.recv(1024))
                sealed.sendall(_ASK_FOR_PASSWORD)
                told.append(sealed.recv(8192))
                sealed.sendall(b"E" + (len(_REFUSED) + 4).to_bytes(4, "big") + _REFUSED)
        except OSError:
            return


def _sign_in(port: int, trust: Path) -> None:
    access = DatabaseAccess(host=HOST, port=port, name="clinical", user="statline_directory", trust=str(trust))
    with Sessions(access, application="test", replica_only=True) as sessions:
        sessions.rows("SELECT 1")


def test_a_server_that_is_trusted_gets_the_token_and_only_under_tls(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, HOST)
    with _server(certificate) as impostor, pytest.raises(DatabaseRefusesError, match="PAM authentication failed"):
        _sign_in(impostor.port, certificate)
    first, startup, password = impostor.told
    assert first == _ASKS_FOR_TLS
    assert b"statline_directory" in startup
    assert f"{HOST}:{impostor.port}/?Action=connect&DBUser=statline_directory&".encode() in password


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    certificate, other = _certificate(tmp_path, HOST), _certificate(tmp_path / "other", HOST)
    with _server(certificate) as impostor, pytest.raises(DatabaseRefusesError, match="certificate verify failed"):
        _sign_in(impostor.port, other)
    assert impostor.told == [_ASKS_FOR_TLS]


def test_a_server_with_the_certificate_of_another_gets_nothing(tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, ELSEWHERE)
    with _server(certificate) as impostor, pytest.raises(DatabaseRefusesError, match="does not match host name"):
        _sign_in(impostor.port, certificate)
    assert b"statline_directory" not in b"".join(impostor.told)


def test_a_server_without_tls_gets_nothing(tmp_path: Path) -> None:
    with _server(None) as impostor, pytest.raises(DatabaseRefusesError, match="does not support SSL"):
        _sign_in(impostor.port, _certificate(tmp_path, HOST))
    assert impostor.told == [_ASKS_FOR_TLS, b""]


def test_a_trust_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        _server(_certificate(tmp_path, HOST)) as impostor,
        pytest.raises(DatabaseRefusesError, match="root certificate file"),
    ):
        _sign_in(impostor.port, tmp_path / "nothing.pem")


def test_the_token_is_the_one_that_rds_documents() -> None:
    access = DatabaseAccess(host="replica.example", name="clinical", user="statline_backup", trust="trust.pem")
    client = boto3.client("rds")

    def agree() -> bool:
        return bool(rds_token(access) == client.generate_db_auth_token(access.host, access.port, access.user))

    assert any(agree() for _ in range(20)), "both are made in the same second once"


def test_without_tls_there_is_no_token() -> None:
    assert password_for(DatabaseAccess(host=HOST, name="clinical", user="statline_backup")) is None


def test_without_credentials_a_token_is_refused_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(MisconfiguredError, match="needs AWS credentials"):
        rds_token(DatabaseAccess(host=HOST, name="clinical", user="statline_backup", trust="trust.pem"))
