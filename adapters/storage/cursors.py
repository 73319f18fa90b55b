"""How far each source was read, and what is wrong with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from adapters.storage.conflict import put
from adapters.storage.engine import Connection, Database
from adapters.storage.tables import cursors
from bot.domain.pages import Cursor
from bot.ports import SourceState


async def cursor_of(connection: Connection, source: str) -> Cursor | None:
    """How far the source was read; None when it never was."""
    row = (await connection.execute(select(cursors).where(cursors.c.source == source))).first()
    if row is None or (row.read_at is None and row.value is None and row.newest_day is None):
        return None
    return Cursor(
        source=row.source,
        value=row.value,
        first_day=row.first_day,
        newest_day=row.newest_day,
        read_at=row.read_at,
        total=row.total,
    )


async def put_cursor(connection: Connection, cursor: Cursor) -> None:
    """Remember how far the source was read; that it could be read ends a failure."""
    row = {
        "source": cursor.source,
        "value": cursor.value,
        "first_day": cursor.first_day,
        "newest_day": cursor.newest_day,
        "read_at": cursor.read_at,
        "total": cursor.total,
        "failing_since": None,
        "failure": None,
    }
    await put(connection, cursors, [row])


async def fail(connection: Connection, source: str, reason: str, at: datetime) -> None:
    """Remember that the source could not be read; `failing_since` stays at the first time."""
    since = select(cursors.c.failing_since, cursors.c.total).where(cursors.c.source == source)
    row = (await connection.execute(since)).first()
    failure = {
        "source": source,
        "total": row.total if row else 0,
        "failing_since": (row.failing_since if row else None) or at,
        "failure": reason,
    }
    await put(connection, cursors, [failure])


class StoredHealth:
    """`bot.ports.Health`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sources(self) -> list[SourceState]:
        """All sources that were ever read or tried, by name."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(cursors).order_by(cursors.c.source))
            return [
                SourceState(
                    source=row.source,
                    read_at=row.read_at,
                    newest_day=row.newest_day,
                    total=row.total,
                    failing_since=row.failing_since,
                    failure=row.failure,
                )
                for row in rows
            ]
