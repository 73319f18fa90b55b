"""Asking the sources themselves: within a person's patience, and never twice for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiohttp import web
from sources_world import GateNotes, StandingClock, World, recording

from adapters.sources.arxiv import ArxivApi
from adapters.sources.arxiv_gate import ArxivGate
from adapters.sources.huggingface import HuggingFace
from adapters.sources.lookup import SourceLookup
from bot.domain.identity import PaperRef
from bot.domain.pages import Page
from bot.errors import SourceAway, StoreError
from bot.ports import LookedUp, Lookup
from bot.query.values import Category, Query, Word

KITES = Query(Word(text="kites"))
SECOND = timedelta(seconds=1)
LANTERNS = PaperRef("arxiv", "2606.90002")


class Sources:
    """Both sources on one server; each may be held back, or answer a status instead."""

    def __init__(self, world: World) -> None:
        self.asked: list[str] = []
        self.status: dict[str, int] = {}
        self.held: dict[str, asyncio.Event] = {}
        self.bodies = {
            "arxiv": recording("arxiv_api.atom.xml"),
            "search": recording("hf_search.json"),
            "paper": recording("hf_paper.json"),
        }
        world.answer = self.answer

    async def answer(self, request: web.Request) -> web.StreamResponse:
        paths = {"/api/query": "arxiv", "/api/papers/search": "search"}
        name = paths.get(request.path, "paper")
        self.asked.append(name)
        if name in self.held:
            await self.held[name].wait()
        kind = "application/atom+xml" if name == "arxiv" else "application/json"
        return web.Response(
            status=self.status.get(name, 200), body=self.bodies[name], content_type=kind
        )


class Shelf:
    """Remembers pages as the core would."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.changed = asyncio.Event()
        self.failure: Exception | None = None

    async def remember(self, page: Page) -> int:
        if self.failure is not None:
            raise self.failure
        known = set(self.ids)
        self.pages.append(page)
        self.changed.set()
        return len({item.paper.id for item in page.items} - known)

    @property
    def ids(self) -> list[str]:
        return sorted({item.paper.id for page in self.pages for item in page.items})


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def sources(world: World) -> Sources:
    return Sources(world)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def lookup(world: World, clock, shelf, sources) -> AsyncIterator[SourceLookup]:
    one = SourceLookup(
        huggingface=HuggingFace(world.session, hf_url=world.url, clock=clock),
        arxiv=ArxivApi(
            world.session, ArxivGate(clock, GateNotes()), api_url=world.url + "/api/query"
        ),
        remember=shelf.remember,
        clock=clock,
    )
    yield one
    for held in sources.held.values():
        held.set()
    await one.aclose()


async def until(true: Callable[[], bool]) -> None:
    """Let loopback do its work."""
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.001)


# -- search -------------------------------------------------------------------


async def test_both_sources_are_asked_and_stored(lookup, sources, shelf):
    port: Lookup = lookup
    assert (await port.search(KITES)).stored == 3
    assert sorted(sources.asked) == ["arxiv", "search"]
    assert shelf.ids == ["arxiv:2006.90031", "arxiv:2606.90002", "arxiv:math/0312999"]
    assert {page.source for page in shelf.pages} == {"search"}


async def test_a_search_that_was_just_made_is_not_made_again(lookup, sources, clock):
    await lookup.search(KITES)
    assert (await lookup.search(KITES)).stored == 0
    assert len(sources.asked) == 2
    clock.advance(10 * 60 * SECOND)
    await lookup.search(KITES)
    assert len(sources.asked) == 4


async def test_what_no_source_can_be_asked_is_not_asked_of_it(lookup, sources):
    await lookup.search(Query(Category(pattern="cs.CV")))
    assert sources.asked == ["arxiv"]


async def test_an_empty_answer_stores_nothing(lookup, sources, shelf):
    sources.bodies["search"] = b"[]"
    sources.bodies["arxiv"] = b"<feed/>"
    assert (await lookup.search(KITES)).stored == 0
    assert shelf.pages == []


async def test_a_source_that_is_away_is_not_raised_and_left_alone_for_a_minute(
    lookup, sources, clock
):
    sources.status = {"search": 503, "arxiv": 503}
    assert (await lookup.search(KITES)).stored == 0
    assert len(sources.asked) == 2
    sources.status = {}
    clock.advance(59 * SECOND)
    assert (await lookup.search(KITES)).stored == 0
    assert len(sources.asked) == 2
    clock.advance(SECOND)
    assert (await lookup.search(KITES)).stored == 3
    assert len(sources.asked) == 4


