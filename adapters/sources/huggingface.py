"""Hugging Face Papers over the network: its two lists as sources, search and one paper for lookups.

It decides which addresses are asked and how far lists are read; what the answers mean is
`huggingface_wire`'s business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from aiohttp import ClientSession
from yarl import URL

from adapters.http import JSON, Answer, Http
from adapters.sources.huggingface_wire import Listed, content_hash, parse_list, parse_paper
from adapters.sources.quota import Quota
from bot.clock import Clock
from bot.domain.pages import Item, Page, Unchanged
from bot.domain.papers import PaperId

PAGE = 100
"""Entries asked for at once; the most that the lists give."""

MOST_PAGES = 10
"""Pages of one day's list that are read; a whole month had under 900 entries."""

TRENDING = 50
FOUND = 50

LONGEST_SEARCH = 250
"""Characters; a longer search is refused."""

EARLIER_DAYS = 2
"""List days before the newest one that are read again: lists fill during the day, votes grow."""

_LONGEST_GAP = 7  # days without a list that are passed over, Saturdays and Sundays among them
_TIMEOUT = timedelta(seconds=60)
_DAY = timedelta(days=1)
_SATURDAY = 5
_NOT_FOUND = 404


class HuggingFace:
    """The papers API.  A token only lifts limits (500 requests in 5 minutes to 1,000).  When they
    are used up, the lists wait and a lookup is SourceAway at once."""

    def __init__(
        self,
        session: ClientSession,
        *,
        hf_url: str,
        clock: Clock,
        token: str | None = None,
        timeout: timedelta = _TIMEOUT,
    ) -> None:
        self._http = Http(
            session,
            name="Hugging Face",
            addresses=[hf_url],
            headers={"Authorization": f"Bearer {token}"} if token else None,
            key_setting="HF_TOKEN" if token else None,
            timeout=timeout,
        )
        self._quota = Quota(clock)
        self._api = URL(hf_url.rstrip("/")) / "api"

    async def newest(self) -> Listed:
        """The newest Daily list.  Raises SourceAway or SourceGarbled."""
        first = await self._list("daily_papers", {"limit": str(PAGE)}, lists="daily")
        if first.length < PAGE or first.newest_day is None:
            return first
        # Further pages are asked for by date, so that they cannot run on into earlier lists.
        return await self.daily(first.newest_day)

    async def daily(self, day: date) -> Listed:
        """The Daily list of a day, all its pages.  A day without a list is empty; a day after the
        newest is SourceGarbled.  Raises SourceAway or SourceGarbled."""
        query = {"limit": str(PAGE), "date": day.isoformat()}
        pages: list[Listed] = []
        for number in range(MOST_PAGES):
            page = await self._list("daily_papers", query | {"p": str(number)}, lists="daily")
            pages.append(page)
            if page.length < PAGE:
                break
        return _joined(pages)

    async def trending(self) -> Listed:
        """What trends now.  Raises SourceAway or SourceGarbled."""
        query = {"sort": "trending", "limit": str(TRENDING)}
        return await self._list("daily_papers", query, lists="trending")

    async def search(self, text: str) -> Page:
        """Papers by relevance as a page `search`.  Raises SourceAway or SourceGarbled."""
        text = text[:LONGEST_SEARCH].strip()
        if not text:
            return Page(source="search", items=())
        query = {"q": text, "limit": str(FOUND)}
        found = await self._list("papers/search", query, patient=False)
        return Page(source="search", items=found.items, skipped=found.skipped)

    async def paper(self, paper: str) -> Item | None:
        """One paper by its versionless arXiv id, or None where there is no page of it (as for
        most).  Raises SourceAway or SourceGarbled."""
        answer = await self._get(f"papers/{paper}", {}, also={_NOT_FOUND}, patient=False)
        if answer.status == _NOT_FOUND:
            return None
        return await asyncio.to_thread(parse_paper, answer.body)

    async def _list(
        self,
        path: str,
        query: Mapping[str, str],
        *,
        lists: str | None = None,
        patient: bool = True,
    ) -> Listed:
        answer = await self._get(path, query, patient=patient)
        named = frozenset({lists} if lists else ())
        return await asyncio.to_thread(parse_list, answer.body, lists=named)

    async def _get(
        self, path: str, query: Mapping[str, str], *, patient: bool, also: Iterable[int] = ()
    ) -> Answer:
        url = (self._api / path).with_query(query)
        return await self._quota.ask(
            lambda: self._http.get(url, kinds=JSON, also=frozenset(also)), patient=patient
        )


class DailyList:
    """The `Source` of papers on the Daily list: the newest list and the two before it."""

    name = "daily"

    def __init__(self, huggingface: HuggingFace) -> None:
        self._huggingface = huggingface

    async def fetch(self, cursor: str | None) -> Page | Unchanged:
        """The lists as they are now, or Unchanged.  Raises SourceAway or SourceGarbled."""
        newest = await self._huggingface.newest()
        lists = [newest]
        day = newest.newest_day
        if day is not None:
            lists += await self._earlier(day)
        return _page(self.name, _joined(lists), day, cursor)

    async def _earlier(self, newest: date) -> list[Listed]:
        """The two list days before `newest`: weekends have no list, holidays have an empty one."""
        lists: list[Listed] = []
        for back in range(1, _LONGEST_GAP + 1):
            day = newest - back * _DAY
            if day.weekday() >= _SATURDAY:
                continue
            found = await self._huggingface.daily(day)
            if found.length:
                lists.append(found)
            if len(lists) == EARLIER_DAYS:
                break
        return lists


class TrendingList:
    """The `Source` of papers that trend."""

    name = "trending"

    def __init__(self, huggingface: HuggingFace) -> None:
        self._huggingface = huggingface

    async def fetch(self, cursor: str | None) -> Page | Unchanged:
        """The list as it is now, or Unchanged.  Raises SourceAway or SourceGarbled."""
        return _page(self.name, await self._huggingface.trending(), None, cursor)


def _joined(lists: Iterable[Listed]) -> Listed:
    """Several answers as one: a paper that stands in two is the first one's."""
    items: dict[PaperId, Item] = {}
    length = skipped = 0
    days: list[date] = []
    for one in lists:
        length += one.length
        skipped += one.skipped
        days.extend([one.newest_day] if one.newest_day else [])
        for item in one.items:
            items.setdefault(item.paper.id, item)
    return Listed(
        items=tuple(items.values()),
        length=length,
        skipped=skipped,
        newest_day=max(days, default=None),
    )


def _page(name: str, listed: Listed, day: date | None, cursor: str | None) -> Page | Unchanged:
    """The list as a page whose cursor is the hash of what we read of it."""
    new = content_hash(listed.items, day)
    if new == cursor:
        return Unchanged(name, cursor)
    return Page(source=name, items=listed.items, list_day=day, cursor=new, skipped=listed.skipped)
