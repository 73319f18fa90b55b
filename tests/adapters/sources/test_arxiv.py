"""arXiv's clients against a server on loopback."""

from __future__ import annotations

import pytest
from aiohttp import web
from sources_world import GateNotes, PassingClock, World, answering, recording

from adapters.sources.arxiv import ArxivApi, ArxivFeed
from adapters.sources.arxiv_gate import ArxivGate, GateClosed
from bot.domain.pages import Page, Unchanged
from bot.errors import SourceAway, SourceGarbled
from bot.ports import Source
from bot.query.values import Count, Number, Query, Word

RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"


@pytest.fixture
def gate() -> ArxivGate:
    return ArxivGate(PassingClock(), GateNotes())


@pytest.fixture
def feed(world: World, gate: ArxivGate) -> ArxivFeed:
    return ArxivFeed(world.session, gate, feed_url=world.url, categories=["cs.CV", "cs.GR"])


@pytest.fixture
def api(world: World, gate: ArxivGate) -> ArxivApi:
    return ArxivApi(world.session, gate, api_url=world.url + "/api/query")


async def test_all_categories_are_one_request(world, feed):
    source: Source = feed
    world.answer = answering(recording("arxiv_feed.rss.xml"), RSS, ETag='"one"')
    page = await source.fetch(None)
    assert isinstance(page, Page)
    assert (source.name, page.source, len(page.items), page.skipped) == ("arxiv", "arxiv", 3, 1)
    assert page.cursor == '"one"'
    (request,) = world.requests
    assert request.raw_path == "/rss/cs.CV+cs.GR"
    assert "If-None-Match" not in request.headers


async def test_the_etag_is_the_cursor(world, feed):
    world.answer = answering("", RSS, status=304)
    assert await feed.fetch('"one"') == Unchanged("arxiv", '"one"')
    assert world.requests[0].headers["If-None-Match"] == '"one"'


async def test_a_feed_without_an_etag_has_its_hash_for_a_cursor(world, feed):
    world.answer = answering(recording("arxiv_feed.rss.xml"), RSS)
    page = await feed.fetch('"old"')
    assert isinstance(page, Page)
    assert await feed.fetch(page.cursor) == Unchanged("arxiv", page.cursor)
    assert "If-None-Match" not in world.requests[1].headers
    world.answer = answering(recording("arxiv_feed_empty.rss.xml"), RSS)
    assert isinstance(await feed.fetch(page.cursor), Page)


async def test_a_server_that_ignores_the_etag_is_unchanged_all_the_same(world, feed):
    world.answer = answering(recording("arxiv_feed.rss.xml"), RSS, ETag='"one"')
    assert await feed.fetch('"one"') == Unchanged("arxiv", '"one"')


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>Just a moment...</html>", "text/html"),
        (recording("arxiv_feed.rss.xml")[:700], RSS),
        (recording("arxiv_feed_unknown_category.rss.xml"), RSS),
    ],
)
async def test_a_garbled_feed(world, feed, body, kind):
    world.answer = answering(body, kind)
    with pytest.raises(SourceGarbled):
        await feed.fetch(None)


async def test_a_refusal_silences_feed_and_api_together(world, feed, api):
    world.answer = answering("Rate exceeded.", "text/plain", status=429)
    with pytest.raises(SourceAway):
        await feed.fetch(None)
    with pytest.raises(GateClosed, match="slow down"):
        await api.papers(["2606.90001"])
    assert len(world.requests) == 1


async def test_a_search(world, api):
    world.answer = answering(recording("arxiv_api.atom.xml"), ATOM)
    page = await api.search(Query(Word(text="lantern")))
    assert (page.source, len(page.items), page.skipped) == ("search", 2, 1)
    (request,) = world.requests
    assert request.path == "/api/query"
    assert dict(request.query) == {
        "search_query": 'ti:"lantern" OR abs:"lantern"',
        "max_results": "50",
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }


async def test_a_query_without_anything_to_ask_for_asks_nothing(world, api):
    page = await api.search(Query(Number(count=Count.UPVOTES, least=3)))
    assert (page.items, world.requests) == ((), [])


async def test_papers_by_id(world, api):
    world.answer = answering(recording("arxiv_api.atom.xml"), ATOM)
    page = await api.papers(["2606.90002", "math/0312999", "2606.99999"])
    assert (page.source, len(page.items)) == ("paper", 2)
    assert dict(world.requests[0].query) == {
        "id_list": "2606.90002,math/0312999,2606.99999",
        "max_results": "3",
    }
    assert await api.papers([]) == Page(source="paper", items=())
    assert len(world.requests) == 1
    with pytest.raises(ValueError, match="at most 100"):
        await api.papers(["2606.90002"] * 101)


@pytest.mark.parametrize("status", [200, 400, 404])
async def test_an_error_feed_is_read_at_any_status(world, api, status):
    world.answer = answering(recording("arxiv_api_error.atom.xml"), ATOM, status=status)
    with pytest.raises(SourceGarbled, match="incorrect id format for lantern"):
        await api.papers(["2606.90001"])


@pytest.mark.parametrize(
    ("body", "kind"), [("no", "text/plain"), (recording("arxiv_api.atom.xml"), ATOM)]
)
async def test_a_refused_request_without_a_reason(world, api, body, kind):
    world.answer = answering(body, kind, status=400)
    with pytest.raises(SourceGarbled, match=r"does not understand the request \(400\)"):
        await api.papers(["2606.90001"])


async def test_a_redirect_to_the_apis_new_place_is_one_turn_at_the_gate(world, api):
    async def handle(request):
        if request.path == "/api/query":
            raise web.HTTPMovedPermanently("/api/v2/query?" + request.query_string)
        return web.Response(body=recording("arxiv_api.atom.xml"), headers={"Content-Type": ATOM})

    world.answer = handle
    assert len((await api.papers(["2606.90001"])).items) == 2
