"""How a person comes to the primary: where it is, as whom, with what proof, and how the way is protected."""

import getpass
import ipaddress
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from functions.core.domain.backup.record import ROLE_TAG
from statline.cli.database.model import DatabaseError, OptionError
from statline.client.connecting import PATIENCE

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

PRIMARY = "primary"
PASSWORD_VARIABLE = "PGPASSWORD"  # noqa: S105 - a variable's name


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The near end of a forwarded port."""

    address: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the command line says. Empty: it is looked up."""

    region: str
    host: str = ""
    port: int | None = None
    user: str
    database: str
    trust: Path | None = None
    no_tls: bool = False
    tunnel: str = ""
    password: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One way to a server. trust: the authorities that its certificate must come from; None: without TLS."""

    host: str
    port: int
    user: str
    database: str
    trust: Path | None
    tunnel: Tunnel | None
    password: str = field(repr=False)

    @property
    def where(self) -> str:
        """The server as messages name it."""
        return f"{self.host}:{self.port}"


def access(wishes: Wishes) -> Access:
    """The way that the wishes describe. Raises `DatabaseError`, and what boto3 raises where RDS is asked."""
    protection = _trust(wishes)
    host, port = (wishes.host, wishes.port or 5432) if wishes.host else _tagged_primary(wishes)
    tunnel = _tunnel(wishes.tunnel) if wishes.tunnel else None
    if protection is None:
        _check_stays_here(tunnel.address if tunnel else host)
    return Access(
        host=host,
        port=port,
        user=wishes.user,
        database=wishes.database,
        trust=protection,
        tunnel=tunnel,
        password=_proof(wishes, host, port),
    )


def _trust(wishes: Wishes) -> Path | None:
    if wishes.no_tls:
        if wishes.trust is not None:
            raise OptionError("--trust and --no-tls exclude each other: a certificate is checked, or there is none")
        return None
    if wishes.trust is None:
        raise OptionError(
            "Say with --trust which file holds the certificate authorities of RDS (AWS publishes a bundle for each"
            " region); --no-tls is for a server on this machine only"
        )
    if not wishes.trust.is_file():
        raise OptionError(f"--trust {wishes.trust}: there is no such file")
    return wishes.trust


def _tagged_primary(wishes: Wishes) -> tuple[str, int]:
    rds: RDSClient = boto3.client("rds", region_name=wishes.region, config=PATIENCE)
    found = [
        instance
        for page in rds.get_paginator("describe_db_instances").paginate()
        for instance in page["DBInstances"]
        if any(tag.get("Key") == ROLE_TAG and tag.get("Value") == PRIMARY for tag in instance.get("TagList", []))
    ]
    if len(found) != 1:
        names = ", ".join(instance["DBInstanceIdentifier"] for instance in found) or "none"
        raise DatabaseError(
            f"{wishes.region}: one instance should have the tag {ROLE_TAG}={PRIMARY}, found: {names}; say which with"
            " --host and --port"
        )
    endpoint = found[0].get("Endpoint", {})
    if "Address" not in endpoint:
        raise DatabaseError(
            f"{found[0]['DBInstanceIdentifier']} has no address yet ({found[0].get('DBInstanceStatus')}); say --host"
        )
    return endpoint["Address"], wishes.port or endpoint.get("Port", 5432)


def _tunnel(text: str) -> Tunnel:
    address, _, port = text.rpartition(":")
    try:
        return Tunnel(str(ipaddress.ip_address(address.strip("[]"))), int(port))
    except ValueError as cause:
        raise OptionError(f"--tunnel {text}: write an address and a port, like 127.0.0.1:15432") from cause


def _check_stays_here(host: str) -> None:
    """Without TLS a password, and patients' data behind it, would be there for anybody on the way to read."""
    try:
        addresses = {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    except OSError as cause:
        raise DatabaseError(f"{host}: the name is not known here; check --host") from cause
    away = sorted(address for address in addresses if not ipaddress.ip_address(address).is_loopback)
    if away:
        raise OptionError(
            f"--no-tls is for a server on this machine, and {host} is at {away[0]}: use --trust, or a --tunnel"
        )


def _proof(wishes: Wishes, host: str, port: int) -> str:
    """The password, or an IAM token, which is signed here and asks nobody. Without TLS no token is sent."""
    if wishes.password:
        return os.environ.get(PASSWORD_VARIABLE) or getpass.getpass(f"Password of {wishes.user} at {host}: ")
    if wishes.no_tls:
        return os.environ.get(PASSWORD_VARIABLE, "")
    rds: RDSClient = boto3.client("rds", region_name=wishes.region, config=PATIENCE)
    token: str = rds.generate_db_auth_token(DBHostname=host, Port=port, DBUsername=wishes.user, Region=wishes.region)
    return token
