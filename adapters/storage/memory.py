"""What buttons refer to: listings and drafts, kept for 30 days or for the life of a process."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Table, delete, insert, select, update

from adapters.storage.channels import ensure_channel, find_channel
from adapters.storage.columns import storable
from adapters.storage.engine import Connection, Database
from adapters.storage.tables import drafts, listings
from adapters.storage.tokens import short_token
from bot.clock import Clock
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.papers import PaperId
from bot.domain.replies import DraftId, ListingId
from bot.ports import Found, SavedDraft, SavedListing

KEPT_FOR = timedelta(days=30)


class StoredMemory:
    """`bot.ports.Memory` on the listings and drafts tables."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep_listing(
        self, channel: ChannelRef, actor: ActorId, text: str, found: Found
    ) -> SavedListing:
        """Keep a list that someone was shown."""
        saved = _listing(channel, actor, text, found, self._clock.now())
        async with self._database.write() as connection:
            key = await ensure_channel(connection, channel)
            row = {
                "id": saved.id,
                **key.columns,
                "actor": actor,
                "text": text,
                "papers": saved.ids,
                "total": saved.total,
                "exact": saved.exact,
                "created_at": saved.created_at,
            }
            await connection.execute(insert(listings), row)
            await _forget_old(connection, listings, saved.created_at)
        return saved

    async def listing(self, channel: ChannelRef, listing: ListingId) -> SavedListing | None:
        """The listing of that id, if it belongs to this channel."""
        row = await self._row(channel, listings, listings.c.id == listing)
        return None if row is None else _saved_listing(channel, row)

    async def last_listing(
        self, channel: ChannelRef, actor: ActorId, since: datetime
    ) -> SavedListing | None:
        """The newest listing shown to that person in that channel at or after `since`."""
        shown = (listings.c.actor == actor) & (listings.c.created_at >= since)
        row = await self._row(channel, listings, shown, listings.c.position.desc())
        return None if row is None else _saved_listing(channel, row)

    async def keep_draft(self, channel: ChannelRef, actor: ActorId, text: str) -> DraftId:
        """Keep a command text; the same text of the same person keeps its id."""
        now = self._clock.now()
        async with self._database.write() as connection:
            key = await ensure_channel(connection, channel)
            same = await connection.execute(
                update(drafts)
                .where(key.owns(drafts), drafts.c.actor == actor, drafts.c.text == text)
                .values(created_at=now)
                .returning(drafts.c.id)
            )
            known: str | None = same.scalar()
            if known is not None:
                return DraftId(known)
            draft = DraftId(short_token())
            row = {"id": draft, **key.columns, "actor": actor, "text": text, "created_at": now}
            await connection.execute(insert(drafts), row)
            await _forget_old(connection, drafts, now)
        return draft

    async def draft(self, channel: ChannelRef, draft: DraftId) -> SavedDraft | None:
        """The draft of that id, if it belongs to this channel."""
        row = await self._row(channel, drafts, drafts.c.id == draft)
        if row is None:
            return None
        return SavedDraft(
            id=DraftId(row.id),
            channel=channel,
            actor=ActorId(row.actor),
            text=row.text,
            created_at=row.created_at,
        )

    async def _row(
        self, channel: ChannelRef, table: Table, condition: Any, *order: Any
    ) -> Row[Any] | None:
        async with self._database.read(snapshot=True) as connection:
            key = await find_channel(connection, channel)
            if key is None:
                return None
            statement = select(table).where(key.owns(table), condition).order_by(*order).limit(1)
            return (await connection.execute(statement)).first()


class ProcessMemory:
    """`bot.ports.Memory` of a process that must not write: it ends with the process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._listings: dict[ListingId, SavedListing] = {}
        self._drafts: dict[DraftId, SavedDraft] = {}

    async def keep_listing(
        self, channel: ChannelRef, actor: ActorId, text: str, found: Found
    ) -> SavedListing:
        """Keep a list that someone was shown."""
        saved = _listing(channel, actor, text, found, self._clock.now())
        self._listings[saved.id] = saved
        return saved

    async def listing(self, channel: ChannelRef, listing: ListingId) -> SavedListing | None:
        """The listing of that id, if it belongs to this channel."""
        saved = self._listings.get(listing)
        return saved if saved is not None and saved.channel == channel else None

    async def last_listing(
        self, channel: ChannelRef, actor: ActorId, since: datetime
    ) -> SavedListing | None:
        """The newest listing shown to that person in that channel at or after `since`."""
        newest_first: Iterable[SavedListing] = reversed(self._listings.values())
        return next(
            (
                saved
                for saved in newest_first
                if (saved.channel, saved.actor) == (channel, actor) and saved.created_at >= since
            ),
            None,
        )

    async def keep_draft(self, channel: ChannelRef, actor: ActorId, text: str) -> DraftId:
        """Keep a command text."""
        draft = DraftId(short_token())
        self._drafts[draft] = SavedDraft(
            id=draft,
            channel=channel,
            actor=actor,
            text=storable(text),
            created_at=self._clock.now(),
        )
        return draft

    async def draft(self, channel: ChannelRef, draft: DraftId) -> SavedDraft | None:
        """The draft of that id, if it belongs to this channel."""
        saved = self._drafts.get(draft)
        return saved if saved is not None and saved.channel == channel else None


def _listing(
    channel: ChannelRef, actor: ActorId, text: str, found: Found, now: datetime
) -> SavedListing:
    return SavedListing(
        id=ListingId(short_token()),
        channel=channel,
        actor=actor,
        text=storable(text),
        ids=found.ids,
        total=found.total,
        exact=found.exact,
        created_at=now,
    )


def _saved_listing(channel: ChannelRef, row: Row[Any]) -> SavedListing:
    return SavedListing(
        id=ListingId(row.id),
        channel=channel,
        actor=ActorId(row.actor),
        text=row.text,
        ids=tuple(PaperId(one) for one in row.papers),
        total=row.total,
        exact=row.exact,
        created_at=row.created_at,
    )


async def _forget_old(connection: Connection, table: Table, now: datetime) -> None:
    """Of all workspaces: how long something is kept is no tenant's matter."""
    await connection.execute(delete(table).where(table.c.created_at < now - KEPT_FOR))
