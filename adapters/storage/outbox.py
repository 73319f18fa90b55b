"""What the relay asks of the outbox: which delivery is tried next, and what an attempt came to.

It decides when a delivery is due and which state follows; what is owed is decided by `owing`, how a
message is posted by the relay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Row, Select, func, select, update

from adapters.storage.channels import ChannelKey
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import withdraw_stopped
from adapters.storage.pausing import held_by_pause
from adapters.storage.read_deliveries import read_deliveries
from adapters.storage.tables import deliveries, delivery_reasons, subscriptions
from bot.clock import Clock
from bot.domain.deliveries import (
    Ambiguous,
    Delivery,
    DeliveryId,
    DeliveryState,
    NotSent,
    Outcome,
    Refused,
    Sent,
)

GRACE = timedelta(seconds=60)
"""How long after an attempt of unknown end the request may still arrive: only then is it looked
for, and tried again if it is not there (reference/reliability.md 0 and 1.2)."""

_sending = deliveries.alias("sending")


class StoredOutbox:
    """`bot.ports.Outbox` on the deliveries table.

    A posted delivery that is edited stays posted: an edit that fails for now is tried again, one
    that is refused is noted and given up, and neither makes the delivery pending or dead.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, lease: timedelta, limit: int) -> list[Delivery]:
        """See the port.  One that settled as ambiguous is due again after GRACE."""
        now = self._clock.now()
        async with self._database.write() as connection:
            rows = (await connection.execute(_due(now, limit))).all()
            for row in rows:
                await _claim(connection, row, now, now + lease)
            ids = [row.id for row in rows]
            claimed = await read_deliveries(connection, deliveries.c.id.in_(ids)) if ids else []
        cut_off = {row.id for row in rows if row.state in _UNKNOWN_END}
        return [_as_claimed(one, cut_off=one.id in cut_off) for one in claimed]

    async def settle(self, delivery: DeliveryId, outcome: Outcome) -> None:
        """See the port.  An outcome for a delivery that is not being sent changes nothing, except
        that a message which was found is never forgotten."""
        now = self._clock.now()
        async with self._database.write() as connection:
            statement = select(deliveries).where(deliveries.c.id == delivery)
            row = (await connection.execute(statement)).first()
            if row is None or not _may_settle(row, outcome):
                return
            channel = ChannelKey(row.workspace, row.channel)
            await connection.execute(
                update(deliveries)
                .where(channel.owns(deliveries), deliveries.c.id == delivery)
                .values(**_settled(row, outcome, now))
            )
            if isinstance(outcome, Sent):
                await _note_delivery(connection, channel, row, now)
            elif isinstance(outcome, NotSent):
                # A subscription that was stopped while its card was being sent.
                await withdraw_stopped(connection, channel, delivery, now)

    async def next_due(self) -> datetime | None:
        """See the port.  What waits behind a running attempt in its channel is due after that."""
        now = self._clock.now()
        ready = (
            select(deliveries.c.due_at)
            .where(deliveries.c.due_at.is_not(None), ~_held(now), ~held_by_pause(now))
            .order_by(deliveries.c.due_at)
            .limit(1)
        )
        async with self._database.read(snapshot=True) as connection:
            return (await connection.execute(ready)).scalar()


_UNKNOWN_END = (DeliveryState.SENDING, DeliveryState.AMBIGUOUS)


def _held(now: datetime) -> ColumnElement[bool]:
    """Whether another delivery of the channel is being sent under a running lease."""
    return (
        select(_sending.c.id)
        .where(
            _sending.c.workspace == deliveries.c.workspace,
            _sending.c.channel == deliveries.c.channel,
            _sending.c.state == DeliveryState.SENDING,
            _sending.c.due_at > now,
            _sending.c.id != deliveries.c.id,
        )
        .exists()
    )


