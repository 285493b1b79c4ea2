"""One primary and one replica for all tests of this folder; each test restores a copy of its own."""

from collections.abc import Iterator

import pytest

from functions.core.adapters.backup.facts import BackupFacts
from functions.core.domain.backup.record import Moment
from tests.contract.tables import a_table
from tests.integration.backup.copies import SCHEMA, Backups, run
from tests.postgres import Pair, pair


@pytest.fixture(scope="module")
def databases() -> Iterator[Pair]:
    with pair() as both:
        run(both.primary, *SCHEMA.split(";\n"))
        yield both


@pytest.fixture
def backups(databases: Pair) -> Iterator[Backups]:
    """With the facts of the replica noted, before and after, while nobody wrote."""
    with a_table("statline-backups") as client:
        noted = Backups(databases, BackupFacts(client, "statline-backups"))
        for moment in Moment:
            noted.note(moment)
        yield noted
