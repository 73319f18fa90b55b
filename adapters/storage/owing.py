"""What a channel is owed: the rules by which deliveries and their reasons change.

One delivery per paper and channel, whatever comes in which order.  Everything here runs inside a
write transaction of its caller; when a delivery is posted is decided by `outbox`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, insert, select, update

from adapters.storage.channels import ChannelKey
from adapters.storage.engine import Connection
from adapters.storage.tables import deliveries, delivery_reasons, subscriptions
from adapters.storage.tokens import delivery_token
from bot.domain.deliveries import DeliveryId, DeliveryState, NoticeBody, Reason
from bot.domain.papers import PaperId
from bot.domain.subscriptions import SubscriptionId

NOTICE_STAYS_OPEN = timedelta(minutes=10)
"""One person's changes within this time edit one notice."""

WAITING = (DeliveryState.PENDING, DeliveryState.CANCELLED)
"""States of a delivery of which nothing has left the program."""


async def owe_paper(
    connection: Connection,
    channel: ChannelKey,
    paper: PaperId,
    reasons: Iterable[Reason],
    now: datetime,
) -> DeliveryId:
    """Owe the paper's card to the channel for these reasons, or add them to the one it has:
    a waiting one says them at once, a posted one becomes an edit, a cancelled one is owed again."""
    row = await delivery_row(connection, channel, paper)
    if row is None:
        delivery = await _new(connection, channel, now, paper=paper)
        await _add_reasons(connection, channel, delivery, reasons, revision=1)
        return delivery
    delivery = DeliveryId(row.id)
    if await _add_reasons(connection, channel, delivery, reasons, revision=row.revision + 1):
        await revise(connection, channel, row, now)
    return delivery


async def owe_again(
    connection: Connection, channel: ChannelKey, paper: PaperId, reason: Reason, now: datetime
) -> DeliveryId:
    """Owe one more message with the paper's card, which is a person's and not its delivery."""
    delivery = await _new(connection, channel, now, again=paper)
    await _add_reasons(connection, channel, delivery, [reason], revision=1)
    return delivery


async def owe_notice(
    connection: Connection, channel: ChannelKey, notice: NoticeBody, now: datetime
) -> DeliveryId:
    """Owe a notice, or add its lines to the person's newest one while that stays open."""
    row = (
        await connection.execute(
            select(deliveries)
            .where(
                channel.owns(deliveries),
                deliveries.c.notice_actor == notice.actor_name,
                deliveries.c.created_at >= now - NOTICE_STAYS_OPEN,
                deliveries.c.state.not_in((DeliveryState.DEAD, DeliveryState.CANCELLED)),
            )
            .order_by(deliveries.c.position.desc())
            .limit(1)
        )
    ).first()
    lines = notice.lines if row is None else row.notice_lines + notice.lines
    content = {"notice_lines": lines, "notice_undo": notice.undo}
    if row is None:
        return await _new(connection, channel, now, notice_actor=notice.actor_name, **content)
    await _change(connection, channel, row.id, **content)
    await revise(connection, channel, row, now)
    return DeliveryId(row.id)


async def withdraw(
    connection: Connection, channel: ChannelKey, subscription: SubscriptionId, now: datetime
) -> None:
    """Take the subscription's reasons from pending deliveries and cancel those left without one."""
    pending = select(deliveries.c.id).where(
        channel.owns(deliveries), deliveries.c.state == DeliveryState.PENDING
    )
    taken = await connection.execute(
        update(delivery_reasons)
        .where(
            delivery_reasons.c.workspace == channel.workspace,
            delivery_reasons.c.subscription == subscription,
            delivery_reasons.c.withdrawn_at.is_(None),
            delivery_reasons.c.delivery.in_(pending),
        )
        .values(withdrawn_at=now)
        .returning(delivery_reasons.c.delivery)
    )
    for delivery in taken.scalars().all():
        await cancel_without_reason(connection, channel, delivery)


