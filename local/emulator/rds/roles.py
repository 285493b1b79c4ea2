"""What a new instance holds: RDS's own roles, the master user and the first database."""

from local.databases.server import Server
from local.emulator.rds.store import Record

_ROLES_OF_RDS = ("rds_superuser", "rds_iam", "rds_replication")
_OF_THE_MASTER = ("pg_monitor", "pg_signal_backend", "pg_read_all_data", "pg_write_all_data")


def make(server: Server, record: Record) -> None:
    """Make the roles and the database on a server that has neither."""
    master = _name(record["MasterUsername"])
    statements = [f"CREATE ROLE {role} NOLOGIN;" for role in _ROLES_OF_RDS]
    statements.append(f"CREATE ROLE {master} LOGIN CREATEDB CREATEROLE IN ROLE rds_superuser;")
    statements += [f"GRANT {role} TO {master} WITH ADMIN OPTION;" for role in (*_OF_THE_MASTER, "rds_iam")]
    database = record.get("DBName")
    if database:
        statements.append(f"CREATE DATABASE {_name(database)} OWNER {master};")
    for statement in statements:
        server.ask(statement)


def _name(given: str) -> str:
    """An identifier of PostgreSQL, quoted."""
    return '"' + given.replace('"', '""') + '"'
