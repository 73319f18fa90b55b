"""Channels and workspaces that are left alone after failures, as the outbox's statements see them.

How long they are is decided by `bot.pipeline.retrying`; it survives a restart.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, literal, or_, select
from sqlalchemy.types import Text

from adapters.storage.channels import ChannelKey
from adapters.storage.conflict import put
from adapters.storage.engine import Connection
from adapters.storage.tables import breakers, deliveries
from bot.domain.breakers import Breaker
from bot.domain.deliveries import Scope
from bot.pipeline.retrying import Chance, Failed, leave_alone

_WORKSPACE = literal("workspace:") + deliveries.c.workspace.cast(Text)
_CHANNEL = (
    literal("channel:") + deliveries.c.workspace.cast(Text) + ":" + deliveries.c.channel.cast(Text)
)


def bucket_of(channel: ChannelKey, scope: Scope) -> str:
    """The breaker's scope, for an outcome that speaks of the channel or its workspace."""
    if scope is Scope.WORKSPACE:
        return f"workspace:{channel.workspace}"
    return f"channel:{channel.workspace}:{channel.channel}"


def left_alone(now: datetime) -> ColumnElement[bool]:
    """Whether the delivery's channel or workspace is left alone."""
    return select(breakers.c.scope).where(_of_delivery(), breakers.c.open_until > now).exists()


def tried_again_at(now: datetime, waits: ColumnElement[bool]) -> Select[Any]:
    """When the first bucket opens in which a delivery that meets `waits` is held up."""
    return select(func.min(breakers.c.open_until)).where(
        breakers.c.open_until > now,
        select(deliveries.c.id).where(_of_delivery(), waits).exists(),
    )


def _of_delivery() -> ColumnElement[bool]:
    return breakers.c.scope.in_([_WORKSPACE, _CHANNEL])


async def one_of_each_probed(connection: Connection, rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Leave out all but the first row of every workspace that failed last."""
    rows = list(rows)
    named = {f"workspace:{row.workspace}" for row in rows}
    statement = select(breakers.c.scope).where(
        breakers.c.scope.in_(named), breakers.c.fail_count > 0
    )
    failed = set((await connection.execute(statement)).scalars()) if named else set()
    kept, probed = [], set()
    for row in rows:
        workspace = f"workspace:{row.workspace}"
        if workspace in failed and workspace in probed:
            continue
        probed.add(workspace)
        kept.append(row)
    return kept


async def note_failure(
    connection: Connection, channel: ChannelKey, outcome: Failed, now: datetime, chance: Chance
) -> None:
    """Leave the outcome's channel or workspace alone, if it speaks of one."""
    scope = bucket_of(channel, outcome.scope)
    statement = select(breakers).where(breakers.c.scope == scope)
    row = (await connection.execute(statement)).first()
    known = (
        Breaker() if row is None else Breaker(fail_count=row.fail_count, open_until=row.open_until)
    )
    after = leave_alone(outcome, known, now, chance)
    if after is None or after is known:
        return
    values = {
        "scope": scope,
        "fail_count": after.fail_count,
        "open_until": after.open_until,
        "reason": after.reason,
    }
    await put(connection, breakers, [values])


async def note_success(connection: Connection, channel: ChannelKey, now: datetime) -> None:
    """Forget past failures of the channel and its workspace.  A pause that runs stays: the post
    may have begun before it."""
    await connection.execute(
        delete(breakers).where(
            breakers.c.scope.in_(
                [bucket_of(channel, one) for one in (Scope.CHANNEL, Scope.WORKSPACE)]
            ),
            or_(breakers.c.open_until.is_(None), breakers.c.open_until <= now),
        )
    )
