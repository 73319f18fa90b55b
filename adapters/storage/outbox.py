"""What the relay asks of the outbox: which delivery is tried next, and what an attempt came to.

It decides which delivery is due; what is owed is decided by `owing`, how a message is posted by the
relay, and what follows from an outcome by `bot.pipeline.retrying`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, update

from adapters.storage.buckets import (
    left_alone,
    note_failure,
    note_success,
    one_of_each_probed,
    tried_again_at,
)
from adapters.storage.channels import ChannelKey
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import withdraw_stopped
from adapters.storage.pausing import held_by_pause
from adapters.storage.read_deliveries import read_deliveries
from adapters.storage.settling import failed, given_up, may_settle, note_delivery, posted
from adapters.storage.tables import deliveries
from bot.clock import Clock
from bot.domain.deliveries import Ambiguous, Delivery, DeliveryId, DeliveryState, Outcome, Sent
from bot.pipeline.retrying import CRASHES, Chance, after_crashes

_sending = deliveries.alias("sending")
_random = SystemRandom()

EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before all times.  Later than this is "at any time", in words that SQLite answers by an index."""


class StoredOutbox:
    """`bot.ports.Outbox` on the deliveries table."""

    def __init__(self, database: Database, clock: Clock, chance: Chance = _random.random) -> None:
        self._database = database
        self._clock = clock
        self._chance = chance

    async def claim(self, lease: timedelta, limit: int) -> list[Delivery]:
        """See the port.  One that settled as ambiguous is due again after the grace."""
        now = self._clock.now()
        async with self._database.write() as connection:
            await _quarantine(connection, now)
            due = (await connection.execute(_due(now, limit))).all()
            rows = await one_of_each_probed(connection, due)
            # Others that were under way at its last crash, and any that came after, are no part of
            # what is now tried for the last time.
            rows = [row for row in rows if _crashes(row) == CRASHES - 1][:1] or rows
            for row in rows:
                await _claim(connection, row, now, now + lease)
            ids = [row.id for row in rows]
            claimed = await read_deliveries(connection, deliveries.c.id.in_(ids)) if ids else []
        cut_off = {row.id for row in rows if row.attempt_started_at is not None}
        return [_as_claimed(one, cut_off=one.id in cut_off) for one in claimed]

    async def renew(self, delivery: DeliveryId, lease: timedelta) -> None:
        """See the port."""
        async with self._database.write() as connection:
            await connection.execute(
                update(deliveries)
                .where(deliveries.c.id == delivery, deliveries.c.state == DeliveryState.SENDING)
                .values(due_at=self._clock.now() + lease)
            )

    async def settle(self, delivery: DeliveryId, outcome: Outcome) -> None:
        """See the port.  An outcome for a delivery that is not being sent changes nothing, except
        that a message which was found is never forgotten."""
        now = self._clock.now()
        async with self._database.write() as connection:
            statement = select(deliveries).where(deliveries.c.id == delivery)
            row = (await connection.execute(statement)).first()
            if row is None or not may_settle(row, outcome):
                return
            channel = ChannelKey(row.workspace, row.channel)
            if isinstance(outcome, Sent):
                await _change(connection, row, posted(row, outcome, now))
                await note_delivery(connection, channel, row, now)
                await note_success(connection, channel, now)
                return
            await _change(connection, row, failed(row, outcome, now, self._chance))
            await note_failure(connection, channel, outcome, now, self._chance)
            if row.message is None and not isinstance(outcome, Ambiguous):
                # A subscription that was stopped while its card was being sent.
                await withdraw_stopped(connection, channel, delivery, now)

    async def next_due(self) -> datetime | None:
        """See the port.  What waits behind a running attempt in its channel is due after that, and
        what waits in a channel or workspace that is left alone, when that ends."""
        now = self._clock.now()
        waits = and_(deliveries.c.due_at > EVER, ~_held(now), ~held_by_pause(now))
        ready = (
            select(deliveries.c.due_at)
            .where(waits, ~left_alone(now))
            .order_by(deliveries.c.due_at)
            .limit(1)
        )
        async with self._database.read(snapshot=True) as connection:
            times = [
                (await connection.execute(ready)).scalar(),
                (await connection.execute(tried_again_at(now, waits))).scalar(),
            ]
        return min((at for at in times if at is not None), default=None)


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
        .where(deliveries.c.due_at <= now, ~_held(now), ~held_by_pause(now), ~left_alone(now))
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    in_channel = func.row_number().over(
        partition_by=(due.c.workspace, due.c.channel), order_by=due.c.position
    )
    placed = select(due, in_channel.label("place")).subquery()
    return select(placed).where(placed.c.place == 1).order_by(placed.c.position).limit(limit)


def _crashes(row: Row[Any]) -> int:
    """How often in a row the process ended while this one was being sent.  One that is due and
    still `sending` was never settled."""
    crashes: int = row.crashes + (row.state == DeliveryState.SENDING)
    return crashes


async def _quarantine(connection: Connection, now: datetime) -> None:
    """Give up what the process ended with too often, so that it does not do so for ever."""
    statement = select(deliveries).where(
        deliveries.c.due_at <= now, deliveries.c.state == DeliveryState.SENDING
    )
    for row in (await connection.execute(statement)).all():
        dead = after_crashes(_crashes(row))
        if dead is not None:
            await _change(connection, row, {**given_up(row, dead, now), "crashes": 0})


async def _claim(connection: Connection, row: Row[Any], now: datetime, until: datetime) -> None:
    taken: dict[str, Any] = {
        "state": DeliveryState.SENDING,
        "due_at": until,
        "attempts": row.attempts + 1,
        "first_attempt_at": row.first_attempt_at or now,
        "crashes": _crashes(row),
    }
    if row.attempt_started_at is None or row.message is not None:
        # Of several posts of unknown end the first counts: any of them may have arrived, with what
        # was to be said then.
        taken |= {"attempt_started_at": now, "claimed_revision": row.revision}
    await _change(connection, row, taken)


async def _change(connection: Connection, row: Row[Any], values: Mapping[str, Any]) -> None:
    await connection.execute(
        update(deliveries)
        .where(ChannelKey(row.workspace, row.channel).owns(deliveries), deliveries.c.id == row.id)
        .values(**values)
    )


def _as_claimed(delivery: Delivery, *, cut_off: bool) -> Delivery:
    return replace(delivery, state=DeliveryState.AMBIGUOUS) if cut_off else delivery
