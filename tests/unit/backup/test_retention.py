"""What is deleted and what never is, whatever retention is given."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.core.domain.backup.record import EXECUTION_TAG, BackupKind, BackupOutcome, BackupRecord, Step
from functions.core.domain.backup.retention import LEFTOVERS_STAY, Keep, StoredSnapshot, emptied, to_delete
from tests.fakes.backups import EXECUTION, a_copy, a_record, a_snapshot, backup_id
from tests.fakes.clock import NOON

KEEP = Keep(days=7, verified=2)
NUMBERS = st.integers(1, 6)

snapshots = st.lists(
    st.builds(
        StoredSnapshot,
        name=st.one_of(
            NUMBERS.map(lambda number: f"statline-backup-{backup_id(number)}"),
            NUMBERS.map(lambda number: f"statline-backup-{backup_id(number)}-copy"),
            st.sampled_from(["before-the-migration", "statline-backup-by-hand", "rds:statline-replica-2026"]),
        ),
        status=st.sampled_from(["available", "creating", "failed", "deleting"]),
        tags=st.sampled_from([{}, {EXECUTION_TAG: f"{EXECUTION}1"}, {"owner": "somebody"}]),
        far=st.booleans(),
    ),
    unique_by=lambda each: (each.name, each.far),
)
moments = st.one_of(
    st.datetimes(min_value=NOON.replace(tzinfo=None) - timedelta(days=90), max_value=NOON.replace(tzinfo=None)).map(
        lambda moment: moment.replace(tzinfo=NOON.tzinfo)
    ),
    st.just(NOON + timedelta(days=3)),
)
records = st.lists(
    st.builds(
        BackupRecord,
        id=NUMBERS.map(backup_id),
        of=NUMBERS.map(backup_id),
        kind=st.sampled_from(BackupKind),
        outcome=st.one_of(st.none(), st.just(BackupOutcome.VERIFIED), st.sampled_from(BackupOutcome)),
        step=st.just(Step.RECORD),
        reason=st.just(""),
        started_by=st.just(""),
        execution=st.just(f"{EXECUTION}1"),
        started_at=moments,
        ended_at=st.one_of(st.none(), moments),
        deleted_at=st.one_of(st.none(), st.none(), st.just(NOON)),
    ),
    unique_by=lambda each: each.id,
)
keeps = st.builds(Keep, days=st.integers(1, 60), verified=st.integers(0, 4))


@settings(max_examples=400, deadline=None)
@given(records=records, stored=snapshots, keep=keeps)
def test_whatever_it_is_given_retention_leaves_what_must_stay(
    records: list[BackupRecord], stored: list[StoredSnapshot], keep: Keep
) -> None:
    gone = to_delete(records, stored, NOON, keep)
    known = {record.id: record for record in records}

    for each in gone:
        assert each.name.startswith("statline-backup-2026")
        assert EXECUTION_TAG in each.tags
        assert each.backup in known
        record = known[each.backup]
        assert not record.running
        assert not any(other.running and other.of == record.id for other in records)
        if each.is_copy and record.is_verified:
            assert NOON - record.started_at >= timedelta(days=keep.days)

    restorable = {each.backup for each in stored if each.is_ours and each.can_be_restored}
    verified = sorted((r for r in records if r.is_verified and r.id in restorable), key=lambda r: r.started_at)
    newest = [record.id for record in verified[-max(keep.verified, 1) :]]
    assert not [each for each in gone if each.is_copy and each.backup in newest]


@settings(max_examples=200, deadline=None)
@given(records=records, stored=snapshots, keep=keeps)
def test_a_second_pruning_finds_nothing_more(
    records: list[BackupRecord], stored: list[StoredSnapshot], keep: Keep
) -> None:
    gone = to_delete(records, stored, NOON, keep)
    left = [each for each in stored if each not in gone]

    assert to_delete(records, left, NOON, keep) == ()


def test_an_old_verified_backup_goes_and_the_newest_stay() -> None:
    old, newer, newest = a_record(1, days_ago=30), a_record(2, days_ago=20), a_record(3, days_ago=10)
    stored = [a_copy(1), a_copy(1, far=True), a_copy(2), a_copy(3)]

    assert to_delete([old, newer, newest], stored, NOON, KEEP) == (a_copy(1), a_copy(1, far=True))


def test_a_backup_that_somebody_deleted_does_not_count_among_the_newest() -> None:
    records = [a_record(1, days_ago=30), a_record(2, days_ago=20), a_record(3, days_ago=10)]

    assert to_delete(records, [a_copy(1), a_copy(2)], NOON, KEEP) == ()


def test_a_backup_that_a_later_verification_doubts_does_not_push_out_a_sound_one() -> None:
    doubted = a_record(4, kind=BackupKind.VERIFY, of=3, outcome=BackupOutcome.CHECK_FAILED, days_ago=5)
    records = [a_record(1, days_ago=30), a_record(2, days_ago=20), a_record(3, days_ago=10), doubted]

    assert to_delete(records, [a_copy(1), a_copy(2), a_copy(3)], NOON, KEEP) == ()


def test_what_a_failed_backup_left_stays_for_a_look_and_then_goes() -> None:
    failed = a_record(1, outcome=BackupOutcome.CHECK_FAILED, days_ago=1)
    stored = [a_snapshot(1), a_copy(1)]

    assert to_delete([failed], stored, NOON, KEEP) == ()
    assert to_delete([failed], stored, NOON + LEFTOVERS_STAY, KEEP) == tuple(stored)


def test_the_snapshot_that_a_kept_copy_was_made_from_goes_only_when_the_copy_is_there() -> None:
    record = a_record(1, days_ago=4)

    assert to_delete([record], [a_snapshot(1), a_copy(1)], NOON, KEEP) == (a_snapshot(1),)
    assert to_delete([record], [a_snapshot(1), a_copy(1, status="creating")], NOON, KEEP) == ()


def test_a_snapshot_that_no_record_speaks_of_stays() -> None:
    assert to_delete([], [a_copy(1)], NOON + timedelta(days=999), KEEP) == ()


def test_a_record_is_emptied_when_nothing_of_it_is_left_anywhere() -> None:
    gone, kept, running = a_record(1, days_ago=30), a_record(2, days_ago=30), a_record(3, outcome=None, days_ago=30)

    assert emptied([gone, kept, running], [a_copy(2, far=True)], NOON) == (gone,)
