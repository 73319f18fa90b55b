"""Which list days of arXiv's were read, how large they were, and the outages that were told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update

from adapters.storage.channels import ensure_channel
from adapters.storage.conflict import put
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import owe_notice
from adapters.storage.tables import cursors, list_days, outages
from bot.clock import Clock
from bot.domain.channels import ChannelRef
from bot.domain.deliveries import NoticeBody
from bot.domain.freshness import Outage, Reading, State
from bot.domain.pages import ListDay

SOURCE = "arxiv"
LOOKED_AT = timedelta(days=62)
"""List days that a reading tells: a month to fill, and a month before it."""

NOTICES = ChannelRef(platform="local", workspace="local", channel="notices")


async def mark_read(connection: Connection, days: Sequence[ListDay], owed: int) -> None:
    """Remember list days that came whole.  One that was read before keeps its larger size.  A late
    one that is announced for the first time counts, with the papers it owes, to the outage."""
    for one in days:
        known = (
            await connection.execute(select(list_days).where(list_days.c.day == one.day))
        ).first()
        sizes = [size for size in (one.papers, known and known.papers) if size is not None]
        before = known is not None and known.announced
        row = {
            "day": one.day,
            "papers": max(sizes, default=None),
            "announced": one.announced or before,
        }
        await put(connection, list_days, [row])
        if one.announced and not before:
            await _announced(connection, one, owed)


async def _announced(connection: Connection, one: ListDay, owed: int) -> None:
    newest = cursors.c.newest_day
    await connection.execute(
        update(cursors)
        .where(cursors.c.source == SOURCE, or_(newest.is_(None), newest < one.day))
        .values(newest_day=one.day)
    )
    if one.late:
        await connection.execute(
            update(outages)
            .where(outages.c.source == SOURCE, outages.c.ended_at.is_(None))
            .values(days=outages.c.days + 1, papers=outages.c.papers + owed)
        )


class StoredOutages:
    """`bot.pipeline.upkeep.Outages`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def reading(self) -> Reading:
        """The cursor and the list days since two months before the first or the present day."""
        async with self._database.read(snapshot=True) as connection:
            cursor = (
                await connection.execute(select(cursors).where(cursors.c.source == SOURCE))
            ).first()
            since = self._clock.now().date()
            if cursor is not None and cursor.first_day is not None:
                since = min(since, cursor.first_day)
            rows = await connection.execute(
                select(list_days).where(list_days.c.day >= since - LOOKED_AT)
            )
            days = {
                row.day: ListDay(day=row.day, papers=row.papers, announced=row.announced)
                for row in rows
            }
        if cursor is None:
            return Reading(days=days)
        return Reading(
            first_day=cursor.first_day,
            newest_day=cursor.newest_day,
            read_at=cursor.read_at,
            total=cursor.total,
            failing_since=cursor.failing_since,
            failure=cursor.failure,
            days=days,
        )

    async def current(self) -> Outage | None:
        """The outage that was told of and is not over."""
        async with self._database.read() as connection:
            return await _current(connection)

    async def begin(self, outage: Outage, notice: str) -> None:
        """Keep the outage and owe its notice, once."""
        async with self._database.write() as connection:
            if await _current(connection) is not None:
                return
            row = {
                "source": SOURCE,
                "state": outage.state,
                "day": outage.day,
                "noticed_at": outage.noticed_at,
                "days": outage.days,
                "papers": outage.papers,
            }
            await connection.execute(insert(outages), row)
            await self._owe(connection, f"outage {outage.day}", notice)

    async def end(self, at: datetime, notice: str | None) -> None:
        """End the current outage and owe the notice of it."""
        async with self._database.write() as connection:
            outage = await _current(connection)
            if outage is None:
                return
            await connection.execute(
                update(outages)
                .where(outages.c.source == SOURCE, outages.c.ended_at.is_(None))
                .values(ended_at=at)
            )
            if notice is not None:
                await self._owe(connection, f"recovery {outage.day}", notice)

    async def _owe(self, connection: Connection, about: str, notice: str) -> None:
        # Changes of one actor are joined in one notice; these are each one of its own.
        body = NoticeBody(actor_name=f"{SOURCE} {about}", lines=(notice,))
        channel = await ensure_channel(connection, NOTICES)
        await owe_notice(connection, channel, body, self._clock.now())


async def _current(connection: Connection) -> Outage | None:
    row = (
        await connection.execute(
            select(outages).where(outages.c.source == SOURCE, outages.c.ended_at.is_(None))
        )
    ).first()
    if row is None:
        return None
    return Outage(
        state=State(row.state),
        day=row.day,
        noticed_at=row.noticed_at,
        days=row.days,
        papers=row.papers,
    )
