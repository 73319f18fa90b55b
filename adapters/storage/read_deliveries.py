"""Deliveries as the core sees them, out of their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select

from adapters.storage.channels import ChannelKey, ref_of, with_channel
from adapters.storage.engine import Connection
from adapters.storage.rows import in_parts, papers_by_id
from adapters.storage.tables import channels, deliveries, delivery_reasons, subscriptions
from bot.domain.channels import MessageId
from bot.domain.deliveries import Delivery, DeliveryId, DeliveryState, NoticeBody, Reason
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import SubscriptionId
from bot.ports import Withdrawn


async def read_deliveries(connection: Connection, condition: ColumnElement[bool]) -> list[Delivery]:
    """The deliveries that meet the condition, oldest first, with papers and reasons."""
    columns = select(deliveries, channels.c.timezone.label("at_timezone"))
    statement = with_channel(columns, deliveries).where(condition)
    rows = (await connection.execute(statement.order_by(deliveries.c.position))).all()
    ids = [PaperId(row.paper or row.again) for row in rows if row.paper or row.again]
    papers = await papers_by_id(connection, ids)
    reasons = await _reasons(connection, rows)
    return [_delivery(row, papers, reasons[row.id]) for row in rows]


async def read_withdrawn(
    connection: Connection, channel: ChannelKey, delivery: DeliveryId
) -> tuple[Withdrawn, ...]:
    """The reasons that were taken from a delivery, by the subscriptions' numbers."""
    statement = (
        select(delivery_reasons, subscriptions.c.number)
        .join(
            subscriptions,
            and_(
                subscriptions.c.id == delivery_reasons.c.subscription,
                subscriptions.c.workspace == delivery_reasons.c.workspace,
            ),
        )
        .where(
            delivery_reasons.c.delivery == delivery,
            delivery_reasons.c.workspace == channel.workspace,
            delivery_reasons.c.withdrawn_at.is_not(None),
        )
        .order_by(subscriptions.c.number)
    )
    rows = await connection.execute(statement)
    return tuple(Withdrawn(reason=_reason(row), at=row.withdrawn_at) for row in rows)


async def _reasons(connection: Connection, rows: Sequence[Row[Any]]) -> Mapping[str, list[Reason]]:
    """The standing reasons by delivery: subscriptions by their numbers, then shares."""
    found: dict[str, list[Reason]] = defaultdict(list)
    for part in in_parts(row.id for row in rows):
        statement = (
            select(delivery_reasons, subscriptions.c.number)
            .outerjoin(
                subscriptions,
                and_(
                    subscriptions.c.id == delivery_reasons.c.subscription,
                    subscriptions.c.workspace == delivery_reasons.c.workspace,
                ),
            )
            .where(
                delivery_reasons.c.delivery.in_(part),
                delivery_reasons.c.workspace.in_({row.workspace for row in rows}),
                delivery_reasons.c.withdrawn_at.is_(None),
            )
            .order_by(subscriptions.c.number.asc().nulls_last(), delivery_reasons.c.id)
        )
        for row in await connection.execute(statement):
            found[row.delivery].append(_reason(row))
    return found


def _reason(row: Row[Any]) -> Reason:
    return Reason(
        subscription=None if row.subscription is None else SubscriptionId(row.subscription),
        number=row.number,
        query=row.query,
        words=row.words,
        fields=row.fields,
    )


def _delivery(
    row: Row[Any], papers: Mapping[PaperId, Paper], reasons: Sequence[Reason]
) -> Delivery:
    return Delivery(
        id=DeliveryId(row.id),
        channel=ref_of(row),
        state=DeliveryState(row.state),
        created_at=row.created_at,
        attempts=row.attempts,
        paper=papers.get(row.paper or row.again),
        reasons=tuple(reasons),
        notice=_notice(row),
        message_id=None if row.message is None else MessageId(row.message),
        attempt_started_at=row.attempt_started_at,
        timezone=row.at_timezone,
    )


def _notice(row: Row[Any]) -> NoticeBody | None:
    if row.notice_actor is None:
        return None
    undo = row.notice_undo
    return NoticeBody(
        actor_name=row.notice_actor,
        lines=row.notice_lines,
        undo=None if undo is None else (undo[0], undo[1]),
    )
