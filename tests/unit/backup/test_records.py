"""When a backup counts as verified."""

from dataclasses import replace

import pytest

from functions.core.domain.backup.record import BackupKind, BackupOutcome
from tests.fakes.backups import a_record


@pytest.mark.parametrize(
    "outcome", [BackupOutcome.VERIFIED, BackupOutcome.EXPORT_FAILED, BackupOutcome.COPY_FAILED, BackupOutcome.HALTED]
)
def test_what_fails_after_the_checks_makes_a_backup_no_worse(outcome: BackupOutcome) -> None:
    assert replace(a_record(), outcome=outcome).is_verified


def test_a_backup_that_was_not_checked_is_not_verified() -> None:
    assert not replace(a_record(), outcome=BackupOutcome.COPY_FAILED, verified_at=None).is_verified


def test_neither_a_backup_that_runs_nor_a_verification_of_another_is_one() -> None:
    assert not replace(a_record(), outcome=None).is_verified
    assert not replace(a_record(), kind=BackupKind.VERIFY).is_verified
