"""Check a restored copy against what the replica held. Every question is asked, also after one has failed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from functions.backup_checks.facts import QUESTION_WITHIN
from functions.backup_checks.foreign_keys import check_foreign_keys
from functions.backup_checks.own_checks import TAKEN_AT, own_checks
from functions.backup_checks.pages import check_indexes, check_pages
from functions.backup_checks.questions import Asker, NotAnsweredError, Question, composed, standing_questions
from functions.backup_checks.settings import SqlCheck
from functions.backup_checks.tables import list_tables, look_into
from functions.core.adapters.backup.facts import BackupFacts
from functions.core.domain.backup.facts import Facts
from functions.core.domain.backup.record import CheckRow, Moment
from functions.core.domain.backup.tables import THERE, table_checks
from functions.core.domain.backup.verdicts import RULES, Rule, verdict
from functions.core.domain.ports.clock import Clock
from functions.database.restored import ROLE, refuse_all_but_a_copy

_PASSED: Mapping[Rule, str] = {
    Rule.KEPT: "{} are there and unchanged",
    Rule.SAME: "{} are there and unchanged, and no other",
    Rule.BETWEEN: "{} are where they were",
    Rule.NONE: "{} found that the replica does not have",
}


@dataclass(frozen=True, slots=True)
class CheckCopy:
    """The use case, with its ports. copy: someone who asks the restored copy, with these settings of the session."""

    copy: Callable[[Mapping[str, str]], Asker]
    store: BackupFacts
    checks: Sequence[SqlCheck]
    clock: Clock

    def __call__(self, backup: str, run: str) -> tuple[CheckRow, ...]:
        """Check, keep the rows beside the backup's facts, and answer them.

        Raises `NotARestoredCopyError`, `NoFactsError`, and what the database and the store raise.
        """
        before, after = (self.store.read(backup, moment) for moment in (Moment.BEFORE, Moment.AFTER))
        asker = self.copy({TAKEN_AT: (before.data_at or before.taken_at).isoformat()})
        ((in_recovery, followers),) = asker.ask(composed(ROLE), seconds=QUESTION_WITHIN)
        refuse_all_but_a_copy(in_recovery, followers)
        rows = (
            *(_standing(asker, question, before, after) for question in standing_questions()),
            *own_checks(asker, self.checks),
            *_tables(asker, before, after),
            check_foreign_keys(asker),
            check_indexes(asker),
        )
        self.store.write_check(backup, rows, run=run, at=self.clock())
        return rows


def _standing(asker: Asker, question: Question, before: Facts, after: Facts) -> CheckRow:
    try:
        found: dict[str, Any] = dict(asker.ask(question.sql, seconds=QUESTION_WITHIN))
    except NotAnsweredError as why:
        return CheckRow(question.name, passed=False, words=f"not answered: {why}")
    known, known_after = (facts.answers.get(question.name, {}) for facts in (before, after))
    faults = RULES[question.rule](known, known_after, found)
    return verdict(
        question.name,
        faults,
        looked_at=_PASSED[question.rule].format(len(found) if question.rule is not Rule.NONE else "nothing"),
    )


def _tables(asker: Asker, before: Facts, after: Facts) -> Iterator[CheckRow]:
    try:
        tables = list_tables(asker)
    except NotAnsweredError as why:
        # A catalog that is broken so far keeps tables from being found at all.
        yield CheckRow(THERE, passed=False, words=f"not answered: {why}")
        return
    both = before.tables.keys() & after.tables.keys()
    read = {name for name in both if before.tables[name].was_read and after.tables[name].was_read}
    looked = look_into(asker, tables, read=read)
    yield from table_checks(before.tables, after.tables, looked.tables)
    yield check_pages(asker, tables, looked)
