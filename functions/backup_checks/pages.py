"""Whether the copy's files can be read: what was read whole, a sample of what is too large, indexes where amcheck is.

With data checksums on, a page with a flipped bit is an error when it is read; without them only what makes no sense is.
"""

from collections.abc import Sequence

from psycopg.sql import SQL, Composed, Identifier, Literal

from functions.backup_checks.questions import Asker, NotAnsweredError, composed
from functions.backup_checks.rounds import ask_each
from functions.backup_checks.tables import Looked, Table
from functions.core.domain.backup.record import CheckRow
from functions.core.domain.backup.verdicts import counted, verdict

NAME = "pages readable"
INDEXES = "indexes whole"
_SAMPLE = 8 * 1024 * 1024
"""Bytes of a table: a thousand pages from as many places, each of which a copy has to load from S3."""
_WITHIN = 120.0
_LEAVING = 300.0
"""Seconds, of sampling, for foreign keys and indexes."""
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
    samples = ask_each(asker, ((table.name, _sample(table)) for table in sampled), within=_WITHIN, leaving=_LEAVING)
    faults += [f"{name}, a sample: {why}" for name, why in samples.refused.items()]
    size = sum(looked.tables[name].size for name in read) / 1024**2
    words = (
        f"{counted(len(read), 'table')} ({size:,.0f} MiB) read whole, {len(samples.answers)} in a sample"
        f"{samples.left_out}; {_checksums(asker)}"
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
    check = SQL("SELECT {}({}::oid::regclass)")
    looked = ask_each(
        asker,
        ((name, check.format(Identifier(schema, "bt_index_check"), Literal(oid))) for oid, name in trees),
        within=_WITHIN,
        leaving=0,
    )
    faults = [f"{name}: {why}" for name, why in looked.refused.items()]
    return verdict(INDEXES, faults, looked_at=f"{counted(len(looked.answers), 'B-tree')}, by amcheck{looked.left_out}")


def _sample(table: Table) -> Composed:
    share = min(100.0, 100.0 * _SAMPLE / max(table.size, 1))
    return SQL("SELECT count(ROW(t.*)::text) FROM ONLY {} AS t TABLESAMPLE SYSTEM ({})").format(
        Identifier(table.schema, table.relation), Literal(share)
    )


def _checksums(asker: Asker) -> str:
    try:
        ((on,),) = asker.ask(composed(_CHECKSUMS), seconds=_WITHIN)
    except NotAnsweredError:
        return "whether data checksums are on is not known"
    if on:
        return "data checksums are on"
    return "data checksums are off on this server, so a flipped bit within a value would not be seen"
