"""Hugging Face's client and its two lists against a server on loopback."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from aiohttp import web
from sources_world import NOON, PassingClock, World, answering, recorded_json, recording

from adapters.http import TooManyRequests
from adapters.sources.huggingface import DailyList, HuggingFace, TrendingList
from bot.domain.pages import Page, Unchanged
from bot.errors import SourceAway, SourceGarbled
from bot.ports import Source

JSON = "application/json; charset=utf-8"


@pytest.fixture
def clock() -> PassingClock:
    return PassingClock()


@pytest.fixture
def huggingface(world: World, clock: PassingClock) -> HuggingFace:
    return HuggingFace(world.session, hf_url=world.url, clock=clock)


def entries(day: str | None, count: int, *, first: int = 0) -> list[dict]:
    return [
        {
            "paper": {
                "id": f"2606.{first + number:05}",
                "title": f"Paper {first + number}",
                "submittedOnDailyAt": day and f"{day}T00:00:00.000Z",
            }
        }
        for number in range(count)
    ]


class Lists:
    """Daily lists by day; the newest without a date; a date after it is refused."""

    def __init__(self, days: dict[str, list[dict]]) -> None:
        self.days = days
        self.asked: list[tuple[str | None, int]] = []

    async def __call__(self, request: web.Request) -> web.Response:
        assert request.path == "/api/daily_papers"
        day, page = request.query.get("date"), int(request.query.get("p", 0))
        limit = int(request.query["limit"])
        self.asked.append((day, page))
        newest = max(day for day, items in self.days.items() if items)
        if day is not None and day > newest:
            return web.json_response({"error": "later"}, status=400)
        items = self.days.get(day or newest, [])
        return web.json_response(items[page * limit : (page + 1) * limit])


async def test_the_newest_list_and_the_two_before_it(world, huggingface):
    lists = world.answer = Lists(
        {
            "2026-06-15": entries("2026-06-15", 3),
            "2026-06-12": entries("2026-06-12", 2, first=10),
            "2026-06-11": [],
            "2026-06-10": entries("2026-06-10", 2, first=20) + entries("2026-06-10", 1),
            "2026-06-09": entries("2026-06-09", 2, first=30),
        }
    )
    source: Source = DailyList(huggingface)
    page = await source.fetch(None)
    assert isinstance(page, Page)
    assert (source.name, page.source, page.list_day) == ("daily", "daily", date(2026, 6, 15))
    assert [item.paper.title for item in page.items] == [
        f"Paper {n}" for n in (0, 1, 2, 10, 11, 20, 21)
    ]
    assert all(item.paper.lists == {"daily"} for item in page.items)
    assert all(item.announce is None and item.paper.list_day is None for item in page.items)
    # Monday, over the weekend to Friday, an empty Thursday, Wednesday.
    assert lists.asked == [
        (None, 0),
        ("2026-06-12", 0),
        ("2026-06-11", 0),
        ("2026-06-10", 0),
    ]


async def test_what_the_newest_list_says_of_a_paper_counts(world, huggingface):
    new, old = entries("2026-06-12", 1), entries("2026-06-11", 1)
    new[0]["paper"]["upvotes"], old[0]["paper"]["upvotes"] = 7, 3
    world.answer = Lists({"2026-06-12": new, "2026-06-11": old})
    page = await DailyList(huggingface).fetch(None)
    assert isinstance(page, Page)
    assert [item.paper.upvotes for item in page.items] == [7]


async def test_pages_are_read_until_a_short_one(world, huggingface):
    lists = world.answer = Lists({"2026-06-12": entries("2026-06-12", 230)})
    page = await DailyList(huggingface).fetch(None)
    assert isinstance(page, Page)
    assert len(page.items) == 230
    assert lists.asked[:4] == [
        (None, 0),
        ("2026-06-12", 0),
        ("2026-06-12", 1),
        ("2026-06-12", 2),
    ]


async def test_a_server_whose_pages_never_end_is_left(world, huggingface):
    world.answer = answering(json.dumps(entries("2026-06-12", 100)), JSON)
    page = await DailyList(huggingface).fetch(None)
    assert isinstance(page, Page)
    assert len(page.items) == 100
    assert len(world.requests) <= 1 + 3 * 10


async def test_a_list_without_days_is_read_alone(world, huggingface):
    world.answer = answering(json.dumps(entries(None, 2)), JSON)
    page = await DailyList(huggingface).fetch(None)
    assert isinstance(page, Page)
    assert (len(page.items), page.list_day, len(world.requests)) == (2, None, 1)


async def test_a_list_that_says_the_same_is_unchanged(world, huggingface):
    days = {"2026-06-12": recorded_json("hf_daily.json")}
    world.answer = Lists(days)
    source = DailyList(huggingface)
    page = await source.fetch(None)
    assert isinstance(page, Page)
    assert (len(page.items), page.skipped) == (2, 1)
    assert await source.fetch(page.cursor) == Unchanged("daily", page.cursor)
    days["2026-06-12"][0]["paper"]["upvotes"] += 1
    again = await source.fetch(page.cursor)
    assert isinstance(again, Page)
    assert again.cursor != page.cursor


async def test_trending(world, huggingface):
    world.answer = answering(recording("hf_trending.json"), JSON)
    source: Source = TrendingList(huggingface)
    page = await source.fetch(None)
    assert isinstance(page, Page)
    assert (source.name, page.source, page.list_day) == ("trending", "trending", None)
    assert [item.paper.lists for item in page.items] == [{"trending"}]
    assert dict(world.requests[0].query) == {"sort": "trending", "limit": "50"}
    assert await source.fetch(page.cursor) == Unchanged("trending", page.cursor)


async def test_a_search(world, huggingface):
    world.answer = answering(recording("hf_search.json"), JSON)
    page = await huggingface.search("kites & glass  " + "x" * 300)
    assert (page.source, [item.paper.lists for item in page.items]) == ("search", [frozenset()])
    (request,) = world.requests
    assert request.path == "/api/papers/search"
    assert request.query["limit"] == "50"
    assert request.query["q"].startswith("kites & glass")
    assert len(request.query["q"]) == 250


async def test_an_empty_search_asks_nothing(world, huggingface):
    assert await huggingface.search("  ") == Page(source="search", items=())
    assert world.requests == []


async def test_one_paper(world, huggingface):
    world.answer = answering(recording("hf_paper.json"), JSON)
    item = await huggingface.paper("2606.90002")
    assert item is not None
    assert item.paper.id == "arxiv:2606.90002"
    assert world.requests[0].path == "/api/papers/2606.90002"


@pytest.mark.parametrize("kind", [JSON, "text/html"])
async def test_a_paper_without_a_page_is_none(world, huggingface, kind):
    world.answer = answering('{"error": "Paper not found"}', kind, status=404)
    assert await huggingface.paper("2606.99999") is None


async def test_the_token_goes_with_every_request_and_into_no_error(world):
    client = HuggingFace(world.session, hf_url=world.url, clock=PassingClock(), token="hf_secret")
    world.answer = answering("", "text/plain", status=401)
    with pytest.raises(SourceAway, match="does not accept the HF_TOKEN") as caught:
        await client.trending()
    assert "hf_secret" not in repr(caught.value)
    assert world.requests[0].headers["Authorization"] == "Bearer hf_secret"


async def test_without_a_token_nothing_is_sent(world, huggingface):
    world.answer = answering("[]", JSON)
    await huggingface.trending()
    assert "Authorization" not in world.requests[0].headers


async def test_a_used_up_limit_says_when_it_begins_anew(world, huggingface):
    world.answer = answering("", "text/plain", status=429, ratelimit='"api";r=0;t=211')
    with pytest.raises(TooManyRequests) as caught:
        await huggingface.trending()
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 212


@pytest.mark.parametrize(
    ("body", "kind"), [("<html>", "text/html"), ("[1", JSON), ('{"error": "x"}', JSON)]
)
async def test_garbled_lists(world, huggingface, body, kind):
    world.answer = answering(body, kind)
    for source in (DailyList(huggingface), TrendingList(huggingface)):
        with pytest.raises(SourceGarbled):
            await source.fetch(None)


class Allowance:
    """Grants some requests, then refuses until the window ends; says so as Hugging Face does."""

    def __init__(self, clock: PassingClock, left: int) -> None:
        self.clock = clock
        self.left = left
        self.reset_at = clock.now() + timedelta(seconds=211)
        self.refused = 0
        self.asked_at: list[timedelta] = []

    async def __call__(self, request: web.Request) -> web.Response:
        self.asked_at.append(self.clock.now() - NOON)
        if self.clock.now() >= self.reset_at:
            self.left, self.reset_at = 500, self.clock.now() + timedelta(seconds=300)
        reset = round((self.reset_at - self.clock.now()).total_seconds())
        if not self.left:
            self.refused += 1
            return web.Response(status=429, headers={"ratelimit": f'"api";r=0;t={reset}'})
        self.left -= 1
        return web.json_response([], headers={"ratelimit": f'"api";r={self.left};t={reset}'})


async def test_after_the_last_granted_request_lists_wait_for_the_reset(world, huggingface, clock):
    world.answer = allowance = Allowance(clock, left=2)
    for _ in range(4):
        await huggingface.trending()
    assert allowance.refused == 0
    start, reset = timedelta(0), timedelta(seconds=212)
    assert allowance.asked_at == [start, start, reset, reset]


async def test_lookups_share_the_allowance_and_do_not_wait(world, huggingface, clock):
    world.answer = allowance = Allowance(clock, left=1)
    await huggingface.trending()
    for ask in (huggingface.search("kites"), huggingface.paper("2606.00001")):
        with pytest.raises(SourceAway) as caught:
            await ask
        assert caught.value.retry_after == timedelta(seconds=212)
    assert len(world.requests) == 1
    clock.time += timedelta(seconds=212)
    await huggingface.search("kites")
    assert allowance.refused == 0
    allowance.left = 1
    await huggingface.search("kites")  # what a lookup used up, the lists wait for
    await huggingface.trending()
    assert allowance.refused == 0


@pytest.mark.parametrize(
    ("headers", "pause"),
    [({}, 300), ({"Retry_After": "7"}, 7), ({"ratelimit": '"api";r=0;t=9'}, 10)],
    ids=str,
)
async def test_after_a_refusal_nobody_asks_until_the_reset(
    world, huggingface, clock, headers, pause
):
    world.answer = answering("", "text/plain", status=429, **headers)
    with pytest.raises(TooManyRequests):
        await huggingface.trending()
    with pytest.raises(SourceAway) as caught:
        await huggingface.search("kites")
    assert caught.value.retry_after == timedelta(seconds=pause)
    world.answer = answering("[]", JSON)
    await huggingface.trending()
    assert clock.now() - NOON == timedelta(seconds=pause)
    assert len(world.requests) == 2


async def test_a_clock_that_is_set_back_does_not_lengthen_the_wait(world, huggingface, clock):
    world.answer = Allowance(clock, left=1)
    await huggingface.trending()
    clock.time -= timedelta(days=1)
    before = clock.now()
    world.answer = answering("[]", JSON)
    await huggingface.trending()
    assert clock.now() - before == timedelta(seconds=212)
