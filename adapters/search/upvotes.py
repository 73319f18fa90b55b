"""Knows how many upvotes papers have, for ranking only: asked of the store once, then kept up with.

Whether a paper meets `upvotes>=10` is the store's to say, at the time of the question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from adapters.search.papers import IndexedPapers
from bot.domain.papers import Paper, PaperId
from bot.query.values import Count, Number

UPVOTED = Number(count=Count.UPVOTES, least=1)


class Upvotes:
    """The upvotes of those papers that have any, as of the last refresh."""

    def __init__(self, papers: IndexedPapers) -> None:
        self._papers = papers
        self._known: dict[PaperId, int] | None = None
        self._one_reader = asyncio.Lock()

    async def known(self) -> Mapping[PaperId, int]:
        """By paper."""
        async with self._one_reader:
            if self._known is None:
                ids = await self._papers.ids_where(UPVOTED)
                self._known = dict(await self._papers.upvotes(ids))
            return self._known

    def take(self, papers: Iterable[Paper]) -> None:
        """Take in papers as they are now."""
        if self._known is None:
            return
        for paper in papers:
            if paper.upvotes:
                self._known[paper.id] = paper.upvotes
            else:
                self._known.pop(paper.id, None)

    def forget(self) -> None:
        """Ask the store again when it is next needed."""
        self._known = None
