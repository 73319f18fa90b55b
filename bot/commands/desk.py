"""What a handler works with: the ports, and who asks where and when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain.announcements import NextList, next_list
from bot.domain.channels import ChannelRef
from bot.domain.freshness import Freshness
from bot.domain.invocations import Invocation
from bot.domain.pages import Page
from bot.domain.papers import Paper, PaperId
from bot.ports import (
    Changes,
    Channels,
    Deliveries,
    Health,
    Lookup,
    Memory,
    Papers,
    Search,
    Subscriptions,
)
from bot.rendering.words import zone_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where lookups look: the stored papers, or the starter catalogue until there are any."""

    search: Search
    papers: Papers
    starter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The ports that commands use.  `lookup` is None where no source may be asked."""

    stored: Shelf
    starter: Shelf | None
    lookup: Lookup | None
    memory: Memory
    subscriptions: Subscriptions
    changes: Changes
    channels: Channels
    deliveries: Deliveries
    health: Health
    freshness: Callable[[], Awaitable[Freshness]]  #: how fresh arXiv's lists are
    clock: Clock
    remember: Callable[[Page], Awaitable[int]]
    wake: Callable[[], None]  #: tells the relay that something is owed
    zone: ZoneInfo

    async def shelf(self) -> Shelf:
        """The starter catalogue serves until a source has been read or a file loaded."""
        if self.starter is None:
            return self.stored
        sources = await self.health.sources()
        if any(source.read_at is not None for source in sources):
            return self.stored
        return self.starter


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One invocation at a desk: who asked what, where, and when it is there."""

    desk: Desk
    invocation: Invocation
    shelf: Shelf
    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The person's date."""
        return self.now.astimezone(self.zone).date()

    @property
    def channel(self) -> ChannelRef:
        return self.invocation.channel

    @property
    def here(self) -> str:
        """The channel as people call it."""
        return f"#{self.invocation.channel_name}"

    @property
    def person(self) -> str:
        return f"@{self.invocation.actor.name}"

    async def papers(self, ids: Sequence[PaperId]) -> list[Paper]:
        """The papers of those ids that are known, stored or in the starter catalogue, in order.
        A paper whose identity was learnt since stands under its new id."""
        stored = await self.desk.stored.papers.get(ids)
        if len(stored) == len(ids) or self.desk.starter is None:
            return stored
        known = {one.id: one for one in await self.desk.starter.papers.get(ids)}
        known |= {one.id: one for one in stored}
        return [known[one] for one in ids if one in known]

    async def newest_day(self) -> date | None:
        """The newest arXiv list day that has been read."""
        for source in await self.desk.health.sources():
            if source.source == "arxiv" and source.newest_day is not None:
                return source.newest_day
        return None

    async def next_list(self) -> NextList:
        return next_list(self.now, await self.newest_day())


async def asked(desk: Desk, invocation: Invocation) -> Asked:
    """Take an invocation to the desk."""
    return Asked(
        desk=desk,
        invocation=invocation,
        shelf=await desk.shelf(),
        now=desk.clock.now(),
        zone=await _zone(desk, invocation),
    )


async def _zone(desk: Desk, invocation: Invocation) -> ZoneInfo:
    """The person's own, else the channel's, else the default."""
    own = zone_named(invocation.actor.timezone)
    if own is not None:
        return own
    return zone_named((await desk.channels.settings(invocation.channel)).timezone) or desk.zone
