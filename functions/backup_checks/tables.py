"""A database's tables and what is in them: how many rows, a fingerprint, the newest ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier

from functions.backup_checks.questions import Asker, NotAnsweredError, composed
from functions.core.domain.backup.facts import TableFacts

READ_UP_TO = 4 * 1024**3
"""Bytes. A larger table is not read: a copy loads its blocks from S3, which would take longer than a function has."""
READ_IN_ALL = 16 * 1024**3
"""Bytes of all that is read, for the same reason, and the smaller tables first: what a replica reads in three minutes
from memory takes a copy a quarter of an hour."""
_LIST_WITHIN = 60.0

_LIST = """
SELECT n.nspname, c.relname, format('%I.%I', n.nspname, c.relname),
       pg_relation_size(c.oid) + coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0),
       coalesce((SELECT array_agg(a.attname::text ORDER BY a.attnum)
                 FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                 WHERE a.attrelid = c.oid AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)
                   AND pg_get_expr(d.adbin, d.adrelid) ~* '(now|_timestamp)'), '{}'),
       coalesce((SELECT array_agg(a.attname::text ORDER BY k.place)
                 FROM pg_index x CROSS JOIN unnest(x.indkey) WITH ORDINALITY AS k (number, place)
                 JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number
                 WHERE x.indrelid = c.oid AND x.indisprimary AND k.place <= x.indnkeyatts), '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND (c.relkind = 'r' OR c.relispopulated)
  AND (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       OR c.oid = 'pg_catalog.pg_largeobject'::regclass AND pg_relation_size(c.oid) > 0)
ORDER BY 4 DESC, 3
"""
# Large objects are people's data, though their table is the server's.
# An unlogged table is not in the list: a replica does not have its rows, so a backup does not have them either.


@dataclass(frozen=True, slots=True)
class Table:
    """A table or a materialised view. name: quoted where SQL needs it. size: of its rows, in bytes.

    made_at: its columns that say when a row was made, because the present is their default. key: of its primary key.
    """

    schema: str
    relation: str
    name: str
    size: int
    made_at: Sequence[str]
    key: Sequence[str]


def list_tables(asker: Asker) -> tuple[Table, ...]:
    """The tables of everybody's schemas, the largest first. Raises `NotAnsweredError`."""
    return tuple(Table(*row) for row in asker.ask(composed(_LIST), seconds=_LIST_WITHIN))


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in tables, by name. unread: of those that were to be read and could not be, why."""

    tables: Mapping[str, TableFacts]
    unread: Mapping[str, str]


def look_into(asker: Asker, tables: Sequence[Table], *, read: Collection[str]) -> Looked:
    """Look at the size of each table, and read those of the names in ``read``.

    The smaller ones come first, so that what time there is answers for many.
    """
    facts = {table.name: TableFacts(table.size) for table in tables}
    unread = {}
    for table in sorted(tables, key=lambda table: table.size):
        if table.name not in read:
            continue
        try:
            facts[table.name] = _read(asker, table)
        except NotAnsweredError as why:
            unread[table.name] = str(why)
    return Looked(facts, unread)


def worth_reading(tables: Sequence[Table]) -> frozenset[str]:
    """The names of the tables that are not too large to be read, alone or together."""
    names, together = set(), 0
    for table in sorted(tables, key=lambda table: table.size):
        together += table.size
        if table.size > READ_UP_TO or together > READ_IN_ALL:
            break
        names.add(table.name)
    return frozenset(names)


def _read(asker: Asker, table: Table) -> TableFacts:
    ((rows, fingerprint, keys, *newest),) = asker.ask(_content(table), seconds=asker.seconds_left)
    return TableFacts(
        size=table.size,
        rows=rows,
        fingerprint=fingerprint,
        keys=keys,
        newest={column: at for column, at in zip(table.made_at, newest, strict=True) if at is not None},
    )


def _content(table: Table) -> Composed:
    newest = [SQL(", extract(epoch FROM max(t.{}))::float8").format(Identifier(column)) for column in table.made_at]
    key = SQL(", ").join(SQL("t.{}").format(Identifier(column)) for column in table.key)
    keys = SQL("sum(hashtextextended(ROW({})::text, 0))::text").format(key) if table.key else SQL("NULL")
    return SQL("SELECT count(*), sum(hashtextextended(ROW(t.*)::text, 0))::text, {}{} FROM ONLY {} AS t").format(
        keys, Composed(newest), Identifier(table.schema, table.relation)
    )
