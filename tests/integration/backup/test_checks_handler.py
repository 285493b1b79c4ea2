"""The checks' own entry point, as the workflow calls it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.backup_checks import handler, wiring
from functions.core.adapters.backup.calls import MalformedCallError
from functions.core.domain.errors import MisconfiguredError
from local.databases.server import HOST
from tests.integration.backup.copies import BACKUP, Backups, run


@dataclass
class Context:
    """Lambda's, with time enough."""

    def get_remaining_time_in_millis(self) -> int:
        return 600_000


@pytest.fixture
def function(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backups]:
    replica = {"host": HOST, "port": backups.pair.replica.port, "name": "postgres", "user": "statline_backup"}
    own = [{"name": "users", "sql": "SELECT count(*) FROM users", "must_be": "at_least", "value": 100}]
    for name, value in (
        ("BACKUPS_TABLE", "statline-backups"),
        ("REPLICA", json.dumps(replica)),
        ("CHECKS", json.dumps(own)),
    ):
        monkeypatch.setenv(name, value)
    wiring.wire.cache_clear()
    yield backups
    wiring.wire.cache_clear()


def call(**event: Any) -> dict[str, Any]:
    return handler.handle(event, Context())


def test_facts_and_checks_are_answered_as_the_workflow_reads_them(function: Backups) -> None:
    assert call(operation="facts", backup=BACKUP, moment="before") == {"tables": 7}
    assert call(operation="facts", backup=BACKUP, moment="after") == {"tables": 7}

    with function.restored() as copy:
        place = {"backup": BACKUP, "run": BACKUP, "host": HOST, "port": copy.port}
        good = call(operation="check", **place)
        run(copy, "DELETE FROM messages WHERE id <= 7")
        bad = call(operation="check", **place)

    assert good["passed"]
    assert good["words"] == f"all {len(good['checks'])} checks passed"
    assert {"name": "users", "passed": True, "words": "200; must be at least 100"} in good["checks"]
    assert not bad["passed"]
    assert "row counts: the row count of public.messages is 7 below what it was" in bad["words"]
    assert len(json.dumps(bad)) < 20_000


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"operation": "drop"},
        {"operation": "facts", "backup": BACKUP, "moment": "later"},
        {"operation": "facts", "backup": "../x", "moment": "before"},
        {"operation": "check", "backup": BACKUP, "run": BACKUP, "host": HOST, "port": 0},
    ],
)
def test_a_call_that_makes_no_sense_is_refused_before_anything_is_asked(event: dict[str, Any]) -> None:
    with pytest.raises(MalformedCallError):
        handler.handle(event, Context())


def test_an_environment_that_cannot_work_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPLICA", raising=False)
    wiring.wire.cache_clear()

    with pytest.raises(MisconfiguredError, match="REPLICA"):
        call(operation="facts", backup=BACKUP, moment="before")
