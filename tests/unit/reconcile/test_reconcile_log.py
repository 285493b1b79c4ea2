"""What the reconcile says of entries: ids that are ids, and not without end."""

from typing import Any

import pytest

from functions.core.adapters.telemetry.logs import Log
from functions.core.domain.directory.reconciling import EntryName
from functions.core.domain.directory.source_kind import SourceKind
from functions.reconcile.log import NAMED, UNUSABLE, ReconcileLog

SERVICE = "reconcile-log"


def _said(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [vars(record)["entry"] for record in caplog.records]


def _user(name: str) -> EntryName:
    return EntryName("northshore", SourceKind.USER, "", name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (_user("u-1"), "u-1"),
        (EntryName("northshore", SourceKind.SHIFT, "stroke", "s-1"), "stroke/s-1"),
        (_user("Jane Doe"), UNUSABLE),
        (_user("u-1\n"), UNUSABLE),
        (_user(""), UNUSABLE),
        (EntryName("northshore", SourceKind.CONTACT_POINT, "Jane Doe", "mobile"), UNUSABLE),
    ],
)
def test_an_entry_is_named_by_ids_only(name: EntryName, words: str, caplog: pytest.LogCaptureFixture) -> None:
    ReconcileLog(Log(SERVICE)).row_refused(name)
    assert _said(caplog) == [words]


def test_a_view_full_of_faults_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    log = ReconcileLog(Log(SERVICE))
    for number in range(NAMED + 100):
        log.row_refused(_user(f"u-{number}"))
    log.row_disagrees(_user("u-1"))
    assert len(_said(caplog)) == NAMED + 1


def test_each_run_names_anew(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        ReconcileLog(Log(SERVICE)).entry_deleted(_user("u-1"))
    assert _said(caplog) == ["u-1", "u-1"]
