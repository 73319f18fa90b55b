"""Lets one stored paper take the place of another: when an identity arrives late, all that was kept
under the paper's old id goes over to its new one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from adapters.storage.channels import ChannelKey
from adapters.storage.conflict import count_up, insert_missing, put
from adapters.storage.engine import Connection
from adapters.storage.owing import delivery_row, revise
from adapters.storage.tables import (
    deliveries,
    delivery_reasons,
    paper_aliases,
    paper_lists,
    papers,
    replaced_papers,
    signals,
)
from bot.domain.deliveries import DeliveryState
from bot.domain.papers import PaperId

_NEARNESS = (
    DeliveryState.SENT,
    DeliveryState.SENDING,
    DeliveryState.AMBIGUOUS,
    DeliveryState.PENDING,
    DeliveryState.DEAD,
    DeliveryState.CANCELLED,
)
"""Of two deliveries of what proves to be one paper, the one further ahead here is its card."""


async def absorb(connection: Connection, old: PaperId, new: PaperId, now: datetime) -> None:
    """Let the stored paper `new` take the place of the row `old` everywhere."""
    for table in (paper_aliases, signals):
        await connection.execute(update(table).where(table.c.paper == old).values(paper=new))
    await _absorb_lists(connection, old, new)
    await _absorb_deliveries(connection, old, new, now)
    await connection.execute(
        update(replaced_papers).where(replaced_papers.c.paper == old).values(paper=new)
    )
    seq = await count_up(connection, papers.name, 1) + 1
    await put(connection, replaced_papers, [{"id": old, "paper": new, "seq": seq}])
    await connection.execute(delete(papers).where(papers.c.id == old))


async def _absorb_lists(connection: Connection, old: PaperId, new: PaperId) -> None:
    rows = await connection.execute(select(paper_lists).where(paper_lists.c.paper == old))
    moved = [{**row, "paper": new} for row in rows.mappings()]
    await insert_missing(connection, paper_lists, moved)
    await connection.execute(delete(paper_lists).where(paper_lists.c.paper == old))


async def _absorb_deliveries(
    connection: Connection, old: PaperId, new: PaperId, now: datetime
) -> None:
    await connection.execute(update(deliveries).where(deliveries.c.again == old).values(again=new))
    rows = await connection.execute(select(deliveries).where(deliveries.c.paper == old))
    for row in rows.all():
        channel = ChannelKey(row.workspace, row.channel)
        other = await delivery_row(connection, channel, new)
        if other is None:
            await _set(connection, channel, row.id, paper=new)
            continue
        stays, goes = sorted((row, other), key=lambda one: _NEARNESS.index(one.state))
        await _unite(connection, channel, stays, goes, new)
        if await _move_reasons(connection, channel, stays, goes):
            await revise(connection, channel, stays, now)


async def _unite(
    connection: Connection, channel: ChannelKey, stays: Row[Any], goes: Row[Any], paper: PaperId
) -> None:
    """Make `stays` the channel's card of the paper.  What was posted as the other one stands in the
    channel already; what was not, is not posted any more."""
    await _set(connection, channel, goes.id, paper=None, again=paper)
    if goes.state == DeliveryState.PENDING:
        await _set(connection, channel, goes.id, state=DeliveryState.CANCELLED, due_at=None)
    await _set(connection, channel, stays.id, paper=paper)


async def _move_reasons(
    connection: Connection, channel: ChannelKey, stays: Row[Any], goes: Row[Any]
) -> bool:
    """Give the other one's reasons to `stays`; whether it has something new to say."""
    mine = delivery_reasons.c.workspace == channel.workspace
    said = select(delivery_reasons.c.subscription).where(
        mine,
        delivery_reasons.c.delivery == stays.id,
        delivery_reasons.c.subscription.is_not(None),
    )
    moved = await connection.execute(
        update(delivery_reasons)
        .where(
            mine,
            delivery_reasons.c.delivery == goes.id,
            delivery_reasons.c.subscription.not_in(said),
        )
        .values(delivery=stays.id, revision=stays.revision + 1)
        .returning(delivery_reasons.c.withdrawn_at)
    )
    return any(withdrawn_at is None for withdrawn_at in moved.scalars())


async def _set(
    connection: Connection, channel: ChannelKey, delivery: str, **values: object
) -> None:
    await connection.execute(
        update(deliveries)
        .where(channel.owns(deliveries), deliveries.c.id == delivery)
        .values(**values)
    )