async def test_garbled_answers_are_not_raised(lookup, sources, shelf):
    sources.bodies = dict.fromkeys(sources.bodies, b"<html>")
    assert (await lookup.search(KITES)).stored == 0
    assert shelf.pages == []


async def test_one_source_may_be_away(lookup, sources):
    sources.status = {"search": 503}
    assert (await lookup.search(KITES)).stored == 2


async def test_a_refusal_by_arxiv_is_not_raised(lookup, sources):
    sources.status = {"arxiv": 429}
    assert (await lookup.search(KITES)).stored == 1
    assert (await lookup.search(Query(Word(text="glass")))).stored == 0
    assert sources.asked.count("arxiv") == 1


async def test_a_busy_gate_does_not_make_arxiv_count_as_away(lookup, sources, clock):
    await lookup.search(KITES)
    await lookup.search(Query(Word(text="glass")))
    assert sources.asked.count("arxiv") == 1
    clock.advance(3.5 * SECOND)
    await lookup.search(Query(Word(text="rope")))
    assert sources.asked.count("arxiv") == 2


async def test_a_slow_source_is_waited_for_two_seconds_and_stored_late(
    lookup, sources, shelf, clock
):
    sources.held["search"] = asyncio.Event()
    task = asyncio.ensure_future(lookup.search(KITES))
    await until(lambda: len(sources.asked) == 2 and len(shelf.pages) == 1)
    clock.advance(1.9 * SECOND)
    await asyncio.sleep(0.01)
    assert not task.done()
    clock.advance(0.1 * SECOND)
    assert await task == LookedUp(stored=2, under_way=True)
    assert len(shelf.ids) == 2
    # Nobody waits for it again while it is that slow.
    clock.advance(3.5 * SECOND)
    assert (await lookup.search(Query(Word(text="glass")))).stored == 0
    assert sources.asked.count("search") == 1
    sources.held["search"].set()
    await until(lambda: len(shelf.ids) == 3)
    # Its late answer shows that it is there.
    await lookup.search(Query(Word(text="rope")))
    assert sources.asked.count("search") == 2


