"""What commands ask of the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select, update

from adapters.storage.channels import ChannelKey, ensure_channel, find_channel
from adapters.storage.dead_letters import read_dead
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import delivery_row, owe_again, owe_paper, withdraw_stopped
from adapters.storage.read_deliveries import read_deliveries, read_withdrawn
from adapters.storage.rows import current_id, in_parts, papers_by_id
from adapters.storage.tables import deliveries
from bot.clock import Clock
from bot.domain.channels import ChannelRef
from bot.domain.deliveries import DeadLetter, Delivery, DeliveryState, Reason
from bot.domain.papers import PaperId
from bot.ports import DeliveryRecord

MAY_BE_SHARED = frozenset({DeliveryState.DEAD, DeliveryState.CANCELLED})
"""States in which the channel neither has nor awaits the card."""


class StoredDeliveries:
    """`bot.ports.Deliveries` on the deliveries table."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of_paper(self, channel: ChannelRef, paper: PaperId) -> Delivery | None:
        """The channel's one delivery of the paper, also by an id that the paper had before."""
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, channel)
            if key is None:
                return None
            now = await current_id(connection, paper)
            condition = key.owns(deliveries) & (deliveries.c.paper == now)
            return next(iter(await read_deliveries(connection, condition)), None)

    async def record(self, channel: ChannelRef, paper: PaperId) -> DeliveryRecord | None:
        """The channel's one delivery of the paper with what became of it; see the port."""
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, channel)
            row = (
                await delivery_row(connection, key, await current_id(connection, paper))
                if key
                else None
            )
            if key is None or row is None:
                return None
            condition = key.owns(deliveries) & (deliveries.c.id == row.id)
            (delivery,) = await read_deliveries(connection, condition)
            return DeliveryRecord(
                delivery=delivery,
                sent_at=row.sent_at,
                failure=row.failure,
                failed_at=row.failed_at,
                withdrawn=await read_withdrawn(connection, key, delivery.id),
            )

    async def among(self, channel: ChannelRef, papers: Sequence[PaperId]) -> frozenset[PaperId]:
        """Those of the papers that the channel has or awaits; see the port."""
        found: set[PaperId] = set()
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, channel)
            for part in in_parts(papers) if key else ():
                assert key is not None
                rows = await connection.execute(
                    select(deliveries.c.paper).where(
                        key.owns(deliveries),
                        deliveries.c.paper.in_(part),
                        deliveries.c.state != DeliveryState.CANCELLED,
                    )
                )
                found.update(PaperId(one) for one in rows.scalars())
        return frozenset(found)

    async def share(
        self, channel: ChannelRef, paper: PaperId, *, by: str, again: bool = False
    ) -> Delivery | None:
        """See the port.  A card that the platform refused, or that was cancelled, is owed anew.

        Raises LookupError when the paper is not stored: whoever shares it stores it first.
        """
        now = self._clock.now()
        reason = Reason(subscription=None, number=None, query=by)
        async with self._database.write() as connection:
            paper = await current_id(connection, paper)
            if not await papers_by_id(connection, [paper]):
                raise LookupError(f"{paper} is not stored")
            key = await ensure_channel(connection, channel)
            row = await delivery_row(connection, key, paper)
            if row is None or row.state in MAY_BE_SHARED:
                delivery = await owe_paper(connection, key, paper, [reason], now)
                await self._revive(connection, key, delivery)
                # A subscription may have been stopped after the card was refused.
                await withdraw_stopped(connection, key, delivery, now)
            elif again:
                delivery = await owe_again(connection, key, paper, reason, now)
            else:
                return None
            condition = key.owns(deliveries) & (deliveries.c.id == delivery)
            (owed,) = await read_deliveries(connection, condition)
        return owed

    async def counts(self, channel: ChannelRef) -> Mapping[str, int]:
        """How many of the channel's deliveries stand in each state; states without any are left
        out."""
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, channel)
            if key is None:
                return {}
            rows = await connection.execute(
                select(deliveries.c.state, func.count().label("number"))
                .where(key.owns(deliveries))
                .group_by(deliveries.c.state)
            )
            return {row.state: row.number for row in rows}

    async def dead(self, channel: ChannelRef) -> list[DeadLetter]:
        """The channel's dead letters; see the port."""
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, channel)
            return await read_dead(connection, key.owns(deliveries)) if key else []

    async def _revive(self, connection: Connection, key: ChannelKey, delivery: str) -> None:
        """A person asks for what had failed, or what no reason was left for: try it afresh."""
        await connection.execute(
            update(deliveries)
            .where(
                key.owns(deliveries),
                deliveries.c.id == delivery,
                deliveries.c.state.in_(MAY_BE_SHARED),
            )
            .values(
                state=DeliveryState.PENDING,
                due_at=self._clock.now(),
                attempts=0,
                first_attempt_at=None,
                failure=None,
                failed_at=None,
            )
        )
