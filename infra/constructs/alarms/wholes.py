"""The composite alarms as data: one trouble wakes somebody once, however many alarms see it.

An alarm that is heard through a whole does not speak itself. CloudWatch's message of the whole names what triggered it.
A whole is held back while a more particular one speaks, which says the same and more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from aws_cdk import Duration

from infra.constructs.alarms.topics import Severity

BACKUP_ON_PRIMARY = "Statline backup on the primary"

# Both are in ALARM by the same alarm of a lane or an instance, within seconds; the general one waits this long for the
# particular one. It is what a page of urgent alone is late by, of the two minutes that urgent has.
HOLD_WAIT = Duration.seconds(10)
# Stat is worked off first. Urgent that is late by the same trouble gets this long to follow before it is news.
HOLD_EXTENSION = Duration.minutes(3)


class Whole(StrEnum):
    """What an alarm's trouble is a part of. The value is the composite alarm's name."""

    STAT = "Statline stat delivery is impaired"
    DELIVERY = "Statline delivery is impaired"
    ROUTINE = "Statline routine delivery is impaired"
    ESCALATION = "Statline escalation is impaired"
    SATURATED = "Statline database is saturated by a backup"
    DATABASE = "Statline database is in trouble"
    REPLICA = "Statline database replica is in trouble"


AT_REST_FOR_BACKUPS = (Whole.DELIVERY, Whole.DATABASE, Whole.REPLICA)
"""No backup starts, and a running one stops, while one of these speaks or nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRow:
    """One composite alarm: it speaks while any alarm that is part of it does.

    of: whose parts they are, its own unless said. including: another whole that counts as a part, too.
    only_while: an alarm that must speak as well. held_back_by: the whole that says it better.
    """

    whole: Whole
    means: str
    first: str
    runbook: str
    severity: Severity
    of: Whole | None = None
    including: Whole | None = None
    only_while: str | None = None
    held_back_by: Whole | None = None


WHOLES: Mapping[Whole, WholeRow] = MappingProxyType(
    {
        row.whole: row
        for row in (  # each after those that it refers to
            WholeRow(
                whole=Whole.STAT,
                means="Clinicians of this region get stat notifications late, or not at all: code activations too.",
                first="If two channels or the router are named, tell clinical operations now that the switchboard must"
                " call codes; then read which alarms are named.",
                runbook="delivery-impaired",
                severity=Severity.PAGE,
            ),
            WholeRow(
                whole=Whole.DELIVERY,
                means="Clinicians of this region get urgent or stat notifications late, or not at all; or nobody can"
                " see whether they do.",
                first="Read which alarms it names, and take the runbook of the stat ones first.",
                runbook="delivery-impaired",
                severity=Severity.PAGE,
                including=Whole.STAT,
                held_back_by=Whole.STAT,
            ),
            WholeRow(
                whole=Whole.ROUTINE,
                means="Clinicians get routine notifications late. Stat and urgent have lanes of their own.",
                first="Read which alarms it names: a producer's flood is the usual cause, and drains by itself.",
                runbook="delivery-impaired",
                severity=Severity.TICKET,
                held_back_by=Whole.DELIVERY,
            ),
            # While stat delivery speaks, the one who was woken has codes followed up by telephone already.
            WholeRow(
                whole=Whole.ESCALATION,
                means="Codes and pages of this region are not followed up as they must be: who does not answer is not"
                " followed by the next person, or who has answered is not heard.",
                first="Tell clinical operations now that codes must be followed up by telephone until somebody comes;"
                " then read which alarms are named.",
                runbook="escalation-impaired",
                severity=Severity.PAGE,
                held_back_by=Whole.STAT,
            ),
            WholeRow(
                whole=Whole.SATURATED,
                means="The applications that clinicians work in are slow or stand still, because somebody backs up or"
                " dumps the primary. Notifications do not use this database and go on.",
                first="Have the backup stopped now: ask who runs it (statline database sessions), or end its session"
                " with statline database end.",
                runbook="saturated-by-backup",
                severity=Severity.PAGE,
                of=Whole.DATABASE,
                only_while=BACKUP_ON_PRIMARY,
            ),
            WholeRow(
                whole=Whole.DATABASE,
                means="Delivery does not use the database and goes on; the applications that do may be slow, and the"
                " directory ages: a page may soon reach somebody whose shift is over.",
                first="Ask who does what on the database now: a backup, a dump or a long report comes first.",
                runbook="database-in-trouble",
                severity=Severity.PAGE,
                held_back_by=Whole.SATURATED,
            ),
            WholeRow(
                whole=Whole.REPLICA,
                means="Clinicians feel nothing yet: the replica serves backups and the directory. While this lasts the"
                " directory ages and no backup starts.",
                first="Look for a long query on the replica, and for heavy writing on the primary.",
                runbook="database-in-trouble",
                severity=Severity.TICKET,
            ),
        )
    }
)
