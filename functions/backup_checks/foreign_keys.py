"""Whether foreign keys really hold: for each, the rows that point at nothing are counted.

A constraint in the catalog is a promise about writes that its triggers saw. Rows that got past them (a session with
``session_replication_role = replica``, a torn page) are seen only by looking.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Composed, Identifier

from functions.backup_checks.questions import Asker, NotAnsweredError, composed
from functions.backup_checks.rounds import ask_each
from functions.backup_checks.tables import READ_UP_TO
from functions.core.domain.backup.record import CheckRow
from functions.core.domain.backup.verdicts import counted, verdict

NAME = "foreign keys hold"
_LIST_WITHIN = 30.0
_EACH_WITHIN = 180.0
_LEAVING = 60.0
"""Seconds for the indexes."""
_FULL = "f"

# Of a partitioned table the parent's constraint speaks for the partitions'. What this server's version does not know
# (keys over periods, keys that are not enforced) is not in the row, and then not so.
_LIST = """
SELECT k.conname, nc.nspname, c.relname, np.nspname, p.relname, k.confmatchtype,
       (SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number),
       (SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number),
       (SELECT coalesce(sum(pg_relation_size(t.relid)), 0)::bigint FROM pg_partition_tree(k.conrelid) t)
       + (SELECT coalesce(sum(pg_relation_size(t.relid)), 0)::bigint FROM pg_partition_tree(k.confrelid) t)
       + CASE WHEN c.relkind = 'r' AND NOT c.relispartition THEN pg_relation_size(c.oid) ELSE 0 END
       + CASE WHEN p.relkind = 'r' AND NOT p.relispartition THEN pg_relation_size(p.oid) ELSE 0 END
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace nc ON nc.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace np ON np.oid = p.relnamespace
WHERE k.contype = 'f' AND k.convalidated AND k.conparentid = 0 AND c.relpersistence = 'p'
  AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
  AND NOT coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false)
ORDER BY 9, 1
"""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key: whose rows (child) must point at whose (parent). size: of both tables, in bytes."""

    name: str
    child: tuple[str, str]
    parent: tuple[str, str]
    match: str
    columns: Sequence[str]
    target: Sequence[str]
    size: int

    def __str__(self) -> str:
        return f"{self.name} on {self.child[0]}.{self.child[1]}"


def check_foreign_keys(asker: Asker) -> CheckRow:
    """Count what points at nothing. Keys that are too large to be looked into, or too many, are left out, and said."""
    try:
        keys = [_key(row) for row in asker.ask(composed(_LIST), seconds=_LIST_WITHIN)]
    except NotAnsweredError as why:
        return CheckRow(NAME, passed=False, words=f"not answered: {why}")
    small = [key for key in keys if key.size <= READ_UP_TO]
    found = ask_each(asker, ((str(key), _orphans(key)) for key in small), within=_EACH_WITHIN, leaving=_LEAVING)
    orphans = {name: count for name, ((count,),) in found.answers.items()}
    faults = [f"{name} does not hold for {counted(count, 'row')}" for name, count in orphans.items() if count]
    faults += [f"{name}: not answered: {why}" for name, why in found.refused.items()]
    large = f"; those of larger tables were left out: {len(keys) - len(small)}" if len(small) < len(keys) else ""
    return verdict(NAME, faults, looked_at=f"{counted(len(orphans), 'foreign key')}{found.left_out}{large}")


def _key(row: Sequence[object]) -> ForeignKey:
    name, child_schema, child, parent_schema, parent, match, columns, target, size = row
    return ForeignKey(
        name=str(name),
        child=(str(child_schema), str(child)),
        parent=(str(parent_schema), str(parent)),
        match=str(match),
        columns=tuple(columns),  # type: ignore[arg-type]
        target=tuple(target),  # type: ignore[arg-type]
        size=int(size),  # type: ignore[call-overload]
    )


def _orphans(key: ForeignKey) -> Composed:
    same = [
        SQL("p.{} = c.{}").format(Identifier(theirs), Identifier(ours))
        for ours, theirs in zip(key.columns, key.target, strict=True)
    ]
    return SQL("SELECT count(*) FROM {} AS c WHERE {} AND NOT EXISTS (SELECT FROM {} AS p WHERE {})").format(
        Identifier(*key.child), _points_somewhere(key), Identifier(*key.parent), SQL(" AND ").join(same)
    )


def _points_somewhere(key: ForeignKey) -> Composable:
    """A key with a null in it points nowhere and may; with MATCH FULL all of it must be null for that."""
    given = [SQL("c.{} IS NOT NULL").format(Identifier(column)) for column in key.columns]
    return SQL("({})").format((SQL(" OR ") if key.match == _FULL else SQL(" AND ")).join(given))
