"""The statements in which the databases differ: insert, or do something else where a row stands."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql, sqlite

from adapters.storage.engine import Connection, Row
from adapters.storage.tables import counters


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    match connection.dialect:
        case "sqlite":
            return sqlite.insert(table)
        case "postgresql":
            return postgresql.insert(table)
        case other:
            raise NotImplementedError(other)


async def insert_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose keys are not there yet; leave the others as they are."""
    if rows:
        await connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


async def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows, or overwrite those of the same primary key with all that is given."""
    if not rows:
        return
    keys: list[Column[object]] = list(table.primary_key.columns)
    names = {key.name for key in keys}
    statement = _insert(connection, table)
    given = {name: statement.excluded[name] for name in rows[0] if name not in names}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=given), rows)


async def count_up(connection: Connection, name: str, by: int) -> int:
    """Raise a counter; its value before.  The row stays locked until the transaction ends, so what
    is numbered by it becomes visible in the order of the numbers."""
    statement = _insert(connection, counters).values(name=name, value=by)
    raised = statement.on_conflict_do_update(
        index_elements=[counters.c.name], set_={"value": counters.c.value + by}
    ).returning(counters.c.value)
    value: int = (await connection.execute(raised)).scalar_one()
    return value - by
