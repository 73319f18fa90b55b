"""Asks the sources themselves when someone looks for something: Hugging Face and arXiv at once.

It decides how long a person waits, which source is not worth asking just now, and that what comes
late is stored all the same.  What matches the query is decided elsewhere (`match()`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any, TypeVar

import structlog

from adapters.sources.arxiv import ArxivApi
from adapters.sources.arxiv_gate import GateClosed
from adapters.sources.arxiv_query import search_words
from adapters.sources.huggingface import HuggingFace
from adapters.sources.quota import QuotaUsedUp
from bot.clock import Clock
from bot.domain.identity import PaperRef, merge, paper_id
from bot.domain.pages import Page
from bot.domain.papers import Paper
from bot.errors import SourceAway, SourceError, SourceGarbled
from bot.ports import LookedUp
from bot.query.values import Query

SEARCH_TIME = timedelta(seconds=2)
"""How long a search keeps a person waiting."""

PAPER_TIME = timedelta(seconds=10)
"""How long a question for one paper does; arXiv's gate alone may take 3.5 s of it."""

REMEMBERED_AWAY = timedelta(seconds=60)
ASKED_AGAIN_AFTER = timedelta(minutes=10)
"""The same search is not put to the sources again sooner; their answers change once a day."""

_MOST_REMEMBERED = 500

T = TypeVar("T")

_log = structlog.get_logger(__name__)

Remember = Callable[[Page], Awaitable[int]]
"""Stores a page as knowledge; how many papers were new."""


class _Name(StrEnum):
    HUGGING_FACE = "Hugging Face"
    ARXIV = "arXiv"


@dataclass(slots=True)
class _Stored:
    """How many papers a search has stored so far."""

    new: int = 0


