"""arXiv over the network: the daily feed as a source, and the query API for lookups.

It decides which addresses are asked for what, always through the gate; what the answers mean is
`arxiv_wire`'s business, and how a query is put to arXiv `arxiv_query`'s.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from aiohttp import ClientSession
from yarl import URL

from adapters.http import XML, Http
from adapters.sources.arxiv_gate import ArxivGate
from adapters.sources.arxiv_query import search_query
from adapters.sources.arxiv_wire import parse_answer, parse_feed
from bot.domain.pages import Page, Unchanged
from bot.errors import SourceGarbled
from bot.query.values import Query

FOUND = 50
"""Papers asked for by a search; large slices time out."""

MOST_IDS = 100

_TIMEOUT = timedelta(seconds=120)
_HASH = "sha256:"
_NOT_MODIFIED = 304
# An unknown id in the right form is no error; a query in the wrong form is answered 400 with an
# Atom feed that says why (it used to be 200).
_EXPLAINED = frozenset({400, 404, 414, 422})


class ArxivFeed:
    """The `Source` of new papers: one request for all categories together.

    The cursor is the feed's ETag; without one, its body's hash.
    """

    name = "arxiv"

    def __init__(
        self,
        session: ClientSession,
        gate: ArxivGate,
        *,
        feed_url: str,
        categories: Sequence[str],
        timeout: timedelta = _TIMEOUT,
    ) -> None:
        self._gate = gate
        self._http = Http(session, name="arXiv", addresses=[feed_url], timeout=timeout)
        self._url = URL(feed_url.rstrip("/")) / "rss" / "+".join(categories)

    async def fetch(self, cursor: str | None) -> Page | Unchanged:
        """The newest feed, or Unchanged.  Raises SourceAway or SourceGarbled."""
        tagged = cursor is not None and not cursor.startswith(_HASH)
        headers = {"If-None-Match": cursor} if cursor is not None and tagged else {}
        answer = await self._gate.ask(lambda: self._http.get(self._url, kinds=XML, headers=headers))
        if answer.status == _NOT_MODIFIED:
            return Unchanged(self.name, cursor)
        new = answer.headers.get("ETag") or _HASH + hashlib.sha256(answer.body).hexdigest()
        if new == cursor:
            return Unchanged(self.name, cursor)
        page = await asyncio.to_thread(parse_feed, answer.body)
        return replace(page, cursor=new)


class ArxivApi:
    """The query API.  `wait_budget` bounds the time spent waiting for the gate."""

    def __init__(
        self,
        session: ClientSession,
        gate: ArxivGate,
        *,
        api_url: str,
        timeout: timedelta = _TIMEOUT,
    ) -> None:
        self._gate = gate
        self._http = Http(session, name="arXiv", addresses=[api_url], timeout=timeout)
        self._url = URL(api_url)

    async def search(self, query: Query, *, wait_budget: timedelta | None = None) -> Page:
        """The newest papers that may match the query; a page `search`, empty when the query has
        nothing that arXiv can be asked for.  Raises SourceAway or SourceGarbled."""
        text = search_query(query)
        if text is None:
            return Page(source="search", items=())
        order = {"sortBy": "submittedDate", "sortOrder": "descending"}
        return await self._ask(
            {"search_query": text, "max_results": str(FOUND), **order}, "search", wait_budget
        )

    async def papers(self, ids: Sequence[str], *, wait_budget: timedelta | None = None) -> Page:
        """The papers of at most 100 well-formed arXiv ids (`2606.01234`, `hep-th/9901001`), as a
        page `paper`; unknown ids are missing from it.  Raises SourceAway or SourceGarbled."""
        if not ids:
            return Page(source="paper", items=())
        if len(ids) > MOST_IDS:
            raise ValueError(f"{len(ids)} ids in one request; at most {MOST_IDS}")
        # max_results is 10 unless told.
        asked = {"id_list": ",".join(ids), "max_results": str(len(ids))}
        return await self._ask(asked, "paper", wait_budget)

    async def _ask(self, query: dict[str, str], source: str, wait_budget: timedelta | None) -> Page:
        url = self._url.update_query(query)
        answer = await self._gate.ask(
            lambda: self._http.get(url, kinds=XML, also=_EXPLAINED), wait_budget=wait_budget
        )
        page = Page(source=source, items=())
        if answer.body:
            page = await asyncio.to_thread(parse_answer, answer.body, source=source)
        if answer.status in _EXPLAINED:
            raise SourceGarbled(f"arXiv does not understand the request ({answer.status}).")
        return page
