"""A channel's standing queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, insert, select, update

from adapters.storage.auditing import note, tell
from adapters.storage.channels import (
    ChannelKey,
    ensure_channel,
    find_channel,
    ref_of,
    with_channel,
)
from adapters.storage.cursors import cursor_of
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import reinstate, withdraw
from adapters.storage.pausing import paused_at, pauses_of
from adapters.storage.tables import channels, delivery_reasons, subscriptions
from bot.clock import Clock
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import NoticeBody
from bot.domain.subscriptions import Pause, Subscription, SubscriptionId
from bot.query.parser import parse
from bot.query.values import Query

ARXIV = "arxiv"
"""The source whose list days a subscription's silent baseline is told in."""

as_query = lru_cache(maxsize=10_000)(parse)
"""A stored canonical text as a query."""


class StoredSubscriptions:
    """`bot.ports.Subscriptions` on the subscriptions table."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of_channel(self, channel: ChannelRef, *, stopped: bool = False) -> list[Subscription]:
        """The channel's subscriptions by number; see the port."""
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, channel)
            if key is None:
                return []
            statement = with_channel(select(subscriptions), subscriptions).where(
                key.owns(subscriptions)
            )
            if not stopped:
                statement = statement.where(subscriptions.c.stopped_at.is_(None))
            rows = await connection.execute(statement.order_by(subscriptions.c.number))
            held = await pauses_of(connection, key)
            return [_subscription(row, held[row.id]) for row in rows]

    async def subscribe(
        self,
        channel: ChannelRef,
        query: Query,
        *,
        owner: ActorId,
        owner_name: str,
        notice: NoticeBody | None = None,
    ) -> tuple[Subscription, bool]:
        """Store a subscription and its notice; see the port."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await ensure_channel(connection, channel)
            same = await active_with(connection, key, str(query))
            if same is not None:
                return same, False
            made = await connection.execute(
                insert(subscriptions).returning(subscriptions.c.id),
                {
                    **key.columns,
                    "number": await _next_number(connection, key),
                    "query": str(query),
                    "owner": owner,
                    "owner_name": owner_name,
                    "created_at": now,
                    "from_day": await newest_list_day(connection),
                },
            )
            subscription = await get(connection, key, made.scalar_one())
            assert subscription is not None
            await note(
                connection,
                key,
                "subscribed",
                by=owner_name,
                now=now,
                subscription=subscription,
                after={"query": str(query)},
            )
            await tell(connection, key, subscription, notice, now)
        return subscription, True

    async def stop(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        *,
        by: str,
        notice: NoticeBody | None,
    ) -> Subscription | None:
        """Stop a subscription and withdraw what waits for it alone; see the port."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await find_channel(connection, channel)
            active = await get(connection, key, subscription) if key else None
            if key is None or active is None or active.stopped_at is not None:
                return None
            stopped = await _stop(connection, key, active, by=by, now=now)
            await tell(connection, key, stopped, notice, now)
        return stopped

    async def stop_all(
        self,
        channel: ChannelRef,
        chosen: Sequence[SubscriptionId],
        *,
        by: str,
        notice: NoticeBody | None,
    ) -> list[Subscription]:
        """Stop those of the given ones that are active, in one transaction; see the port."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await find_channel(connection, channel)
            found = [await get(connection, key, one) for one in chosen] if key else []
            active = [one for one in found if one is not None and one.stopped_at is None]
            if key is None or not active:
                return []
            stopped = [await _stop(connection, key, one, by=by, now=now) for one in active]
            await tell(connection, key, stopped[0], notice, now)
        return stopped

    async def restore(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        *,
        by: str,
        notice: NoticeBody | None,
    ) -> Subscription | None:
        """Make a stopped subscription active again with what its stop cancelled; see the port."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await find_channel(connection, channel)
            stopped = await get(connection, key, subscription) if key else None
            if key is None or stopped is None or stopped.stopped_at is None:
                return None
            if await active_with(connection, key, str(stopped.query)) is not None:
                return None
            active = replace(stopped, stopped_at=None, stopped_by=None)
            await put(connection, key, subscription, stopped_at=None, stopped_by=None)
            taken_at = delivery_reasons.c.withdrawn_at >= stopped.stopped_at
            await reinstate(connection, key, subscription, now, taken_at)
            await note(
                connection,
                key,
                "restored",
                by=by,
                now=now,
                subscription=active,
                after={"query": str(active.query)},
            )
            await tell(connection, key, active, notice, now)
        return active


