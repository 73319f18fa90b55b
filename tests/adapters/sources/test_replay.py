"""The clients against the replayed arXiv and Hugging Face of June 2026, with their faults."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from sources_world import SHARED, GateNotes, PassingClock

from adapters.http import open_session
from adapters.sources.arxiv import ArxivApi, ArxivFeed
from adapters.sources.arxiv_gate import ArxivGate
from adapters.sources.huggingface import DailyList, HuggingFace, TrendingList
from adapters.sources.lookup import SourceLookup
from bot.clock import SystemClock
from bot.domain.identity import PaperRef
from bot.domain.pages import AnnounceType, Page, Unchanged
from bot.errors import SourceAway, SourceGarbled
from bot.query.values import Query, Word

SERVE = SHARED / "replay/serve.py"
FRIDAY = date(2026, 6, 12)
CATEGORIES = ["cs.AI", "cs.CL", "cs.CV", "cs.GR", "cs.LG", "cs.RO", "stat.ML"]

pytestmark = [
    pytest.mark.skipif(not SERVE.exists(), reason="needs ../shared: the replay server"),
    # The replay server's own way of keeping a request's fault.
    pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning"),
]


@dataclass
class Replay:
    server: TestServer
    session: ClientSession
    clock: PassingClock
    gate: ArxivGate

    @property
    def url(self) -> str:
        return str(self.server.make_url("/")).rstrip("/")

    @property
    def feed(self) -> ArxivFeed:
        return ArxivFeed(
            self.session,
            self.gate,
            feed_url=self.url,
            categories=CATEGORIES,
            timeout=timedelta(milliseconds=600),
        )

    @property
    def api(self) -> ArxivApi:
        return ArxivApi(self.session, self.gate, api_url=self.url + "/api/query")

    @property
    def huggingface(self) -> HuggingFace:
        return HuggingFace(self.session, hf_url=self.url, clock=self.clock)

    async def control(self, what: str, **body: Any) -> None:
        async with self.session.post(f"{self.url}/_{what}", json=body) as answer:
            assert answer.status == 200


@pytest.fixture(scope="module")
def served() -> ModuleType:
    spec = importlib.util.spec_from_file_location("replay_serve", SERVE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    corpus = module.Corpus()
    module.Corpus = lambda: corpus  # read once for all tests
    return module


@pytest.fixture
async def replay(served: ModuleType) -> AsyncIterator[Replay]:
    clock = PassingClock()
    async with TestServer(served.make_app(FRIDAY)) as server, open_session() as session:
        yield Replay(server, session, clock, ArxivGate(clock, GateNotes()))


async def test_a_day_of_the_feed(replay):
    page = await replay.feed.fetch(None)
    assert isinstance(page, Page)
    assert (page.list_day, page.skipped) == (FRIDAY, 0)
    assert len(page.items) > 250
    kinds = {item.announce for item in page.items}
    assert kinds == set(AnnounceType)
    assert all(item.paper.authors and item.paper.abstract for item in page.items)
    assert len({item.paper.id for item in page.items}) == len(page.items)
    assert await replay.feed.fetch(page.cursor) == Unchanged("arxiv", page.cursor)
    await replay.control("clock", date="2026-06-15")
    monday = await replay.feed.fetch(page.cursor)
    assert isinstance(monday, Page)
    assert monday.list_day == date(2026, 6, 15)


async def test_a_weekend_has_an_empty_feed(replay):
    await replay.control("clock", date="2026-06-13")
    page = await replay.feed.fetch(None)
    assert isinstance(page, Page)
    assert page.list_day == date(2026, 6, 13)
    assert all(item.announce in {"replace", "replace-cross"} for item in page.items)


async def test_a_stale_feed_says_which_day_it_is_of(replay):
    await replay.control("fault", path="/rss", stale=1)
    page = await replay.feed.fetch(None)
    assert isinstance(page, Page)
    assert page.list_day == date(2026, 6, 11)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 503}, SourceAway),
        ({"status": 429, "body": "Rate exceeded."}, SourceAway),
        ({"drop": True}, SourceAway),
        ({"html": True}, SourceGarbled),
        ({"truncate": 5000}, SourceGarbled),
        ({"truncate": 0}, SourceGarbled),
        ({"delay": 1}, SourceAway),
    ],
    ids=str,
)
async def test_faults_of_the_feed(replay, fault, error):
    # aiohttp asks once more by itself where a connection that it kept open was dropped.
    await replay.control("fault", path="/rss", times=2 if "drop" in fault else 1, **fault)
    with pytest.raises(error):
        await replay.feed.fetch(None)
    replay.clock.time += timedelta(minutes=10)
    assert isinstance(await replay.feed.fetch(None), Page)


async def test_the_api(replay):
    page = await replay.api.search(Query(Word(text="splatting")))
    assert len(page.items) > 5
    assert page.skipped == 0
    words = [f"{i.paper.title} {i.paper.abstract}".casefold() for i in page.items]
    assert all("splatting" in text for text in words)
    ids = [item.paper.id.removeprefix("arxiv:") for item in page.items[:3]]
    papers = await replay.api.papers([*ids, "2606.99999"])
    assert [item.paper.id.removeprefix("arxiv:") for item in papers.items] == ids
    with pytest.raises(SourceGarbled, match="incorrect id format for lantern"):
        await replay.api.papers(["lantern"])


async def test_the_daily_list(replay):
    source = DailyList(replay.huggingface)
    page = await source.fetch(None)
    assert isinstance(page, Page)
    assert (page.list_day, page.skipped) == (FRIDAY, 0)
    # One of Friday's papers stands on Thursday's list, too.
    assert len(page.items) == 30 + 40 + 40 - 1
    assert await source.fetch(page.cursor) == Unchanged("daily", page.cursor)
    await replay.control("clock", date="2026-06-15")
    monday = await source.fetch(page.cursor)
    assert isinstance(monday, Page)
    assert monday.list_day == date(2026, 6, 15)
    friday = {item.paper.id for item in page.items[:30]}
    assert friday <= {item.paper.id for item in monday.items}


async def test_trending(replay):
    page = await TrendingList(replay.huggingface).fetch(None)
    assert isinstance(page, Page)
    assert len(page.items) == 50
    assert all(item.paper.stars for item in page.items)


async def test_a_lookup(replay):
    stored: list[Page] = []

    async def remember(page: Page) -> int:
        stored.append(page)
        return len(page.items)

    lookup = SourceLookup(
        huggingface=replay.huggingface,
        arxiv=replay.api,
        remember=remember,
        clock=SystemClock(),
    )
    assert (await lookup.search(Query(Word(text="splatting")))).stored > 10
    assert len(stored) == 2
    some = stored[0].items[0].paper.id.removeprefix("arxiv:")
    replay.clock.time += timedelta(seconds=4)
    paper = await lookup.paper(PaperRef("arxiv", some))
    assert paper is not None
    assert paper.sources == {"arxiv", "huggingface"}
    assert paper.categories
    assert paper.upvotes is not None
    replay.clock.time += timedelta(seconds=4)
    assert await lookup.paper(PaperRef("arxiv", "2606.99999")) is None
    await lookup.aclose()
