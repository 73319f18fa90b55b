"""Brings what a source says into the store: the order of calls around the plan.

It decides nothing about papers (that is `plan`); it knows that the first reading of a Hugging Face
list is knowledge, that the network is asked before the transaction begins, and whom to tell.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.clock import Clock
from bot.domain.pages import Cursor, Ingest, Page, Unchanged
from bot.errors import SourceAway, SourceError
from bot.pipeline.plan import Context, plan_page
from bot.ports import IngestPlan, IngestStore, Source

FIRST_READING_IS_KNOWLEDGE = frozenset({"daily", "trending"})
"""Lists that show old papers too: what stands there when they are first read is not new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one reading of a source brought; `failure` is set when it could not be read."""

    source: str
    papers: int = 0  #: entries read
    changed: int = 0  #: papers stored or changed
    owed: int = 0  #: cards owed to channels
    skipped: int = 0  #: entries that could not be read
    unchanged: bool = False
    failure: str | None = None
    retry_after: timedelta | None = None  #: how long the source asked to be left alone
    newest_day: date | None = None  #: the newest list day read, now or before


class Ingestion:
    """Reads sources into the store.  `changed` is told after each transaction that wrote papers
    or owed deliveries (the search index and the relay wait for it).
    """

    def __init__(
        self, store: IngestStore, clock: Clock, changed: Callable[[], Awaitable[None]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._changed = changed

    async def poll(self, source: Source) -> Polled:
        """Read a source once.  A source that is away or garbled is noted, never raised."""
        cursor = await self._store.cursor(source.name)
        try:
            page = await source.fetch(cursor.value if cursor else None)
        except SourceError as error:
            await self._store.note_failure(source.name, str(error), self._clock.now())
            return Polled(
                source=source.name,
                failure=str(error),
                retry_after=error.retry_after if isinstance(error, SourceAway) else None,
                newest_day=cursor.newest_day if cursor else None,
            )
        if isinstance(page, Unchanged):
            await self._touch(page)
            newest_day = cursor.newest_day if cursor else None
            return Polled(source=source.name, unchanged=True, newest_day=newest_day)
        first = cursor is None or cursor.read_at is None
        known_only = first and page.source in FIRST_READING_IS_KNOWLEDGE
        plan = await self._store_page(page, Ingest.KNOWLEDGE if known_only else Ingest.ANNOUNCEMENT)
        return Polled(
            source=source.name,
            papers=len(page.items),
            changed=len(plan.papers),
            owed=len(plan.owed),
            skipped=page.skipped,
            newest_day=plan.cursor.newest_day if plan.cursor else None,
        )

    async def remember(self, page: Page) -> int:
        """Store what a lookup or a file brought, as knowledge; how many papers it changed."""
        plan = await self._store_page(page, Ingest.KNOWLEDGE)
        return len(plan.papers)

    async def announce(self, page: Page) -> int:
        """Store a list day that was fetched by date, as an announcement; how many cards it owes."""
        plan = await self._store_page(page, Ingest.ANNOUNCEMENT)
        return len(plan.owed)

    async def _store_page(self, page: Page, ingest: Ingest) -> IngestPlan:
        async with self._store.ingest() as transaction:
            context = Context(
                ingest=ingest,
                known=await transaction.known([item.paper for item in page.items]),
                subscriptions=()
                if ingest is Ingest.KNOWLEDGE
                else await transaction.subscriptions(),
                cursor=await transaction.cursor(page.source),
                now=self._clock.now(),
            )
            plan = plan_page(page, context)
            await transaction.apply(plan)
        if plan.papers or plan.owed:
            await self._changed()
        return plan

    async def _touch(self, page: Unchanged) -> None:
        """Remember that the source was read and had nothing new."""
        async with self._store.ingest() as transaction:
            cursor = await transaction.cursor(page.source) or Cursor(source=page.source)
            now = self._clock.now()
            touched = Cursor(
                source=cursor.source,
                value=page.cursor or cursor.value,
                first_day=cursor.first_day,
                newest_day=cursor.newest_day,
                read_at=now,
                total=cursor.total,
            )
            await transaction.apply(IngestPlan(papers=(), owed=(), cursor=touched))
