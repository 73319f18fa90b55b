"""Workspaces and channels: from the core's references to the rows that all else is tied to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, and_, select

from adapters.storage.conflict import insert_missing
from adapters.storage.engine import Connection
from adapters.storage.tables import channels, workspaces
from bot.domain.channels import ChannelRef


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """A channel's row, with the workspace that every query of its rows names."""

    workspace: int
    channel: int

    def owns(self, table: Table) -> ColumnElement[bool]:
        """The condition that a row of `table` belongs to this channel."""
        return and_(table.c.workspace == self.workspace, table.c.channel == self.channel)

    @property
    def columns(self) -> dict[str, Any]:
        """What a new row of this channel carries."""
        return {"workspace": self.workspace, "channel": self.channel}


async def find_channel(connection: Connection, ref: ChannelRef) -> ChannelKey | None:
    """The channel's row, if anything was ever kept for it."""
    statement = (
        select(channels.c.workspace, channels.c.id)
        .join(workspaces, channels.c.workspace == workspaces.c.id)
        .where(
            workspaces.c.platform == ref.platform,
            workspaces.c.name == ref.workspace,
            channels.c.name == ref.channel,
            channels.c.thread == (ref.thread or ""),
        )
    )
    row = (await connection.execute(statement)).first()
    return None if row is None else ChannelKey(row.workspace, row.id)


async def ensure_channel(connection: Connection, ref: ChannelRef) -> ChannelKey:
    """The channel's row, made if it is new."""
    known = await find_channel(connection, ref)
    if known is not None:
        return known
    await insert_missing(
        connection, workspaces, [{"platform": ref.platform, "name": ref.workspace}]
    )
    workspace = (
        await connection.execute(
            select(workspaces.c.id).where(
                workspaces.c.platform == ref.platform, workspaces.c.name == ref.workspace
            )
        )
    ).scalar_one()
    row = {
        "workspace": workspace,
        "name": ref.channel,
        "thread": ref.thread or "",
        "subscriptions_made": 0,
    }
    await insert_missing(connection, channels, [row])
    made = await find_channel(connection, ref)
    assert made is not None
    return made


def with_channel(statement: Select[Any], table: Table) -> Select[Any]:
    """Add to a query of `table` what `ref_of` reads."""
    return (
        statement.add_columns(
            workspaces.c.platform.label("at_platform"),
            workspaces.c.name.label("at_workspace"),
            channels.c.name.label("at_channel"),
            channels.c.thread.label("at_thread"),
        )
        .join(workspaces, table.c.workspace == workspaces.c.id)
        .join(
            channels,
            and_(table.c.workspace == channels.c.workspace, table.c.channel == channels.c.id),
        )
    )


def ref_of(row: Row[Any]) -> ChannelRef:
    """The channel of a row of `with_channel`."""
    return ChannelRef(
        platform=row.at_platform,
        workspace=row.at_workspace,
        channel=row.at_channel,
        thread=row.at_thread or None,
    )
