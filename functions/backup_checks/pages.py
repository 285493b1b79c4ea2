"""Whether the copy's files can be read: what was read whole, a sample of what is too large, indexes where amcheck is.

With data checksums on, a page with a flipped bit is an error when it is read; without them only what makes no sense is.
"""

from collections.abc import Iterator, Sequence

from psycopg.sql import SQL, Identifier, Literal

from functions.backup_checks.questions import Asker, NotAnsweredError, composed
from functions.backup_checks.tables import Looked, Table
from functions.core.domain.backup import CheckRow
from functions.core.domain.backup_verdicts import counted, verdict

NAME = "pages readable"
INDEXES = "indexes whole"
_SAMPLE = 64 * 1024 * 1024
_WITHIN = 120.0
_MOST_INDEXES = 500
_CHECKSUMS = "SELECT current_setting('data_checksums') = 'on'"
_AMCHECK = """
SELECT n.nspname, has_function_privilege(p.oid, 'EXECUTE')
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
JOIN pg_proc p ON p.pronamespace = n.oid AND p.proname = 'bt_index_check' AND p.pronargs = 1
WHERE e.extname = 'amcheck'
"""
_BTREES = """
SELECT i.oid::bigint, format('%%I.%%I', n.nspname, i.relname)
FROM pg_class i JOIN pg_am m ON m.oid = i.relam JOIN pg_namespace n ON n.oid = i.relnamespace
JOIN pg_index x ON x.indexrelid = i.oid
WHERE i.relkind = 'i' AND m.amname = 'btree' AND i.relpersistence = 'p' AND x.indisvalid
ORDER BY pg_relation_size(i.oid), 2 LIMIT %s
"""


def check_pages(asker: Asker, tables: Sequence[Table], looked: Looked) -> CheckRow:
    """Sample the tables that were not read, and tell of those that could not be."""
    read = [name for name, facts in looked.tables.items() if facts.was_read]
    sampled = [table for table in tables if table.name not in read and table.name not in looked.unread]
    faults = [f"{name}: {why}" for name, why in sorted(looked.unread.items())]
    faults += [words for table in sampled if (words := _sample(asker, table)) is not None]
    size = sum(looked.tables[name].size for name in read) / 1024**2
    words = (
        f"{counted(len(read), 'table')} ({size:,.0f} MiB) read whole, {len(sampled)} in a sample; {_checksums(asker)}"
    )
    return verdict(NAME, faults, looked_at=words)


def check_indexes(asker: Asker) -> CheckRow:
    """Let amcheck look into every B-tree, where a database has it and the role may; else say that nobody looked."""
    try:
        found = asker.ask(composed(_AMCHECK), seconds=_WITHIN)
        if not found:
            return CheckRow(INDEXES, passed=True, words="not looked into: the extension amcheck is not installed")
        ((schema, allowed),) = found
        if not allowed:
            words = "not looked into: this role may not execute amcheck's bt_index_check(regclass)"
            return CheckRow(INDEXES, passed=True, words=words)
        trees = asker.ask(composed(_BTREES), seconds=_WITHIN, parameters=[_MOST_INDEXES])
    except NotAnsweredError as why:
        return CheckRow(INDEXES, passed=False, words=f"not answered: {why}")
    return verdict(
        INDEXES, list(_broken(asker, schema, trees)), looked_at=f"{counted(len(trees), 'B-tree')}, by amcheck"
    )


def _broken(asker: Asker, schema: str, trees: Sequence[Sequence[object]]) -> Iterator[str]:
    check = SQL("SELECT {}({}::oid::regclass)")
    for oid, name in trees:
        try:
            asker.ask(check.format(Identifier(schema, "bt_index_check"), Literal(oid)), seconds=_WITHIN)
        except NotAnsweredError as why:
            yield f"{name}: {why}"


def _sample(asker: Asker, table: Table) -> str | None:
    share = min(100.0, 100.0 * _SAMPLE / max(table.size, 1))
    question = SQL("SELECT count(ROW(t.*)::text) FROM ONLY {} AS t TABLESAMPLE SYSTEM ({})").format(
        Identifier(table.schema, table.relation), Literal(share)
    )
    try:
        asker.ask(question, seconds=_WITHIN)
    except NotAnsweredError as why:
        return f"{table.name}, a sample: {why}"
    return None


def _checksums(asker: Asker) -> str:
    try:
        ((on,),) = asker.ask(composed(_CHECKSUMS), seconds=_WITHIN)
    except NotAnsweredError:
        return "whether data checksums are on is not known"
    if on:
        return "data checksums are on"
    return "data checksums are off on this server, so a flipped bit within a value would not be seen"
