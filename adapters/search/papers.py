"""What the search index needs from the store of papers; wiring joins the two."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bot.domain.papers import Paper, PaperId
from bot.query.values import Changing


class IndexedPapers(Protocol):
    """Reads stored papers for the index.

    Every write of a paper, and every replacing of one id by another, gives it the next number of
    one rising sequence, so that "what changed since" is one question.
    """

    async def newest_seq(self) -> int:
        """The highest number given so far; 0 when nothing is stored."""
        ...

    async def count(self) -> int:
        """How many papers are stored."""
        ...

    async def get(self, ids: Sequence[PaperId]) -> Sequence[Paper]:
        """The papers of these ids; unknown ids are left out."""
        ...

    async def changed_since(self, seq: int, limit: int) -> Sequence[tuple[int, Paper]]:
        """The papers whose number is above `seq`, lowest first, at most `limit` of them."""
        ...

    async def replaced_since(self, seq: int) -> Mapping[PaperId, PaperId]:
        """Ids that no paper has any more since `seq` → the id that the paper has now, which is
        among `changed_since` too."""
        ...

    async def ids_where(
        self, condition: Changing, among: Collection[PaperId] | None = None
    ) -> Collection[PaperId]:
        """The ids of the papers that meet a fact that changes, as last stored; with `among` only
        those of the given ones."""
        ...

    async def upvotes(self, ids: Collection[PaperId]) -> Mapping[PaperId, int]:
        """The upvotes of those of the given papers that have any."""
        ...
