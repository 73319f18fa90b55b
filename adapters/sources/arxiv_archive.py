"""arXiv's query API as an archive: the papers of our categories by when they were submitted.

It decides how a window is asked for; which windows, and what becomes of the papers, is the
pipeline's business.  arXiv's user manual, section 5.1 (submittedDate, in GMT, to the minute).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aiohttp import ClientSession
from yarl import URL

from adapters.http import XML, Http
from adapters.sources.arxiv_gate import ArxivGate
from adapters.sources.arxiv_wire import parse_slice
from bot.pipeline.filling import Slice

AT_ONCE = 200
"""Entries asked for in one request; larger slices time out."""

_TIMEOUT = timedelta(seconds=120)
_EXPLAINED = frozenset({400})


class ArxivArchive:
    """`bot.pipeline.filling.Archive`, through the gate."""

    def __init__(
        self,
        session: ClientSession,
        gate: ArxivGate,
        *,
        api_url: str,
        categories: Sequence[str],
        timeout: timedelta = _TIMEOUT,
    ) -> None:
        self._gate = gate
        self._http = Http(session, name="arXiv", addresses=[api_url], timeout=timeout)
        self._url = URL(api_url)
        self._categories = " OR ".join(_category(name) for name in categories)

    async def submitted(self, after: datetime, until: datetime, *, start: int) -> Slice:
        """At most 200 papers, oldest first, from number `start` on.  Raises SourceAway or
        SourceGarbled."""
        window = f"submittedDate:[{_minute(after)} TO {_minute(until)}]"
        url = self._url.update_query(
            search_query=f"({self._categories}) AND {window}",
            start=str(start),
            max_results=str(AT_ONCE),
            sortBy="submittedDate",
            sortOrder="ascending",
        )
        answer = await self._gate.ask(lambda: self._http.get(url, kinds=XML, also=_EXPLAINED))
        page, total = await asyncio.to_thread(parse_slice, answer.body)
        return Slice(items=page.items, read=len(page.items) + page.skipped, total=total)


def _category(name: str) -> str:
    """A class, or an archive with all its classes: the feeds take `cs` for both."""
    return f"cat:{name}" if "." in name else f"cat:{name} OR cat:{name}.*"


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M}"
