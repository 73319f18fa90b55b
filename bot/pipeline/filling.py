"""Fetches a list day by date, whole, and hands it to the pipeline.

It decides how an answer is paged through and when a surprising one is asked for again; which days
are fetched, and whether they owe anything, is its caller's decision.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.domain.announcements import list_day_of, window_of
from bot.domain.pages import Item, Page
from bot.errors import SourceGarbled

CONFIRM_AFTER = timedelta(seconds=30)
"""arXiv now and then answers with nothing at all (`reference/sources.md` 2.1)."""

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of a long answer: `read` entries (those that cannot be read among them) of `total`."""

    items: tuple[Item, ...]
    read: int
    total: int


class Archive(Protocol):
    """Where papers are asked for by when they were submitted."""

    async def submitted(self, after: datetime, until: datetime, *, start: int) -> Slice:
        """The papers of our categories submitted in [after, until], oldest first, at most 200 from
        number `start` on (from 0).  Raises SourceAway or SourceGarbled."""
        ...


async def whole_day(archive: Archive, day: date, clock: Clock) -> Page:
    """The papers that the calendar puts on a list day, as a page `archive`.

    A day that is empty twice is empty.  Raises SourceAway or SourceGarbled, ValueError for a day
    without a list.
    """
    after, until = window_of(day)
    items: dict[str, Item] = {}
    seen: set[str] = set()
    skipped = start = 0
    while True:
        part = await archive.submitted(after, until, start=start)
        if not part.read:
            await clock.sleep(CONFIRM_AFTER)
            part = await archive.submitted(after, until, start=start)
        _check(part, after, until, seen)
        for item in part.items:
            at = item.paper.submitted_at
            if at is not None and list_day_of(at) == day:
                items[item.paper.id] = replace(item, paper=replace(item.paper, list_day=day))
        start += part.read
        skipped += part.read - len(part.items)
        if start >= part.total and (part.read or not start):
            return Page(
                source="archive", items=tuple(items.values()), list_day=day, skipped=skipped
            )
        if not part.read:
            raise SourceGarbled("arXiv's answer ended before its end.")


def _check(part: Slice, after: datetime, until: datetime, seen: set[str]) -> None:
    """Refuse an answer to another question, and one that would never end."""
    if not part.items:
        return
    times = [item.paper.submitted_at for item in part.items]
    if not any(at is not None and after - _MINUTE <= at <= until + _MINUTE for at in times):
        raise SourceGarbled("arXiv answered with papers of other days.")
    ids = {item.paper.id for item in part.items}
    if ids <= seen:
        raise SourceGarbled("arXiv answered with the same papers again.")
    seen |= ids


Store = Callable[[Page], Awaitable[int]]
"""Stores a page; how many cards it owes, or papers it changed."""


class Filling:
    """Fills list days."""

    def __init__(self, archive: Archive, announce: Store, remember: Store, clock: Clock) -> None:
        self._archive = archive
        self._announce = announce
        self._remember = remember
        self._clock = clock

    async def announce(self, day: date) -> None:
        """Fill a day that was missed: what it owes goes out.  Raises SourceError."""
        await self._announce(await whole_day(self._archive, day, self._clock))

    async def remember(self, day: date) -> int:
        """Fill a day as knowledge; how many papers it has.  Raises SourceError."""
        page = await whole_day(self._archive, day, self._clock)
        await self._remember(page)
        return len(page.items)
