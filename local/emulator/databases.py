"""RDS, with real PostgreSQL behind it (see `local.emulator.rds`)."""

from local.emulator.rds import bus, gateway, lifecycle, rights, template, trail


def install() -> None:
    """Put the parts of RDS in place."""
    for part in (bus, rights, trail, gateway, template, lifecycle):
        part.install()
