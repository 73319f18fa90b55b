"""The starter catalogue: titles that answer before any source has been read.

Implements the `Search` and `Papers` ports by looping over `match()`, in memory, without an index:
it holds some 1,300 papers without abstracts.  Which papers they are was decided by
`scripts/make_starter.py`; when the catalogue serves is the core's decision.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import Any

from bot.domain.identity import PaperRef, aliases, paper_id
from bot.domain.papers import Paper, PaperId
from bot.ports import Found, Order
from bot.query.matching import Document, equals_title, in_title, meets, prepare
from bot.query.values import Query, Word
from bot.text.analysis import analyse
from bot.text.latex import readable

COUNTED_TO = 1_000
FILE = "starter.jsonl.gz"
_SHORT = 4
"""Letters: so short a word is near another only by one edit."""


class StarterCatalogue:
    """Some papers of every topic, as `Search` and `Papers` (see `bot.ports`)."""

    def __init__(self, papers: Iterable[Paper] | None = None) -> None:
        """`papers` are those that come with the program unless others are given."""
        chosen = packaged() if papers is None else papers
        self._papers = sorted(chosen, key=_newest_first)  # which settles every tie
        self._by_id = {paper.id: paper for paper in self._papers}
        self._by_alias = {alias: paper for paper in self._papers for alias in aliases(paper)}

    # -- Search ---------------------------------------------------------------

    async def find(
        self,
        query: Query,
        *,
        order: Order = Order.RELEVANCE,
        after: date | None = None,
        before: date | None = None,
    ) -> Found:
        found = [one for one in self._matching(query) if _is_between(one.paper, after, before)]
        if order is Order.RELEVANCE:
            found.sort(key=lambda one: _tier(query, one))
        elif order is Order.UPVOTES:
            found.sort(key=lambda one: -_upvotes(one.paper))
        return _found(one.paper for one in found)

    async def count(self, query: Query | None = None) -> int:
        """Of `Search`, with a query; of `Papers`, without one."""
        if query is None:
            return len(self._papers)
        return min(len(self._matching(query)), COUNTED_TO)

    async def count_by_day(self, query: Query, days: Sequence[date]) -> Mapping[date, int]:
        counts = Counter(one.paper.list_day for one in self._matching(query))
        return {day: counts[day] for day in days}

    async def nearest_word(self, word: str) -> tuple[str, int] | None:
        """The fewest edits first, then the most frequent word."""
        written = [token.written for token in analyse(word) if token.length == 1]
        word = "".join(written)
        most = 1 if len(word) <= _SHORT else 2
        near = [
            (edits, -count, known)
            for known, count in self._words.items()
            if 0 < (edits := _edits(word, known, most)) <= most
        ]
        if not near:
            return None
        _, _, known = min(near)
        return known, await self.count(Query(Word(text=known)))

    # -- Papers ---------------------------------------------------------------

    async def get(self, ids: Sequence[PaperId]) -> list[Paper]:
        return [self._by_id[wanted] for wanted in ids if wanted in self._by_id]

    async def resolve(self, ref: PaperRef) -> Paper | None:
        return self._by_alias.get((ref.kind, ref.value))

    async def list_days(self, limit: int) -> list[date]:
        days = {paper.list_day for paper in self._papers if paper.list_day}
        return sorted(days, reverse=True)[:limit]

    async def on_days(self, first: date, last: date, limit: int) -> Found:
        listed = [
            paper for paper in self._papers if paper.list_day and first <= paper.list_day <= last
        ]
        return _found(sorted(listed, key=lambda paper: -_upvotes(paper)), limit)

    # -- both -----------------------------------------------------------------

    @cached_property
    def _documents(self) -> tuple[Document, ...]:
        return tuple(map(prepare, self._papers))

    @cached_property
    def _words(self) -> Counter[str]:
        """The written forms of words in titles → the number of papers that have them."""
        return Counter(
            word
            for document in self._documents
            for word in {token.written for token in document.title.parts}
            if word.isalpha()
        )

    def _matching(self, query: Query) -> list[Document]:
        """Newest first."""
        return [document for document in self._documents if meets(query, document)]


def packaged() -> Iterator[Paper]:
    """The papers that come with the program."""
    packed = files("adapters.sources").joinpath(FILE).read_bytes()
    for line in gzip.decompress(packed).splitlines():
        yield _paper(json.loads(line))


def _paper(entry: dict[str, Any]) -> Paper:
    ref = PaperRef("arxiv", entry["id"])
    return Paper(
        id=paper_id(ref),
        title=readable(entry["title"]),
        authors=tuple(map(readable, entry["authors"])),
        categories=tuple(entry["categories"]),
        list_day=date.fromisoformat(entry["date"]),
        sources=frozenset({"arxiv"}),
    )


def _newest_first(paper: Paper) -> tuple[int, PaperId]:
    return (-paper.list_day.toordinal() if paper.list_day else 0, paper.id)


def _is_between(paper: Paper, after: date | None, before: date | None) -> bool:
    if paper.list_day is None:
        return after is None and before is None
    return (after is None or after <= paper.list_day) and (
        before is None or paper.list_day < before
    )


def _tier(query: Query, document: Document) -> int:
    """The tiers of DESIGN section 9."""
    if equals_title(query, document):
        return 0
    return 1 if in_title(query, document) else 2


def _upvotes(paper: Paper) -> int:
    return -1 if paper.upvotes is None else paper.upvotes


def _found(papers: Iterable[Paper], limit: int = COUNTED_TO) -> Found:
    ids = tuple(paper.id for paper in papers)
    return Found(
        ids=ids[: min(limit, COUNTED_TO)],
        total=min(len(ids), COUNTED_TO),
        exact=len(ids) <= COUNTED_TO,
    )


def _edits(one: str, other: str, most: int) -> int:
    """Letters put in, left out, changed or swapped with the next; `most` + 1 if there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, their in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != their))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == their:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
