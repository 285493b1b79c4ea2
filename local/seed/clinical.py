"""An application's own rows, as many as make a database of a wanted size."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from local.seed.tenants import Tenant

STAYS = 200
"""Stays of patients, for each tenant."""
_MIB = 2**20
_BYTES_OF_A_ROW = 500
"""What an observation takes with its share of the two indexes, measured."""
_ENOUGH = 0.9
"""A table that has so much of its size has it: what a row takes is an estimate."""

_ADD_STAYS = """
INSERT INTO stay (tenant, id, ward, admitted_at)
SELECT %(tenant)s, number, 'ward ' || number %% 12, now() - number * interval '1 hour'
  FROM generate_series(1, %(stays)s) AS number
    ON CONFLICT DO NOTHING
"""
_ADD_OBSERVATIONS = """
INSERT INTO observation (tenant, stay_id, staff_id, code, value, note, recorded_at)
SELECT %(tenant)s, 1 + number %% %(stays)s, %(staff)s,
       (ARRAY['heart-rate', 'temperature', 'saturation', 'pain'])[1 + number %% 4], number %% 200,
       'invented ' || repeat(md5(number::text), 10), now() - (%(rows)s - number) * interval '1 second'
  FROM generate_series(1, %(rows)s) AS number
"""


def fill(connection: Connection[Any], tenants: Sequence[Tenant], staff: str, mib: int) -> int:
    """Add observations until their table is about so many MiB large; answer how many were added.

    staff: the id of the person, known in every tenant, who recorded them.
    """
    wanted, present = mib * _MIB, _one(connection, "SELECT pg_total_relation_size('observation')")
    if present > _ENOUGH * wanted:
        return 0
    rows = (wanted - present) // _BYTES_OF_A_ROW // len(tenants)
    for tenant in tenants:
        values = {"tenant": tenant.name, "stays": STAYS, "staff": staff, "rows": rows}
        connection.execute(_ADD_STAYS, values)
        # The rows refer to what was just written: looking that up for every single one takes longer than writing them.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(_ADD_OBSERVATIONS, values)
        connection.execute("SET LOCAL session_replication_role = origin")
    return rows * len(tenants)


def _one(connection: Connection[Any], question: str) -> int:
    row = connection.execute(question).fetchone()
    if row is None:
        raise AssertionError("a function answers one row")
    return int(row[0])
