"""What a channel is set to."""

from __future__ import annotations

from sqlalchemy import select, update

from adapters.storage.auditing import note
from adapters.storage.channels import ChannelKey, ensure_channel, find_channel
from adapters.storage.engine import Connection, Database
from adapters.storage.owing import owe_notice
from adapters.storage.tables import channels
from bot.clock import Clock
from bot.domain.channels import ChannelRef
from bot.domain.deliveries import NoticeBody
from bot.ports import ChannelSettings


class StoredChannelSettings:
    """`bot.ports.Channels` on the channels table."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def settings(self, channel: ChannelRef) -> ChannelSettings:
        """What the channel is set to; see the port."""
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, channel)
            return ChannelSettings() if key is None else await _settings(connection, key)

    async def change(
        self, channel: ChannelRef, new: ChannelSettings, *, by: str, notice: NoticeBody | None
    ) -> ChannelSettings:
        """Set what is given; see the port."""
        now = self._clock.now()
        given = {name: value for name, value in _named(new).items() if value is not None}
        async with self._database.write() as connection:
            key = await ensure_channel(connection, channel)
            before = await _settings(connection, key)
            await connection.execute(
                update(channels)
                .where(channels.c.workspace == key.workspace, channels.c.id == key.channel)
                .values(**given)
            )
            was = {name: value for name, value in _named(before).items() if name in given}
            await note(connection, key, "set", by=by, now=now, before=was, after=given)
            if notice is not None:
                await owe_notice(connection, key, notice, now)
            return await _settings(connection, key)


async def _settings(connection: Connection, key: ChannelKey) -> ChannelSettings:
    statement = select(channels.c.timezone, channels.c.notices).where(
        channels.c.workspace == key.workspace, channels.c.id == key.channel
    )
    row = (await connection.execute(statement)).one()
    return ChannelSettings(timezone=row.timezone, notices=row.notices)


def _named(settings: ChannelSettings) -> dict[str, str | None]:
    return {"timezone": settings.timezone, "notices": settings.notices}
