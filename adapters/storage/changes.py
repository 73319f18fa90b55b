"""Changes of a standing query: another text, a pause, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select

from adapters.storage.auditing import note, tell
from adapters.storage.channels import ChannelKey, find_channel
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import reinstate, withdraw_unless
from adapters.storage.pausing import end_pause
from adapters.storage.rows import papers_by_id
from adapters.storage.subscriptions import active_with, as_query, get, newest_list_day, put
from adapters.storage.tables import audit, deliveries, delivery_reasons, pauses
from bot.clock import Clock
from bot.domain.channels import ChannelRef
from bot.domain.deliveries import DeliveryState, NoticeBody
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import Pause, Subscription, SubscriptionId
from bot.ports import Edited
from bot.query.values import Query

EDITED = "edited"


class StoredChanges:
    """`bot.ports.Changes` on the subscriptions table."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def edit(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        query: Query,
        *,
        by: str,
        notice: NoticeBody | None,
        keeps: Callable[[Paper], bool],
    ) -> Edited | None:
        """Replace the query; see the port."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await find_channel(connection, channel)
            old = await _active(connection, key, subscription)
            if key is None or old is None or await active_with(connection, key, str(query)):
                return None
            new = replace(old, query=query, from_day=await newest_list_day(connection))
            await put(connection, key, old.id, query=str(query), from_day=new.from_day)
            kept = await _kept(connection, key, old.id, keeps)
            await withdraw_unless(connection, key, old.id, now, kept.__contains__)
            change = await note(
                connection,
                key,
                EDITED,
                by=by,
                now=now,
                subscription=new,
                before=_facts(old),
                after=_facts(new),
            )
            await tell(connection, key, new, notice, now, undo=change)
        return Edited(subscription=new, change=change)

    async def undo_edit(
        self, channel: ChannelRef, change: int, *, by: str, notice: NoticeBody | None
    ) -> Subscription | None:
        """Give back the query that an edit replaced; see the port."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await find_channel(connection, channel)
            entry = await _edit(connection, key, change) if key else None
            if key is None or entry is None:
                return None
            new = await _active(connection, key, SubscriptionId(entry.subscription))
            before, after = json.loads(entry.before), json.loads(entry.after)
            if new is None or str(new.query) != after["query"]:
                return None
            if await active_with(connection, key, before["query"]):
                return None
            day = before["from_day"]
            from_day = date.fromisoformat(day) if day else new.from_day
            old = replace(new, query=as_query(before["query"]), from_day=from_day)
            await put(connection, key, old.id, query=before["query"], from_day=from_day)
            taken = delivery_reasons.c.withdrawn_at == entry.at
            await reinstate(connection, key, old.id, now, taken)
            await note(
                connection,
                key,
                "edit undone",
                by=by,
                now=now,
                subscription=old,
                before=_facts(new),
                after=_facts(old),
            )
            await tell(connection, key, old, notice, now)
        return old

    async def pause(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        *,
        until: datetime | None,
        by: str,
        notice: NoticeBody | None,
    ) -> Subscription | None:
        """Hold it; see the port."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await find_channel(connection, channel)
            active = await _active(connection, key, subscription)
            if key is None or active is None:
                return None
            running = active.pause(now)
            if running is None:
                row = {
                    **key.columns,
                    "subscription": subscription,
                    "began_at": now,
                    "ends_at": until,
                    "from_day": await newest_list_day(connection),
                }
                await connection.execute(insert(pauses), row)
            else:
                await end_pause(connection, key, subscription, now, until)
            await note(
                connection,
                key,
                "paused",
                by=by,
                now=now,
                subscription=active,
                before=_held(running),
                after={"paused": _until(until)},
            )
            await tell(connection, key, active, notice, now)
            return await get(connection, key, subscription)

    async def resume(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        *,
        by: str,
        notice: NoticeBody | None,
    ) -> Pause | None:
        """End its pause now; see the port."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await find_channel(connection, channel)
            active = await _active(connection, key, subscription)
            running = None if active is None else active.pause(now)
            if key is None or active is None or running is None:
                return None
            await end_pause(connection, key, subscription, now, now)
            await note(
                connection,
                key,
                "resumed",
                by=by,
                now=now,
                subscription=active,
                before=_held(running),
                after={"paused": None},
            )
            await tell(connection, key, active, notice, now)
        return replace(running, ends_at=now)


async def _active(
    connection: Connection, key: ChannelKey | None, subscription: SubscriptionId
) -> Subscription | None:
    found = await get(connection, key, subscription) if key else None
    return found if found is not None and found.stopped_at is None else None


async def _edit(connection: Connection, key: ChannelKey, change: int) -> Row[Any] | None:
    statement = select(audit).where(key.owns(audit), audit.c.id == change, audit.c.action == EDITED)
    return (await connection.execute(statement)).first()


async def _kept(
    connection: Connection,
    key: ChannelKey,
    subscription: SubscriptionId,
    keeps: Callable[[Paper], bool],
) -> frozenset[PaperId]:
    """The papers waiting for the subscription that are to keep its reason."""
    waiting = select(deliveries.c.paper).where(
        key.owns(deliveries),
        deliveries.c.state == DeliveryState.PENDING,
        deliveries.c.paper.is_not(None),
        deliveries.c.id.in_(
            select(delivery_reasons.c.delivery).where(
                delivery_reasons.c.workspace == key.workspace,
                delivery_reasons.c.subscription == subscription,
            )
        ),
    )
    ids = [PaperId(one) for one in (await connection.execute(waiting)).scalars()]
    papers = await papers_by_id(connection, ids)
    return frozenset(one for one, paper in papers.items() if keeps(paper))


def _facts(subscription: Subscription) -> dict[str, str | None]:
    day = subscription.from_day
    return {"query": str(subscription.query), "from_day": None if day is None else str(day)}


def _held(pause: Pause | None) -> dict[str, str | None]:
    return {"paused": None if pause is None else _until(pause.ends_at)}


def _until(at: datetime | None) -> str:
    return "until resumed" if at is None else f"until {at.isoformat()}"
