"""Finds dumps in the database's load: who reads the primary as a whole, by whatever name."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from functions.backup_watch.finding import Level, Observation, Source
from functions.backup_watch.ports import By, Load, Share
from functions.backup_watch.signs import of_application, of_statement

LEAST_LOAD = 0.025
"""Average active sessions over two minutes: three seconds' work of one. What loads less is no dump.

All statements that look like one count together: each table of a dump has a statement of its own, and most are small.
"""
_MOST_STATEMENTS = 5
"""Each costs two more questions."""


def find_dumps(load: Load, *, primary: str) -> list[Observation]:
    """What dumps the primary now. Raises `CannotSeeError`."""
    by_name = [share for share in load.by(By.APPLICATION) if of_application(share.values[By.APPLICATION])]
    named = {share.values[By.APPLICATION] for share in by_name}
    found = [each for share in by_name for each in _of_application(load, share.values[By.APPLICATION], primary)]
    statements = [share for share in load.by(By.STATEMENT) if of_statement(share.values[By.STATEMENT])]
    is_much = sum(share.load for share in statements) >= LEAST_LOAD
    for statement in statements[:_MOST_STATEMENTS] if is_much else ():
        found += _of_statement(load, statement, primary, besides=named)
    return list({each.key: each for each in found}.values())


def _of_application(load: Load, application: str, primary: str) -> Iterator[Observation]:
    only = (By.APPLICATION, application)
    since = load.began(only)
    for share in load.by_both(By.USER, By.HOST, only=only):
        yield _observation(of_application(application), application, share.values, since, primary)


def _of_statement(load: Load, statement: Share, primary: str, *, besides: set[str]) -> Iterator[Observation]:
    """The sessions that run a statement, but for the applications that are found by their names."""
    only = (By.STATEMENT, statement.key)
    sessions = [s for s in load.by_both(By.APPLICATION, By.USER, only=only) if s.values[By.APPLICATION] not in besides]
    if not sessions:
        return
    hosts = _hosts(load.by_both(By.USER, By.HOST, only=only))
    since = load.began(only)
    what = of_statement(statement.values[By.STATEMENT])
    for share in sessions:
        application, user = share.values[By.APPLICATION], share.values[By.USER]
        values = {By.USER: user, By.HOST: hosts.get(user, "")}
        yield _observation(what, application, values, since, primary)


def _hosts(shares: Sequence[Share]) -> dict[str, str]:
    """Where each user comes from; several addresses in one text."""
    found: dict[str, list[str]] = {}
    for share in shares:
        found.setdefault(share.values[By.USER], []).append(share.values[By.HOST])
    return {user: " and ".join(sorted(hosts)) for user, hosts in found.items()}


def _observation(what: str, application: str, values: Mapping[By, str], since: datetime, primary: str) -> Observation:
    user, host = values[By.USER], values[By.HOST]
    return Observation(
        key=f"session#{application}#{user}@{host}",
        source=Source.LOAD,
        level=Level.PAGE,
        what=f"{what} of {primary}",
        who=f"database user {user or 'unknown'} from {host or 'an unknown address'},"
        f" application {application or 'without a name'}",
        since=since,
    )
