"""A channel's standing queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, insert, select, update

from adapters.storage.channels import (
    ChannelKey,
    ensure_channel,
    find_channel,
    ref_of,
    with_channel,
)
from adapters.storage.cursors import cursor_of
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import owe_notice, reinstate, withdraw
from adapters.storage.tables import audit, channels, subscriptions
from bot.clock import Clock
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import NoticeBody
from bot.domain.subscriptions import Subscription, SubscriptionId
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
            return [_subscription(row) for row in rows]

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
            same = await _active_with(connection, key, str(query))
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
                    "from_day": await _newest_list_day(connection),
                },
            )
            subscription = await _get(connection, key, made.scalar_one())
            assert subscription is not None
            await _note(connection, key, subscription, "subscribed", by=owner, now=now)
            await _tell(connection, key, subscription, notice, now)
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
            active = await _get(connection, key, subscription) if key else None
            if key is None or active is None or active.stopped_at is not None:
                return None
            stopped = replace(active, stopped_at=now, stopped_by=by)
            await _set(connection, key, subscription, stopped_at=now, stopped_by=by)
            await withdraw(connection, key, subscription, now)
            await _note(connection, key, stopped, "stopped", by=by, now=now)
            await _tell(connection, key, stopped, notice, now)
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
            stopped = await _get(connection, key, subscription) if key else None
            if key is None or stopped is None or stopped.stopped_at is None:
                return None
            if await _active_with(connection, key, str(stopped.query)) is not None:
                return None
            active = replace(stopped, stopped_at=None, stopped_by=None)
            await _set(connection, key, subscription, stopped_at=None, stopped_by=None)
            await reinstate(connection, key, subscription, now)
            await _note(connection, key, active, "restored", by=by, now=now)
            await _tell(connection, key, active, notice, now)
        return active


async def active_subscriptions(connection: Connection) -> list[Subscription]:
    """The active ones of all channels: for the pipeline, which owes to every tenant."""
    statement = with_channel(select(subscriptions), subscriptions)
    active = statement.where(subscriptions.c.stopped_at.is_(None)).order_by(subscriptions.c.id)
    return [_subscription(row) for row in await connection.execute(active)]


async def _get(connection: Connection, key: ChannelKey, subscription: int) -> Subscription | None:
    return await _first(connection, key, subscriptions.c.id == subscription)


async def _active_with(connection: Connection, key: ChannelKey, query: str) -> Subscription | None:
    active = subscriptions.c.stopped_at.is_(None) & (subscriptions.c.query == query)
    return await _first(connection, key, active)


async def _first(connection: Connection, key: ChannelKey, condition: Any) -> Subscription | None:
    statement = with_channel(select(subscriptions), subscriptions).where(
        key.owns(subscriptions), condition
    )
    row = (await connection.execute(statement)).first()
    return None if row is None else _subscription(row)


async def _next_number(connection: Connection, key: ChannelKey) -> int:
    raised = await connection.execute(
        update(channels)
        .where(channels.c.workspace == key.workspace, channels.c.id == key.channel)
        .values(subscriptions_made=channels.c.subscriptions_made + 1)
        .returning(channels.c.subscriptions_made)
    )
    number: int = raised.scalar_one()
    return number


async def _newest_list_day(connection: Connection) -> date | None:
    cursor = await cursor_of(connection, ARXIV)
    return None if cursor is None else cursor.newest_day


async def _set(
    connection: Connection, key: ChannelKey, subscription: SubscriptionId, **values: object
) -> None:
    await connection.execute(
        update(subscriptions)
        .where(key.owns(subscriptions), subscriptions.c.id == subscription)
        .values(**values)
    )


async def _note(
    connection: Connection,
    key: ChannelKey,
    subscription: Subscription,
    action: str,
    *,
    by: str,
    now: datetime,
) -> None:
    entry: Mapping[str, object] = {
        **key.columns,
        "subscription": subscription.id,
        "at": now,
        "by": by,
        "action": action,
    }
    await connection.execute(insert(audit), entry)


async def _tell(
    connection: Connection,
    key: ChannelKey,
    subscription: Subscription,
    notice: NoticeBody | None,
    now: datetime,
) -> None:
    """Owe the notice, which speaks of the subscription by its number and undoes it by its id."""
    if notice is None:
        return
    lines = tuple(line.replace("{n}", str(subscription.number)) for line in notice.lines)
    undo = None if notice.undo is None else (notice.undo[0], str(subscription.id))
    await owe_notice(connection, key, replace(notice, lines=lines, undo=undo), now)


def _subscription(row: Row[Any]) -> Subscription:
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
    )
