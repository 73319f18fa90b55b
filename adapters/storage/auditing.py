"""Who changed what: one row for every change of a channel, and the notice that tells of it.

Actions: subscribed, stopped, restored, edited, edit undone, paused, resumed, set; of a dead letter
retried, dropped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert

from adapters.storage.channels import ChannelKey
from adapters.storage.engine import Connection
from adapters.storage.owing import owe_notice
from adapters.storage.tables import audit
from bot.domain.deliveries import NoticeBody
from bot.domain.subscriptions import Subscription

Facts = Mapping[str, str | None]
"""What a change is about, by name."""


async def note(
    connection: Connection,
    key: ChannelKey,
    action: str,
    *,
    by: str,
    now: datetime,
    subscription: Subscription | None = None,
    before: Facts | None = None,
    after: Facts | None = None,
) -> int:
    """Write the change down; its id."""
    made = await connection.execute(
        insert(audit).returning(audit.c.id),
        {
            **key.columns,
            "subscription": None if subscription is None else subscription.id,
            "at": now,
            "by": by,
            "action": action,
            "before": None if before is None else json.dumps(before),
            "after": None if after is None else json.dumps(after),
        },
    )
    entry: int = made.scalar_one()
    return entry


async def tell(
    connection: Connection,
    key: ChannelKey,
    subscription: Subscription,
    notice: NoticeBody | None,
    now: datetime,
    *,
    undo: int | None = None,
) -> None:
    """Owe the notice, which speaks of the subscription by its number.  It undoes the change by the
    subscription's id, or by `undo`."""
    if notice is None:
        return
    lines = tuple(line.replace("{n}", str(subscription.number)) for line in notice.lines)
    ref = str(subscription.id if undo is None else undo)
    pressed = None if notice.undo is None else (notice.undo[0], ref)
    await owe_notice(connection, key, replace(notice, lines=lines, undo=pressed), now)
