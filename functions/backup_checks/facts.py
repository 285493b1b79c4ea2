"""Note what a database holds: the same questions to the replica, before and after, and to the restored copy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from functions.backup_checks.questions import Asker, NotAnsweredError, composed, standing_questions
from functions.backup_checks.tables import Looked, list_tables, look_into, worth_reading
from functions.core.adapters.backup.facts import BackupFacts
from functions.core.domain.backup.facts import Answer, Facts
from functions.core.domain.backup.record import Moment
from functions.core.domain.ports.clock import Clock

QUESTION_WITHIN = 60.0
_SERVER = "SELECT current_setting('server_version_num')::int, pg_last_xact_replay_timestamp()"


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """The use case, with its ports. replica: someone who asks the replica and nobody else."""

    replica: Callable[[], Asker]
    store: BackupFacts
    clock: Clock

    def __call__(self, backup: str, moment: Moment) -> int:
        """Ask and keep; answer how many tables there are.

        Raises `NotAnsweredError`, `FactsTooLargeError`, and what the database and the store raise.
        """
        asker = self.replica()
        ((version, data_at),) = asker.ask(composed(_SERVER), seconds=QUESTION_WITHIN)
        tables = list_tables(asker)
        answers = standing_answers(asker)
        looked = look_into(asker, tables, read=worth_reading(tables))
        _refuse_blindness(looked)
        facts = Facts(taken_at=self.clock(), data_at=data_at, version=version, tables=looked.tables, answers=answers)
        self.store.write(backup, moment, facts)
        return len(tables)


def _refuse_blindness(looked: Looked) -> None:
    """A copy of which no row could be judged would pass its checks. Raises `NotAnsweredError`."""
    if looked.unread and not any(table.was_read for table in looked.tables.values()):
        name, why = next(iter(looked.unread.items()))
        raise NotAnsweredError(
            f"not one of {len(looked.unread):,} tables could be read, so no backup could be checked; {name}: {why}."
            " Has the role what statline/sql/roles.sql grants?"
        )


def standing_answers(asker: Asker) -> Mapping[str, Answer]:
    """What the standing questions find. Raises `NotAnsweredError`."""
    return {question.name: dict(asker.ask(question.sql, seconds=QUESTION_WITHIN)) for question in standing_questions()}
