"""The local channel's public messages.  A reply is JSON text that nobody here looks into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, select, update

from adapters.storage.channels import ChannelKey, ensure_channel, find_channel
from adapters.storage.conflict import count_up
from adapters.storage.engine import Connection, Database
from adapters.storage.tables import channels, counters, local_messages, workspaces
from bot.clock import Clock
from bot.domain.channels import ChannelRef

LOCAL = "local"
"""The platform's name, and its one workspace's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalMessage:
    """A public message.  `position` orders messages and is never reused; `sequence` is given anew
    at every post and edit; both count over all channels, from 1.
    """

    id: str
    channel: str
    position: int
    sequence: int
    reply: str
    posted_at: datetime
    edited_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalChannelEntry:
    """A channel that is shown: how many messages it has, and where the newest stands (0: none)."""

    name: str
    count: int
    newest: int


class LocalMessages:
    """Keeps the local channel's messages, one per delivery id."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def post(self, delivery: str, channel: str, reply: str) -> tuple[LocalMessage, bool]:
        """Keep a message.  A second post of the same delivery id changes nothing and gives the
        first message with False; the channel is shown from now on."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key, _ = await _show(connection, channel)
            same = local_messages.c.delivery == delivery
            mine = local_messages.c.workspace == key.workspace
            known = (await connection.execute(_messages().where(mine, same))).first()
            if known is not None:
                return _message(known), False
            row = {
                **key.columns,
                "sequence": await count_up(connection, local_messages.name, 1) + 1,
                "delivery": delivery,
                "reply": reply,
                "posted_at": now,
            }
            await connection.execute(insert(local_messages), row)
            posted = (await connection.execute(_messages().where(mine, same))).one()
        return _message(posted), True

    async def edit(self, message: str, channel: str, reply: str) -> LocalMessage | None:
        """Replace a message's content; None when the channel has no such message."""
        async with self._database.write() as connection:
            key = await find_channel(connection, _ref(channel))
            if key is None or not message.isdecimal():
                return None
            this = and_(key.owns(local_messages), local_messages.c.position == int(message))
            if (await connection.execute(_messages().where(this))).first() is None:
                return None
            sequence = await count_up(connection, local_messages.name, 1) + 1
            await connection.execute(
                update(local_messages)
                .where(this)
                .values(reply=reply, sequence=sequence, edited_at=self._clock.now())
            )
            edited = (await connection.execute(_messages().where(this))).one()
        return _message(edited)

    async def find(self, delivery: str, channel: str, since: datetime) -> str | None:
        """The id of the message posted in that channel for that delivery at or after `since`."""
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, _ref(channel))
            if key is None:
                return None
            statement = select(local_messages.c.position).where(
                key.owns(local_messages),
                local_messages.c.delivery == delivery,
                local_messages.c.posted_at >= since,
            )
            position: int | None = (await connection.execute(statement)).scalar()
        return None if position is None else str(position)

    async def page(self, channel: str, *, before: int | None, limit: int) -> list[LocalMessage]:
        """The newest `limit` messages whose position is below `before` (None: no bound), oldest
        first."""
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, _ref(channel))
            if key is None:
                return []
            statement = _messages().where(key.owns(local_messages))
            if before is not None:
                statement = statement.where(local_messages.c.position < before)
            newest = statement.order_by(local_messages.c.position.desc()).limit(limit)
            rows = (await connection.execute(newest)).all()
        return [_message(row) for row in reversed(rows)]

    async def changes(self, after: int, *, limit: int) -> list[LocalMessage]:
        """Messages of all channels with a sequence above `after`, by sequence, at most `limit`."""
        statement = (
            _messages()
            .where(_is_local(), local_messages.c.sequence > after)
            .order_by(local_messages.c.sequence)
            .limit(limit)
        )
        async with self._database.read() as connection:
            return [_message(row) for row in await connection.execute(statement)]

    async def newest_sequence(self) -> int:
        """The highest sequence given so far; 0 when nothing was ever posted."""
        statement = select(counters.c.value).where(counters.c.name == local_messages.name)
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar() or 0

    async def add_channel(self, channel: str) -> bool:
        """Show a channel from now on; False when it was shown already."""
        async with self._database.write() as connection:
            _, added = await _show(connection, channel)
        return added

    async def channels(self) -> list[LocalChannelEntry]:
        """All channels that are shown, in the order in which they were added."""
        statement = (
            select(
                channels.c.name,
                func.count(local_messages.c.position).label("messages"),
                func.coalesce(func.max(local_messages.c.position), 0).label("newest"),
            )
            .join(workspaces, workspaces.c.id == channels.c.workspace)
            .outerjoin(
                local_messages,
                and_(
                    local_messages.c.workspace == channels.c.workspace,
                    local_messages.c.channel == channels.c.id,
                ),
            )
            .where(_is_local(), channels.c.shown.is_not(None), channels.c.thread == "")
            .group_by(channels.c.id, channels.c.name, channels.c.shown)
            .order_by(channels.c.shown)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(statement)
            return [
                LocalChannelEntry(name=row.name, count=row.messages, newest=row.newest)
                for row in rows
            ]


async def _show(connection: Connection, channel: str) -> tuple[ChannelKey, bool]:
    """The channel's row, shown from now on; whether it was not before."""
    key = await ensure_channel(connection, _ref(channel))
    this = and_(channels.c.workspace == key.workspace, channels.c.id == key.channel)
    if (await connection.execute(select(channels.c.shown).where(this))).scalar_one() is not None:
        return key, False
    place = await count_up(connection, "local_channels", 1) + 1
    await connection.execute(update(channels).where(this).values(shown=place))
    return key, True


def _ref(channel: str) -> ChannelRef:
    return ChannelRef(platform=LOCAL, workspace=LOCAL, channel=channel)


def _is_local() -> Any:
    return and_(workspaces.c.platform == LOCAL, workspaces.c.name == LOCAL)


def _messages() -> Any:
    return (
        select(local_messages, channels.c.name)
        .join(
            channels,
            and_(
                channels.c.workspace == local_messages.c.workspace,
                channels.c.id == local_messages.c.channel,
            ),
        )
        .join(workspaces, workspaces.c.id == local_messages.c.workspace)
    )


def _message(row: Row[Any]) -> LocalMessage:
    return LocalMessage(
        id=str(row.position),
        channel=row.name,
        position=row.position,
        sequence=row.sequence,
        reply=row.reply,
        posted_at=row.posted_at,
        edited_at=row.edited_at,
    )
