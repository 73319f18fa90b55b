"""Where the pipeline writes: one transaction around what is known and what was decided."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime

from sqlalchemy import update

from adapters.storage.absorbing import absorb
from adapters.storage.channels import ensure_channel
from adapters.storage.conflict import count_up, insert_missing, put
from adapters.storage.cursors import cursor_of, fail, put_cursor
from adapters.storage.engine import Connection, Database
from adapters.storage.identities import Alias, folded, same_papers
from adapters.storage.list_days import mark_read
from adapters.storage.owing import owe_paper
from adapters.storage.rows import papers_by_id, values_of
from adapters.storage.subscriptions import active_subscriptions
from adapters.storage.tables import (
    paper_aliases,
    paper_lists,
    papers,
    signals,
    subscriptions,
)
from bot.clock import Clock
from bot.domain.deliveries import Owed
from bot.domain.identity import aliases
from bot.domain.pages import Cursor
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import Subscription
from bot.ports import IngestPlan

SIGNALS = ("upvotes", "stars", "comments")


class StoredIngest:
    """`bot.ports.IngestStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    @asynccontextmanager
    async def ingest(self) -> AsyncIterator[Transaction]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        async with self._database.write() as connection:
            yield Transaction(connection, self._clock.now())

    async def cursor(self, source: str) -> Cursor | None:
        """How far the source was read; None when it never was."""
        async with self._database.read() as connection:
            return await cursor_of(connection, source)

    async def note_failure(self, source: str, reason: str, at: datetime) -> None:
        """Remember that the source could not be read, and since when."""
        async with self._database.write() as connection:
            await fail(connection, source, reason, at)


class Transaction:
    """`bot.ports.IngestTransaction`: what is read and written through it commits together."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._rows: dict[PaperId, set[PaperId]] = {}
        """For ids that `known` was asked about, or that it told: the rows that are that paper."""
        self._names: dict[Alias, PaperId] = {}
        """Other names of stored papers, which `known` was asked by."""
        self._split: list[Paper] = []
        """Papers that stand in several rows, taken together."""

    async def cursor(self, source: str) -> Cursor | None:
        """How far the source was read; None when it never was."""
        return await cursor_of(self._connection, source)

    async def known(self, papers: Sequence[Paper]) -> Mapping[PaperId, Paper]:
        """The given id → what is stored of that paper, all its rows taken together."""
        known: dict[PaperId, Paper] = {}
        found = await same_papers(self._connection, papers)
        for given in papers:
            ids = self._rows.setdefault(given.id, set())
            if rows := found[given.id]:
                stored = known[given.id] = folded(rows)
                ids.update(row.id for row in rows)
                self._rows.setdefault(stored.id, set()).update(ids)
                self._names.update(dict.fromkeys(aliases(given), stored.id))
                self._split += [stored] if len(rows) > 1 else []
        return known

    async def subscriptions(self) -> Sequence[Subscription]:
        """All active subscriptions of all channels that no pause holds."""
        return await active_subscriptions(self._connection, self._now)

    async def apply(self, plan: IngestPlan) -> None:
        """Carry the plan out; see the port."""
        await self.known([paper for paper in plan.papers if paper.id not in self._rows])
        written = (*plan.papers, *self._united(plan.papers))
        await _write_papers(self._connection, written, self._now)
        await insert_missing(
            self._connection,
            paper_aliases,
            [
                {"kind": kind, "value": value, "paper": paper}
                for (kind, value), paper in self._names.items()
            ],
        )
        await self._absorb_others(written)
        await self._owe(plan.owed)
        if plan.cursor is not None:
            await put_cursor(self._connection, plan.cursor)
        await mark_read(self._connection, plan.days, len({one.paper for one in plan.owed}))
        if plan.baseline is not None:
            await _set_baseline(self._connection, plan.baseline)

    def _united(self, planned: Sequence[Paper]) -> list[Paper]:
        """Papers in several rows that the plan leaves as they are: they become one all the same."""
        covered = {row for paper in planned for row in self._rows.get(paper.id, ())}
        left = {paper.id: paper for paper in self._split if paper.id not in covered}
        return list(left.values())

    async def _absorb_others(self, written: Sequence[Paper]) -> None:
        kept = {paper.id for paper in written}
        for paper in written:
            for old in sorted(self._rows.get(paper.id, set()) - kept):
                await absorb(self._connection, old, paper.id, self._now)
                kept.add(old)  # it is gone

    async def _owe(self, owed: Sequence[Owed]) -> None:
        for one in owed:
            channel = await ensure_channel(self._connection, one.channel)
            await owe_paper(self._connection, channel, one.paper, one.reasons, self._now)


async def _write_papers(connection: Connection, written: Sequence[Paper], now: datetime) -> None:
    """Write papers with their aliases, lists and the numbers that changed, each under a new seq."""
    if not written:
        return
    before = await papers_by_id(connection, [paper.id for paper in written])
    seq = await count_up(connection, papers.name, len(written)) + 1
    rows = [values_of(paper, seq + place) for place, paper in enumerate(written)]
    await put(connection, papers, rows)
    await insert_missing(connection, paper_aliases, _alias_rows(written))
    await insert_missing(connection, paper_lists, _list_rows(written, now))
    if told := _signal_rows(written, before, now):
        await connection.execute(signals.insert(), told)


def _alias_rows(written: Sequence[Paper]) -> list[dict[str, object]]:
    return [
        {"kind": kind, "value": value, "paper": paper.id}
        for paper in written
        for kind, value in aliases(paper)
    ]


def _list_rows(written: Sequence[Paper], now: datetime) -> list[dict[str, object]]:
    return [
        {"list": name, "paper": paper.id, "first_listed_at": now}
        for paper in written
        for name in sorted(paper.lists)
    ]


def _signal_rows(
    written: Sequence[Paper], before: Mapping[PaperId, Paper], now: datetime
) -> list[dict[str, object]]:
    """The numbers that are not what they were."""
    return [
        {"paper": paper.id, "kind": kind, "value": value, "at": now}
        for paper in written
        for kind in SIGNALS
        if (value := getattr(paper, kind)) is not None
        and value != getattr(before.get(paper.id), kind, None)
    ]


async def _set_baseline(connection: Connection, day: date) -> None:
    """Give a `from_day` to the subscriptions that were made before any list was read, stopped ones
    too, since they may come back."""
    await connection.execute(
        update(subscriptions).where(subscriptions.c.from_day.is_(None)).values(from_day=day)
    )