async def active_subscriptions(connection: Connection, now: datetime) -> list[Subscription]:
    """The active ones of all channels that no pause holds: for the pipeline, which owes to every
    tenant."""
    statement = with_channel(select(subscriptions), subscriptions)
    active = statement.where(subscriptions.c.stopped_at.is_(None)).order_by(subscriptions.c.id)
    paused = set((await connection.execute(paused_at(now))).scalars())
    rows = await connection.execute(active)
    return [_subscription(row) for row in rows if row.id not in paused]


async def get(connection: Connection, key: ChannelKey, subscription: int) -> Subscription | None:
    """One of the channel's subscriptions."""
    return await _first(connection, key, subscriptions.c.id == subscription)


async def active_with(connection: Connection, key: ChannelKey, query: str) -> Subscription | None:
    """The channel's active subscription of that canonical query."""
    active = subscriptions.c.stopped_at.is_(None) & (subscriptions.c.query == query)
    return await _first(connection, key, active)


async def _first(connection: Connection, key: ChannelKey, condition: Any) -> Subscription | None:
    statement = with_channel(select(subscriptions), subscriptions).where(
        key.owns(subscriptions), condition
    )
    row = (await connection.execute(statement)).first()
    if row is None:
        return None
    held = await pauses_of(connection, key, row.id)
    return _subscription(row, held[row.id])


async def _stop(
    connection: Connection, key: ChannelKey, active: Subscription, *, by: str, now: datetime
) -> Subscription:
    stopped = replace(active, stopped_at=now, stopped_by=by)
    await put(connection, key, active.id, stopped_at=now, stopped_by=by)
    await withdraw(connection, key, active.id, now)
    await note(
        connection,
        key,
        "stopped",
        by=by,
        now=now,
        subscription=stopped,
        before={"query": str(active.query)},
    )
    return stopped


async def _next_number(connection: Connection, key: ChannelKey) -> int:
    raised = await connection.execute(
        update(channels)
        .where(channels.c.workspace == key.workspace, channels.c.id == key.channel)
        .values(subscriptions_made=channels.c.subscriptions_made + 1)
        .returning(channels.c.subscriptions_made)
    )
    number: int = raised.scalar_one()
    return number


async def newest_list_day(connection: Connection) -> date | None:
    """The newest arXiv list day that has been read."""
    cursor = await cursor_of(connection, ARXIV)
    if cursor is None or cursor.newest_day is not None or cursor.first_day is None:
        return None if cursor is None else cursor.newest_day
    # The first feed read had no list, such as a Saturday's: what it could have had is not old.
    return cursor.first_day - timedelta(days=1)


async def put(
    connection: Connection, key: ChannelKey, subscription: SubscriptionId, **values: object
) -> None:
    """Set columns of one of the channel's subscriptions."""
    await connection.execute(
        update(subscriptions)
        .where(key.owns(subscriptions), subscriptions.c.id == subscription)
        .values(**values)
    )


def _subscription(row: Row[Any], pauses: Sequence[Pause] = ()) -> Subscription:
    return Subscription(
        id=SubscriptionId(row.id),
        channel=ref_of(row),
        number=row.number,
        query=as_query(row.query),
        owner=ActorId(row.owner),
        owner_name=row.owner_name,
        created_at=row.created_at,
        from_day=row.from_day,
        stopped_at=row.stopped_at,
        stopped_by=row.stopped_by,
        last_delivery_at=row.last_delivery_at,
        pauses=tuple(pauses),
    )
