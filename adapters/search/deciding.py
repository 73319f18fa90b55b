"""Settles the terms of a query that the index cannot decide: facts by asking the store, names and
very ambiguous phrases by `match()` on the few papers that may meet them.

What comes back lets `compile` say exactly which papers meet the query.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import tantivy

from adapters.search.clauses import any_of, every, unscored, with_ids
from adapters.search.compile import Compiler, excluded_leaves
from adapters.search.entries import JOINED
from adapters.search.nomination import Open
from adapters.search.papers import IndexedPapers
from adapters.search.terms import indexed
from bot.domain.papers import Paper, PaperId
from bot.query.matching import meets, prepare
from bot.query.values import Changing, Leaf, Query, changing, leaves

FEW = 2_000
"""Up to so many papers the store is asked about them alone, instead of for all that meet a fact."""

AT_ONCE = 1_000


class Reading:
    """One query over one state of the index."""

    def __init__(self, searcher: tantivy.Searcher, papers: IndexedPapers, query: Query) -> None:
        self.searcher = searcher
        self._papers = papers
        self._query = query
        self._decided: dict[Leaf, tantivy.Query] = {}

    async def compiler(self) -> Compiler:
        """What compiles the query; all its terms are decided."""
        asked = dict.fromkeys(changing(self._query))
        open_leaves = await asyncio.to_thread(self._open_leaves)
        for leaf, found, maybe in open_leaves:
            decided = with_ids(await self._matching(leaf, maybe))
            self._decided[leaf] = any_of([found.sure, decided])
        if asked:
            among: Collection[PaperId] | None = await asyncio.to_thread(self._few, asked)
            for condition in asked:
                met = await self._papers.ids_where(condition, among)
                self._decided[condition] = with_ids(met)
        return self._compiler()

    def ids(self, found: Iterable[tantivy.DocAddress]) -> list[PaperId]:
        """The ids of papers in the index."""
        return [PaperId(self.searcher.doc(one)["id"][0]) for one in found]

    def all_ids(self, query: tantivy.Query) -> list[PaperId]:
        """The ids of all papers that a query finds, in no order."""
        limit = max(1, self.searcher.num_docs)
        found = self.searcher.search(unscored(query), limit=limit, count=False)
        return self.ids(address for _, address in found.hits)

    def _compiler(self) -> Compiler:
        return Compiler(self._lengths, self._decided)

    def _lengths(self, field: str, word: str) -> list[int]:
        known = self.searcher.terms_with_prefix(field, word + JOINED)
        return [int(term.rpartition(JOINED)[2]) for term, _ in known]

    def _open_leaves(self) -> list[tuple[Leaf, Open, list[PaperId]]]:
        found: list[tuple[Leaf, Open, list[PaperId]]] = []
        for leaf in dict.fromkeys(leaves(self._query.root)):
            if isinstance(leaf, Changing):
                continue
            answer = indexed(leaf, self._lengths)
            if isinstance(answer, Open):
                found.append((leaf, answer, self.all_ids(answer.maybe)))
        return found

    async def _matching(self, leaf: Leaf, ids: list[PaperId]) -> list[PaperId]:
        met: list[PaperId] = []
        query = Query(leaf)
        for start in range(0, len(ids), AT_ONCE):
            papers = await self._papers.get(ids[start : start + AT_ONCE])
            met += await asyncio.to_thread(_meeting, query, papers)
        return met

    def _few(self, asked: Collection[Changing]) -> list[PaperId] | None:
        """The papers that would match if all of them met the facts; None where these are many, or
        where a fact is left out (only a tree made by hand says that)."""
        if set(asked) & set(excluded_leaves(self._query)):
            return None
        anyhow = dict(self._decided)
        anyhow.update(dict.fromkeys(asked, every()))
        nominated = Compiler(self._lengths, anyhow).exact(self._query.root)
        if count(self.searcher, nominated) > FEW:
            return None
        return self.all_ids(nominated)


def count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """How many papers a query finds."""
    result: Any = searcher.search(query, limit=1, count=True)  # the stub lacks `count`
    return int(result.count)


def _meeting(query: Query, papers: Sequence[Paper]) -> list[PaperId]:
    return [paper.id for paper in papers if meets(query, prepare(paper))]