async def test_a_search_that_is_given_up_by_its_caller_is_stored_all_the_same(
    lookup, sources, shelf
):
    sources.held["search"] = asyncio.Event()
    task = asyncio.ensure_future(lookup.search(KITES))
    await until(lambda: len(sources.asked) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    sources.held["search"].set()
    await until(lambda: len(shelf.ids) == 3)


async def test_closing_gives_up_what_is_under_way(lookup, sources, shelf):
    sources.held["search"] = asyncio.Event()
    task = asyncio.ensure_future(lookup.search(KITES))
    await until(lambda: len(sources.asked) == 2)
    await lookup.aclose()
    await task
    assert lookup._tasks == set()
    assert "arxiv:2006.90031" not in shelf.ids


async def test_a_store_that_fails_is_told(lookup, shelf):
    shelf.failure = StoreError("the disk is full")
    with pytest.raises(StoreError, match="disk"):
        await lookup.search(KITES)


async def test_only_so_many_searches_are_remembered(lookup, sources):
    sources.status = {"search": 200, "arxiv": 200}
    for number in range(600):
        assert lookup._begin(f"q{number}")
    assert len(lookup._asked) == 500
    assert not lookup._begin("q599")
    assert lookup._begin("q0")


# -- one paper ----------------------------------------------------------------


async def test_a_paper_is_what_both_sources_know(lookup, sources, shelf):
    sources.bodies["arxiv"] = recording("arxiv_api.atom.xml")
    paper = await lookup.paper(LANTERNS)
    assert paper is not None
    assert paper.id == "arxiv:2606.90002"
    assert paper.sources == {"arxiv", "huggingface"}
    assert (paper.abstract, paper.version, paper.upvotes, paper.stars) == (
        "Lanterns drift for a while. Then they sink.",
        2,
        7,
        12,
    )
    assert sorted(sources.asked) == ["arxiv", "paper"]
    assert {page.source for page in shelf.pages} == {"paper"}
    assert shelf.ids == [paper.id]


async def test_a_paper_without_a_page_at_hugging_face(lookup, sources):
    sources.status = {"paper": 404}
    paper = await lookup.paper(LANTERNS)
    assert paper is not None
    assert paper.sources == {"arxiv"}


async def test_a_paper_that_no_source_knows(lookup, sources, shelf):
    sources.status = {"paper": 404}
    sources.bodies["arxiv"] = b"<feed/>"
    assert await lookup.paper(LANTERNS) is None
    assert shelf.pages == []


async def test_arxiv_alone_can_say_that_there_is_none(lookup, sources, clock):
    sources.status = {"paper": 404, "arxiv": 503}
    with pytest.raises(SourceAway, match="arXiv is out of order"):
        await lookup.paper(LANTERNS)
    clock.advance(60 * SECOND)
    sources.status = {"paper": 503}
    sources.bodies["arxiv"] = b"<feed/>"
    assert await lookup.paper(LANTERNS) is None


async def test_one_source_is_enough(lookup, sources):
    sources.status = {"arxiv": 503}
    paper = await lookup.paper(LANTERNS)
    assert paper is not None
    assert paper.sources == {"huggingface"}


async def test_no_source_at_all(lookup, sources):
    sources.status = {"paper": 503, "arxiv": 503}
    with pytest.raises(SourceAway):
        await lookup.paper(LANTERNS)
    with pytest.raises(SourceAway, match="a moment ago"):
        await lookup.paper(LANTERNS)
    assert len(sources.asked) == 2


async def test_a_garbled_answer_is_a_source_that_could_not_be_asked(lookup, sources):
    sources.bodies = dict.fromkeys(sources.bodies, b"<html>")
    with pytest.raises(SourceAway, match="broken or cut-off"):
        await lookup.paper(LANTERNS)


async def test_another_paper_than_the_one_asked_for_is_not_taken(lookup, sources, shelf):
    assert await lookup.paper(PaperRef("arxiv", "2606.90009")) is None
    assert shelf.pages == []


async def test_other_references_are_not_asked(lookup, sources):
    assert await lookup.paper(PaperRef("doi", "10.5555/x")) is None
    assert sources.asked == []


async def test_when_one_source_knows_the_other_is_waited_for_two_seconds(
    lookup, sources, shelf, clock
):
    sources.held["arxiv"] = asyncio.Event()
    task = asyncio.ensure_future(lookup.paper(LANTERNS))
    await until(lambda: len(shelf.pages) == 1)
    clock.advance(1.9 * SECOND)
    await asyncio.sleep(0.01)
    assert not task.done()
    clock.advance(0.1 * SECOND)
    paper = await task
    assert paper is not None
    assert paper.sources == {"huggingface"}
    sources.held["arxiv"].set()
    await until(lambda: len(shelf.pages) == 2)


async def test_while_no_source_knows_the_gate_is_waited_for(lookup, sources, shelf, clock):
    sources.status = {"paper": 404}
    await lookup.search(KITES)
    task = asyncio.ensure_future(lookup.paper(LANTERNS))
    await until(lambda: "paper" in sources.asked)
    for _ in range(4):
        await asyncio.sleep(0.01)
        assert sources.asked.count("arxiv") == 1
        clock.advance(0.875 * SECOND)
    paper = await task
    assert paper is not None
    assert paper.sources == {"arxiv"}


async def test_the_first_source_that_knows_late_is_enough(lookup, sources, clock):
    sources.held = {"arxiv": asyncio.Event(), "paper": asyncio.Event()}
    task = asyncio.ensure_future(lookup.paper(LANTERNS))
    await until(lambda: len(sources.asked) == 2)
    clock.advance(3 * SECOND)
    await asyncio.sleep(0.01)
    sources.held["arxiv"].set()
    async with asyncio.timeout(10):
        paper = await task
    assert paper is not None
    assert paper.sources == {"arxiv"}


async def test_in_the_end_nobody_is_waited_for(lookup, sources, clock):
    sources.held = {"arxiv": asyncio.Event(), "paper": asyncio.Event()}
    task = asyncio.ensure_future(lookup.paper(LANTERNS))
    await until(lambda: len(sources.asked) == 2)
    clock.advance(2 * SECOND)
    await asyncio.sleep(0.01)
    clock.advance(7.9 * SECOND)
    await asyncio.sleep(0.01)
    assert not task.done()
    clock.advance(0.1 * SECOND)
    with pytest.raises(SourceAway, match="in time"):
        await task