async def withdraw_stopped(
    connection: Connection, channel: ChannelKey, delivery: DeliveryId, now: datetime
) -> None:
    """Take from a delivery that is pending again the reasons whose subscriptions were stopped."""
    stopped = select(subscriptions.c.id).where(
        channel.owns(subscriptions), subscriptions.c.stopped_at.is_not(None)
    )
    pending = select(deliveries.c.id).where(
        channel.owns(deliveries),
        deliveries.c.id == delivery,
        deliveries.c.state == DeliveryState.PENDING,
    )
    await connection.execute(
        update(delivery_reasons)
        .where(
            delivery_reasons.c.workspace == channel.workspace,
            delivery_reasons.c.delivery.in_(pending),
            delivery_reasons.c.subscription.in_(stopped),
            delivery_reasons.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    await cancel_without_reason(connection, channel, delivery)


async def withdraw_unless(
    connection: Connection,
    channel: ChannelKey,
    subscription: SubscriptionId,
    now: datetime,
    keep: Callable[[PaperId], bool],
) -> None:
    """As `withdraw`, but leave the reason to the deliveries of papers that are to keep it."""
    rows = await connection.execute(
        select(delivery_reasons.c.id, deliveries.c.id.label("delivery"), deliveries.c.paper)
        .join(
            deliveries,
            and_(
                delivery_reasons.c.delivery == deliveries.c.id,
                delivery_reasons.c.workspace == deliveries.c.workspace,
            ),
        )
        .where(
            channel.owns(deliveries),
            deliveries.c.state == DeliveryState.PENDING,
            deliveries.c.paper.is_not(None),
            delivery_reasons.c.subscription == subscription,
            delivery_reasons.c.withdrawn_at.is_(None),
        )
    )
    for row in rows.all():
        if keep(PaperId(row.paper)):
            continue
        await connection.execute(
            update(delivery_reasons)
            .where(
                delivery_reasons.c.workspace == channel.workspace,
                delivery_reasons.c.id == row.id,
            )
            .values(withdrawn_at=now)
        )
        await cancel_without_reason(connection, channel, row.delivery)


async def reinstate(
    connection: Connection,
    channel: ChannelKey,
    subscription: SubscriptionId,
    now: datetime,
    taken: ColumnElement[bool],
) -> None:
    """Give back what was taken, of the reasons that meet `taken`: cancelled deliveries are owed
    again, and a card that was posted meanwhile for another reason is edited to say this one too."""
    rows = await connection.execute(
        select(deliveries, delivery_reasons.c.id.label("reason"))
        .join(
            delivery_reasons,
            and_(
                delivery_reasons.c.delivery == deliveries.c.id,
                delivery_reasons.c.workspace == deliveries.c.workspace,
            ),
        )
        .where(
            channel.owns(deliveries),
            delivery_reasons.c.subscription == subscription,
            delivery_reasons.c.withdrawn_at.is_not(None),
            taken,
        )
    )
    for row in rows.all():
        await connection.execute(
            update(delivery_reasons)
            .where(
                delivery_reasons.c.workspace == channel.workspace,
                delivery_reasons.c.id == row.reason,
            )
            .values(withdrawn_at=None, revision=row.revision + 1)
        )
        await revise(connection, channel, row, now)


async def cancel_without_reason(
    connection: Connection, channel: ChannelKey, delivery: DeliveryId
) -> None:
    """Cancel a pending card that no reason is left for."""
    await connection.execute(
        update(deliveries)
        .where(
            channel.owns(deliveries),
            deliveries.c.id == delivery,
            deliveries.c.state == DeliveryState.PENDING,
            deliveries.c.notice_actor.is_(None),
            ~exists().where(
                delivery_reasons.c.workspace == channel.workspace,
                delivery_reasons.c.delivery == delivery,
                delivery_reasons.c.withdrawn_at.is_(None),
            ),
        )
        .values(state=DeliveryState.CANCELLED, due_at=None)
    )


async def delivery_row(
    connection: Connection, channel: ChannelKey, paper: PaperId
) -> Row[Any] | None:
    """The channel's one delivery of the paper."""
    statement = select(deliveries).where(channel.owns(deliveries), deliveries.c.paper == paper)
    return (await connection.execute(statement)).first()


async def _new(
    connection: Connection, channel: ChannelKey, now: datetime, **content: object
) -> DeliveryId:
    delivery = DeliveryId(delivery_token())
    row = {
        "id": delivery,
        **channel.columns,
        "state": DeliveryState.PENDING,
        "created_at": now,
        "due_at": now,
        "attempts": 0,
        "revision": 1,
        "claimed_revision": 0,
        "posted_revision": 0,
        **content,
    }
    await connection.execute(insert(deliveries), row)
    return delivery


async def _add_reasons(
    connection: Connection,
    channel: ChannelKey,
    delivery: DeliveryId,
    reasons: Iterable[Reason],
    revision: int,
) -> bool:
    """Add what the delivery does not say yet; whether there was anything."""
    said = await connection.execute(
        select(delivery_reasons).where(
            delivery_reasons.c.workspace == channel.workspace,
            delivery_reasons.c.delivery == delivery,
        )
    )
    withdrawn = {row.subscription: row.withdrawn_at is not None for row in said}
    added = False
    for reason in reasons:
        if reason.subscription in withdrawn and not withdrawn[reason.subscription]:
            continue
        if reason.subscription in withdrawn:
            await connection.execute(
                delete(delivery_reasons).where(
                    delivery_reasons.c.workspace == channel.workspace,
                    delivery_reasons.c.delivery == delivery,
                    delivery_reasons.c.subscription == reason.subscription,
                )
            )
        await connection.execute(
            insert(delivery_reasons),
            {
                "workspace": channel.workspace,
                "delivery": delivery,
                "subscription": reason.subscription,
                "query": reason.query,
                "words": reason.words,
                "fields": reason.fields,
                "revision": revision,
            },
        )
        withdrawn[reason.subscription] = False
        added = True
    return added


async def revise(connection: Connection, channel: ChannelKey, row: Row[Any], now: datetime) -> None:
    """The delivery has something new to say: bring it back to the relay where that is due."""
    changed: dict[str, object] = {"revision": row.revision + 1}
    if row.state == DeliveryState.CANCELLED:
        changed |= {"state": DeliveryState.PENDING, "due_at": now}
    elif row.state == DeliveryState.SENT and row.due_at is None:
        changed["due_at"] = now
    await _change(connection, channel, row.id, **changed)


async def _change(
    connection: Connection, channel: ChannelKey, delivery: str, **values: object
) -> None:
    await connection.execute(
        update(deliveries)
        .where(channel.owns(deliveries), deliveries.c.id == delivery)
        .values(**values)
    )