def _due(now: datetime, limit: int) -> Select[Any]:
    """The oldest due delivery of each channel in which nothing is being sent."""
    # Materialized, or SQLite reads all deliveries there ever were in the order of channels.
    due = (
        select(deliveries)
        .where(deliveries.c.due_at <= now, ~_held(now), ~held_by_pause(now))
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    in_channel = func.row_number().over(
        partition_by=(due.c.workspace, due.c.channel), order_by=due.c.position
    )
    placed = select(due, in_channel.label("place")).subquery()
    return select(placed).where(placed.c.place == 1).order_by(placed.c.position).limit(limit)


async def _claim(connection: Connection, row: Row[Any], now: datetime, until: datetime) -> None:
    taken: dict[str, Any] = {
        "state": DeliveryState.SENDING,
        "due_at": until,
        "attempts": row.attempts + 1,
    }
    if row.state not in _UNKNOWN_END:
        # Of several attempts of unknown end the first counts: any of them may have arrived, with
        # what was to be said then.
        taken |= {"attempt_started_at": now, "claimed_revision": row.revision}
    await connection.execute(
        update(deliveries)
        .where(ChannelKey(row.workspace, row.channel).owns(deliveries), deliveries.c.id == row.id)
        .values(**taken)
    )


def _as_claimed(delivery: Delivery, *, cut_off: bool) -> Delivery:
    return replace(delivery, state=DeliveryState.AMBIGUOUS) if cut_off else delivery


def _may_settle(row: Row[Any], outcome: Outcome) -> bool:
    if row.state == DeliveryState.SENDING:
        return True
    return row.state == DeliveryState.AMBIGUOUS and isinstance(outcome, Sent)


def _settled(row: Row[Any], outcome: Outcome, now: datetime) -> Mapping[str, Any]:
    """What becomes of the delivery."""
    if isinstance(outcome, Sent):
        return {
            "state": DeliveryState.SENT,
            "message": outcome.message_id,
            "sent_at": row.sent_at or now,
            "posted_revision": row.claimed_revision,
            "due_at": now if row.revision > row.claimed_revision else None,
            "attempt_started_at": None,
            "failure": None,
        }
    values = _edit_failed(row, outcome, now) if row.message else _post_failed(outcome, now)
    return {**values, "failure": outcome.reason}


def _post_failed(outcome: NotSent | Ambiguous | Refused, now: datetime) -> Mapping[str, Any]:
    match outcome:
        case NotSent():
            return {
                "state": DeliveryState.PENDING,
                "due_at": outcome.retry_at,
                "attempt_started_at": None,
            }
        case Ambiguous():
            return {"state": DeliveryState.AMBIGUOUS, "due_at": now + GRACE}
        case Refused():
            return {"state": DeliveryState.DEAD, "due_at": None, "attempt_started_at": None}
        case _:
            assert_never(outcome)


def _edit_failed(
    row: Row[Any], outcome: NotSent | Ambiguous | Refused, now: datetime
) -> Mapping[str, Any]:
    sent = {"state": DeliveryState.SENT, "attempt_started_at": None}
    match outcome:
        case NotSent():
            return {**sent, "due_at": outcome.retry_at}
        case Ambiguous():
            return {**sent, "due_at": now + GRACE}
        case Refused():
            return {**sent, "due_at": None, "posted_revision": row.claimed_revision}
        case _:
            assert_never(outcome)


async def _note_delivery(
    connection: Connection, channel: ChannelKey, row: Row[Any], now: datetime
) -> None:
    """Remember when the subscriptions that this message names for the first time brought one."""
    told = select(delivery_reasons.c.subscription).where(
        delivery_reasons.c.workspace == channel.workspace,
        delivery_reasons.c.delivery == row.id,
        delivery_reasons.c.withdrawn_at.is_(None),
        delivery_reasons.c.revision.between(row.posted_revision + 1, row.claimed_revision),
    )
    await connection.execute(
        update(subscriptions)
        .where(channel.owns(subscriptions), subscriptions.c.id.in_(told))
        .values(last_delivery_at=now)
    )
