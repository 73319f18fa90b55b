"""Pauses: which subscriptions are held when, and what is therefore not posted.

Whether a pause holds is decided on the clock, wherever it matters; nothing has to end it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update

from adapters.storage.channels import ChannelKey
from adapters.storage.engine import Connection
from adapters.storage.tables import deliveries, delivery_reasons, pauses
from bot.domain.deliveries import DeliveryState
from bot.domain.subscriptions import Pause, SubscriptionId


def _running(now: datetime) -> ColumnElement[bool]:
    return and_(pauses.c.began_at <= now, or_(pauses.c.ends_at.is_(None), pauses.c.ends_at > now))


def paused_at(now: datetime) -> Select[Any]:
    """The ids of the subscriptions that are held then, of all channels."""
    return select(pauses.c.subscription).where(_running(now))


def held_by_pause(now: datetime) -> ColumnElement[bool]:
    """Whether a pending card waits because every subscription that it is owed for is held."""
    reason = and_(
        delivery_reasons.c.workspace == deliveries.c.workspace,
        delivery_reasons.c.delivery == deliveries.c.id,
        delivery_reasons.c.withdrawn_at.is_(None),
    )
    held = exists().where(
        pauses.c.workspace == deliveries.c.workspace,
        pauses.c.subscription == delivery_reasons.c.subscription,
        _running(now),
    )
    within = held.correlate(deliveries, delivery_reasons)
    return and_(
        deliveries.c.state == DeliveryState.PENDING,
        deliveries.c.paper.is_not(None),
        exists().where(reason, within).correlate(deliveries),
        ~exists().where(reason, ~within).correlate(deliveries),
    )


async def pauses_of(
    connection: Connection, key: ChannelKey, subscription: int | None = None
) -> Mapping[int, list[Pause]]:
    """The pauses of the channel's subscriptions, or of one of them, oldest first."""
    found: dict[int, list[Pause]] = defaultdict(list)
    statement = select(pauses).where(key.owns(pauses)).order_by(pauses.c.id)
    if subscription is not None:
        statement = statement.where(pauses.c.subscription == subscription)
    for row in await connection.execute(statement):
        pause = Pause(began_at=row.began_at, ends_at=row.ends_at, from_day=row.from_day)
        found[row.subscription].append(pause)
    return found


async def end_pause(
    connection: Connection,
    key: ChannelKey,
    subscription: SubscriptionId,
    now: datetime,
    ends_at: datetime | None,
) -> None:
    """Give the pause that holds the subscription now another end."""
    await connection.execute(
        update(pauses)
        .where(key.owns(pauses), pauses.c.subscription == subscription, _running(now))
        .values(ends_at=ends_at)
    )
