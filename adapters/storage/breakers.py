"""Keeps breakers and cool-downs, so that a restart forgets none."""

from __future__ import annotations

from sqlalchemy import delete, select

from adapters.storage.conflict import put
from adapters.storage.engine import Database
from adapters.storage.tables import breakers
from bot.domain.breakers import CLOSED, Breaker


class StoredBreakers:
    """`bot.ports.Breakers`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, scope: str) -> Breaker:
        """The breaker of that scope; CLOSED when nothing is kept."""
        async with self._database.read() as connection:
            statement = select(breakers).where(breakers.c.scope == scope)
            row = (await connection.execute(statement)).first()
        if row is None:
            return CLOSED
        return Breaker(fail_count=row.fail_count, open_until=row.open_until, reason=row.reason)

    async def put(self, scope: str, breaker: Breaker) -> None:
        """Keep it in place of what was kept; CLOSED is kept by forgetting."""
        async with self._database.write() as connection:
            if breaker == CLOSED:
                await connection.execute(delete(breakers).where(breakers.c.scope == scope))
                return
            row = {
                "scope": scope,
                "fail_count": breaker.fail_count,
                "open_until": breaker.open_until,
                "reason": breaker.reason,
            }
            await put(connection, breakers, [row])