class SourceLookup:
    """The `Lookup` port.  Close it (`aclose`) before the session that its clients use."""

    def __init__(
        self, *, huggingface: HuggingFace, arxiv: ArxivApi, remember: Remember, clock: Clock
    ) -> None:
        self._huggingface = huggingface
        self._arxiv = arxiv
        self._remember = remember
        self._clock = clock
        self._away_until: dict[_Name, datetime] = {}
        self._asked: dict[str, datetime] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def aclose(self) -> None:
        """Give up what is still under way, and ask nothing more."""
        self._closed = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- search ---------------------------------------------------------------

    async def search(self, query: Query) -> LookedUp:
        """As the port says: at most 2 s; what was stored until then."""
        text = str(query)
        if not self._begin(text):
            return LookedUp()
        stored = _Stored()
        requests = {
            _Name.HUGGING_FACE: lambda: self._huggingface.search(search_words(query)),
            _Name.ARXIV: lambda: self._arxiv.search(query, wait_budget=SEARCH_TIME),
        }
        tasks = {
            name: self._start(self._search(name, request, text, stored))
            for name, request in requests.items()
        }
        await self._wait(tasks.values(), SEARCH_TIME)
        self._note_slow(tasks)
        for task in tasks.values():
            if task.done() and not task.cancelled():
                task.result()  # raises what is no source's fault
        late = any(not task.done() for task in tasks.values())
        return LookedUp(stored=stored.new, under_way=late)

    async def _search(
        self, name: _Name, request: Callable[[], Awaitable[Page]], text: str, stored: _Stored
    ) -> None:
        try:
            page = await self._ask(name, request)
        except SourceError:
            self._asked.pop(text, None)
            return
        if page.items:
            stored.new += await self._remember(page)

    def _begin(self, text: str) -> bool:
        """Whether this search is due; if so, it is remembered as asked."""
        now = self._clock.now()
        asked_at = self._asked.pop(text, None)
        recent = asked_at is not None and timedelta(0) <= now - asked_at < ASKED_AGAIN_AFTER
        self._asked[text] = asked_at if recent and asked_at is not None else now
        while len(self._asked) > _MOST_REMEMBERED:
            del self._asked[next(iter(self._asked))]
        return not recent

    # -- one paper ------------------------------------------------------------

    async def paper(self, ref: PaperRef) -> Paper | None:
        """As the port says.  What one source knows is merged with what the other does; a source
        that does not answer within 2 s is not waited for when the other one has."""
        if ref.kind != "arxiv":
            return None
        tasks = {
            name: self._start(self._paper(name, ref, request))
            for name, request in (
                (_Name.ARXIV, self._from_arxiv),
                (_Name.HUGGING_FACE, self._from_huggingface),
            )
        }
        await self._wait(tasks.values(), SEARCH_TIME)
        if not _known(tasks.values()):
            rest = PAPER_TIME - SEARCH_TIME
            await self._wait(tasks.values(), rest, enough=lambda: bool(_known(tasks.values())))
            self._note_slow(tasks)
        known = _known(tasks.values())
        if known:
            return reduce(merge, known)
        # Most papers have no page at Hugging Face: only arXiv can say that there is none.
        arxiv = tasks[_Name.ARXIV]
        if not arxiv.done() or arxiv.cancelled():
            raise SourceAway("arXiv did not answer in time.")
        return arxiv.result()

    async def _paper(
        self, name: _Name, ref: PaperRef, request: Callable[[PaperRef], Awaitable[Page]]
    ) -> Paper | None:
        try:
            page = await self._ask(name, lambda: request(ref))
        except SourceGarbled as error:
            raise SourceAway(str(error)) from error
        wanted = paper_id(ref)
        items = tuple(item for item in page.items if item.paper.id == wanted)
        if not items:
            return None
        await self._remember(replace(page, items=items))
        return items[0].paper

    async def _from_arxiv(self, ref: PaperRef) -> Page:
        return await self._arxiv.papers([ref.value], wait_budget=PAPER_TIME)

    async def _from_huggingface(self, ref: PaperRef) -> Page:
        item = await self._huggingface.paper(ref.value)
        return Page(source="paper", items=() if item is None else (item,))

    # -- both -----------------------------------------------------------------

    async def _ask(self, name: _Name, request: Callable[[], Awaitable[T]]) -> T:
        """Ask a source, unless it is known to be away, and remember how that went."""
        if self._closed:
            raise SourceAway("Paperboy is stopping.")
        away_until = self._away_until.get(name)
        if away_until is not None:
            left = away_until - self._clock.now()
            if timedelta(0) < left <= REMEMBERED_AWAY:
                raise SourceAway(f"{name} could not be reached a moment ago.", retry_after=left)
        try:
            answer = await request()
        except (GateClosed, QuotaUsedUp):
            raise
        except SourceAway:
            self._note_away(name)
            raise
        self._away_until.pop(name, None)
        return answer

    def _note_away(self, name: _Name) -> None:
        self._away_until[name] = self._clock.now() + REMEMBERED_AWAY

    def _note_slow(self, tasks: Mapping[_Name, asyncio.Task[Any]]) -> None:
        """A source that kept a person waiting is not asked again at once; its answer, when it
        comes, makes up for it."""
        for name, task in tasks.items():
            if not task.done():
                self._note_away(name)

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task that lives on when its caller no longer waits."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)
        return task

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, SourceError):
            _log.error("lookup.failed", error=str(error), kind=type(error).__name__)

    async def _wait(
        self,
        tasks: Iterable[asyncio.Task[Any]],
        limit: timedelta,
        enough: Callable[[], bool] = lambda: False,
    ) -> None:
        """Until all tasks are done, or it is enough, or the time is up."""
        timer = asyncio.ensure_future(self._clock.sleep(limit))
        pending = {task for task in tasks if not task.done()}
        try:
            while pending and not timer.done() and not enough():
                done, _ = await asyncio.wait({*pending, timer}, return_when=asyncio.FIRST_COMPLETED)
                pending -= done
        finally:
            timer.cancel()


def _known(tasks: Iterable[asyncio.Task[Paper | None]]) -> list[Paper]:
    """The papers that have arrived, arXiv's first."""
    done = [task for task in tasks if task.done() and not task.cancelled()]
    answers = [task.result() for task in done if task.exception() is None]
    return [paper for paper in answers if paper is not None]
