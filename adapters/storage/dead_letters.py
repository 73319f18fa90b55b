"""Dead letters of all channels, for the person who runs the program: seen, tried again, dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, select, update
from sqlalchemy.types import Text

from adapters.storage.auditing import note
from adapters.storage.channels import ChannelKey, ref_of
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import withdraw_stopped
from adapters.storage.read_deliveries import read_deliveries
from adapters.storage.tables import breakers, channels, deliveries, workspaces
from bot.clock import Clock
from bot.domain.channels import ChannelRef
from bot.domain.deliveries import DeadLetter, DeliveryId, DeliveryState

_DEAD = deliveries.c.state == DeliveryState.DEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A channel or workspace that failed: until when nothing is tried there, why, what waits."""

    name: str  #: `slack/T1/C1`, of a workspace `slack/T1`
    until: datetime
    reason: str
    waiting: int


async def read_dead(
    connection: Connection, condition: ColumnElement[bool] | None = None
) -> list[DeadLetter]:
    """The dead letters that meet the condition, oldest first."""
    where = _DEAD if condition is None else and_(_DEAD, condition)
    rows = (await connection.execute(select(deliveries).where(where))).all()
    told = {row.id: row for row in rows}
    return [
        DeadLetter(
            delivery=one,
            reason=told[one.id].failure or "",
            at=told[one.id].failed_at or one.created_at,
        )
        for one in await read_deliveries(connection, where)
    ]


class DeadLetters:
    """What the command line does with deliveries that were given up."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def all(self) -> list[DeadLetter]:
        """The dead letters of all channels, oldest first."""
        async with self._database.read(snapshot=True) as connection:
            return await read_dead(connection)

    async def left_alone(self) -> list[LeftAlone]:
        """The channels and workspaces in which nothing is tried now."""
        now = self._clock.now()
        async with self._database.read(snapshot=True) as connection:
            found = [*await _workspaces(connection, now), *await _channels(connection, now)]
        return sorted(found, key=lambda one: one.name)

    async def retry(self, delivery: DeliveryId, *, by: str) -> DeliveryState | None:
        """Owe it once more, with no attempts counted; its state then (cancelled when every
        subscription that it was owed for is stopped).  One that may have arrived is looked for
        before it is posted.  None when there is no such dead letter."""
        now = self._clock.now()
        async with self._database.write() as connection:
            row = await _dead(connection, delivery)
            if row is None:
                return None
            channel = ChannelKey(row.workspace, row.channel)
            fresh = {
                "state": DeliveryState.PENDING,
                "due_at": now,
                "attempts": 0,
                "first_attempt_at": None,
                "failure": None,
                "failed_at": None,
            }
            await _change(connection, row, fresh)
            await withdraw_stopped(connection, channel, delivery, now)
            await _note(connection, row, "retried", by, now)
            statement = select(deliveries.c.state).where(
                channel.owns(deliveries), deliveries.c.id == delivery
            )
            return DeliveryState((await connection.execute(statement)).scalar_one())

    async def drop(self, delivery: DeliveryId, *, by: str) -> bool:
        """Cancel it for good; False when there is no such dead letter."""
        now = self._clock.now()
        async with self._database.write() as connection:
            row = await _dead(connection, delivery)
            if row is None:
                return False
            await _change(connection, row, {"state": DeliveryState.CANCELLED})
            await _note(connection, row, "dropped", by, now)
        return True


async def _dead(connection: Connection, delivery: DeliveryId) -> Row[Any] | None:
    statement = select(deliveries).where(_DEAD, deliveries.c.id == delivery)
    return (await connection.execute(statement)).first()


async def _change(connection: Connection, row: Row[Any], values: dict[str, object]) -> None:
    await connection.execute(
        update(deliveries)
        .where(ChannelKey(row.workspace, row.channel).owns(deliveries), deliveries.c.id == row.id)
        .values(**values)
    )


async def _note(connection: Connection, row: Row[Any], action: str, by: str, now: datetime) -> None:
    await note(
        connection,
        ChannelKey(row.workspace, row.channel),
        action,
        by=by,
        now=now,
        before={"delivery": row.id, "state": row.state, "reason": row.failure},
    )


async def _workspaces(connection: Connection, now: datetime) -> list[LeftAlone]:
    scope = literal("workspace:") + workspaces.c.id.cast(Text)
    waiting = _waiting(deliveries.c.workspace == workspaces.c.id)
    statement = (
        select(workspaces, breakers, waiting)
        .join(breakers, breakers.c.scope == scope)
        .where(breakers.c.open_until > now)
    )
    rows = await connection.execute(statement)
    return [_left_alone(f"{row.platform}/{row.name}", row) for row in rows]


async def _channels(connection: Connection, now: datetime) -> list[LeftAlone]:
    own = and_(
        deliveries.c.workspace == channels.c.workspace, deliveries.c.channel == channels.c.id
    )
    scope = literal("channel:") + channels.c.workspace.cast(Text) + ":" + channels.c.id.cast(Text)
    statement = (
        select(
            breakers,
            _waiting(own),
            workspaces.c.platform.label("at_platform"),
            workspaces.c.name.label("at_workspace"),
            channels.c.name.label("at_channel"),
            channels.c.thread.label("at_thread"),
        )
        .join(channels, breakers.c.scope == scope)
        .join(workspaces, workspaces.c.id == channels.c.workspace)
        .where(breakers.c.open_until > now)
    )
    rows = await connection.execute(statement)
    return [_left_alone(shown(ref_of(row)), row) for row in rows]


def _waiting(own: ColumnElement[bool]) -> ColumnElement[int]:
    states = (DeliveryState.PENDING, DeliveryState.AMBIGUOUS, DeliveryState.SENDING)
    return (
        select(func.count())
        .select_from(deliveries)
        .where(own, deliveries.c.state.in_(states))
        .scalar_subquery()
        .label("waiting")
    )


def _left_alone(name: str, row: Row[Any]) -> LeftAlone:
    return LeftAlone(name=name, until=row.open_until, reason=row.reason or "", waiting=row.waiting)


def shown(channel: ChannelRef) -> str:
    """A channel as it is named on the command line."""
    return channel.key.rstrip("/")
