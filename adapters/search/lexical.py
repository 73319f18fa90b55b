"""Looks papers up by what they say: `bot.ports.Search` on a tantivy index.

The index nominates, the store tells what changes, `match()` has the last word; what is found is
exactly what `match()` finds in the papers taken in by the last `refresh`.  `ranking` orders it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tantivy

from adapters.search.clauses import between, filtered, on_days, unscored, with_ids
from adapters.search.compile import whole_title
from adapters.search.deciding import Reading, count
from adapters.search.folder import Folder
from adapters.search.papers import IndexedPapers
from adapters.search.ranking import Candidate, Tier, by_list_day, by_relevance, by_upvotes
from adapters.search.rebuild import Replica
from adapters.search.spelling import nearest
from bot.clock import Clock
from bot.domain.papers import PaperId
from bot.ports import Found, Order
from bot.query.values import Query, has_text

MOST = 1_000
"""Totals are exact, and ids given, up to here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One lookup, compiled; everything that searches with it runs in a thread."""

    reading: Reading
    exact: tantivy.Query
    ranked: tantivy.Query
    in_title: tantivy.Query | None
    whole_title: tantivy.Query | None


class LexicalIndex:
    """A searchable copy of the stored papers."""

    def __init__(self, replica: Replica, papers: IndexedPapers, clock: Clock) -> None:
        self._replica = replica
        self._papers = papers
        self._clock = clock

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, papers: IndexedPapers, clock: Clock, *, read_only: bool = False
    ) -> AsyncIterator[LexicalIndex]:
        """The index kept in the folder `path`, up to date, for as long as the block runs.

        One process may keep it; others open it with `read_only`, which reads what that one has
        committed and, if there is nothing to read, makes an index in memory.  Raises StoreError.
        """
        replica = Replica(papers, Folder(path), read_only=read_only)
        try:
            await replica.open()
            yield cls(replica, papers, clock)
        finally:
            await replica.close()

    async def refresh(self) -> None:
        """Take in what was stored since; called after every ingest and load.  Raises StoreError."""
        await self._replica.catch_up()

    async def find(
        self,
        query: Query,
        *,
        order: Order = Order.RELEVANCE,
        after: date | None = None,
        before: date | None = None,
    ) -> Found:
        asked = await self._asked(query, between(after, before))
        match order:
            case Order.RELEVANCE:
                ids, total = await self._by_relevance(asked)
            case Order.NEW:
                found = await asyncio.to_thread(_newest, asked.reading, asked.exact, MOST + 1)
                ids, total = by_list_day(found), len(found)
            case Order.UPVOTES:
                ids, total = await self._by_upvotes(asked)
        return Found(ids=tuple(ids[:MOST]), total=min(total, MOST), exact=total <= MOST)

    async def count(self, query: Query) -> int:
        asked = await self._asked(query)
        return min(MOST, await asyncio.to_thread(count, asked.reading.searcher, asked.exact))

    async def count_by_day(self, query: Query, days: Sequence[date]) -> Mapping[date, int]:
        asked = await self._asked(query)
        ordinals = {day.toordinal() for day in days}
        counted = await asyncio.to_thread(_count_days, asked, ordinals) if ordinals else {}
        return {day: counted.get(day.toordinal(), 0) for day in days}

    async def nearest_word(self, word: str) -> tuple[str, int] | None:
        return await asyncio.to_thread(nearest, self._replica.searcher(), word)

    async def _asked(self, query: Query, bounds: tantivy.Query | None = None) -> _Asked:
        reading = Reading(self._replica.searcher(), self._papers, query)
        compiler = await reading.compiler()
        root, text = query.root, has_text(query)
        return _Asked(
            reading=reading,
            exact=filtered(compiler.exact(root), bounds),
            ranked=filtered(compiler.ranked(root), bounds),
            in_title=compiler.in_title(root) if text else None,
            whole_title=whole_title(query) if text else None,
        )

    async def _by_relevance(self, asked: _Asked) -> tuple[list[PaperId], int]:
        found = await asyncio.to_thread(_best, asked)
        upvotes = await self._replica.upvotes.known()
        today = self._clock.now().date()
        return by_relevance(found, upvotes, today), len(found)

    async def _by_upvotes(self, asked: _Asked) -> tuple[list[PaperId], int]:
        upvotes = await self._replica.upvotes.known()
        upvoted = with_ids(upvotes)
        first = filtered(asked.exact, upvoted)
        rest = filtered(asked.exact, excluded=[upvoted])
        found = await asyncio.to_thread(_everything, asked.reading, first)
        ids = by_upvotes(found, upvotes)
        if (missing := MOST + 1 - len(ids)) > 0:
            ids += by_list_day(await asyncio.to_thread(_newest, asked.reading, rest, missing))
        return ids, len(ids)


# -- searching, in a thread ----------------------------------------------------

Hits = list[tuple[float, tantivy.DocAddress]]


def _best(asked: _Asked) -> list[Candidate]:
    """Up to one more than `MOST` papers, of the best tiers and, within these, the best scores."""
    if asked.in_title is None:
        return _newest(asked.reading, asked.exact, MOST + 1)
    whole, titled, ranked = asked.whole_title, asked.in_title, asked.ranked
    tiers: list[tuple[Tier, Callable[[], tantivy.Query]]] = [
        (Tier.ALL_IN_TITLE, lambda: filtered(ranked, titled, excluded=[whole])),
        (Tier.REST, lambda: filtered(ranked, excluded=[titled, whole])),
    ]
    if whole is not None:
        tiers.insert(0, (Tier.TITLE_IS_QUERY, lambda: filtered(ranked, whole)))
    found: list[Candidate] = []
    for tier, query in tiers:
        if (missing := MOST + 1 - len(found)) > 0:
            hits = asked.reading.searcher.search(query(), limit=missing, count=False).hits
            found += _candidates(asked.reading, hits, tier)
    return found


def _newest(reading: Reading, query: tantivy.Query, limit: int) -> list[Candidate]:
    """Up to `limit` papers of the newest list days; of the last of these days those with the first
    ids, so that the choice does not depend on how the index came about."""
    searcher = reading.searcher
    hits = searcher.search(query, limit=limit, count=False, order_by_field="day").hits
    if len(hits) < limit:
        return _candidates(reading, hits)
    days = searcher.fast_field_values("day", [address for _, address in hits])
    last = days[-1]
    certain = [hit for hit, day in zip(hits, days, strict=True) if day != last]
    of_last_day = filtered(query, on_days([int(last or 0)]))
    rest = _everything(reading, of_last_day)
    rest.sort(key=lambda one: one.id)
    return _candidates(reading, certain) + rest[: limit - len(certain)]


def _everything(reading: Reading, query: tantivy.Query) -> list[Candidate]:
    limit = max(1, reading.searcher.num_docs)
    found = reading.searcher.search(unscored(query), limit=limit, count=False)
    return _candidates(reading, found.hits)


def _candidates(reading: Reading, hits: Hits, tier: Tier = Tier.REST) -> list[Candidate]:
    addresses = [address for _, address in hits]
    days = reading.searcher.fast_field_values("day", addresses)
    return [
        Candidate(
            id=id_,
            tier=tier,
            score=score,
            list_day=date.fromordinal(int(day)) if day else None,
        )
        for (score, _), id_, day in zip(hits, reading.ids(addresses), days, strict=True)
    ]


def _count_days(asked: _Asked, ordinals: set[int]) -> dict[int, int]:
    of_days = filtered(asked.exact, on_days(ordinals))
    by_day = {"by_day": {"terms": {"field": "day", "size": len(ordinals)}}}
    counted = asked.reading.searcher.aggregate(of_days, by_day)
    return {int(one["key"]): int(one["doc_count"]) for one in counted["by_day"]["buckets"]}
