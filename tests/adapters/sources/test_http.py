"""The careful GET: what is taken, what is refused, and which error says so."""

from __future__ import annotations

import asyncio
import gzip
import re
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from sources_world import World, answering, open_world
from yarl import URL

from adapters.http import (
    JSON,
    LARGEST_BODY,
    XML,
    Answer,
    Http,
    TooManyRequests,
    open_session,
    user_agent,
)
from bot.errors import SourceAway, SourceError, SourceGarbled


def http(world: World, **options) -> Http:
    return Http(world.session, name="arXiv", addresses=[world.url], **options)


async def get(world: World, path: str = "/x", *, client: Http | None = None, **options) -> Answer:
    options = {"kinds": JSON, **options}
    return await (client or http(world)).get(URL(world.url + path), **options)


@pytest.mark.parametrize(
    "kind",
    ["text/xml", "application/xml", "application/rss+xml", "application/atom+xml; charset=utf-8"],
)
async def test_every_type_of_xml_is_taken(world, kind):
    world.answer = answering("<a/>", kind)
    answer = await get(world, kinds=XML)
    assert (answer.status, answer.body) == (200, b"<a/>")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
async def test_json_is_taken(world, kind):
    world.answer = answering("[]", kind)
    assert (await get(world)).body == b"[]"


async def test_a_challenge_page_is_no_answer(world):
    world.answer = answering("<html>Just a moment...</html>", "text/html")
    with pytest.raises(SourceGarbled, match="arXiv answered with a web page instead of data"):
        await get(world)


async def test_another_type_is_no_answer(world):
    world.answer = answering("[]", "application/octet-stream")
    with pytest.raises(SourceGarbled, match="something other than what was asked for"):
        await get(world)


async def test_an_answer_without_a_type_is_no_answer(world):
    async def handle(request):
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
        return web.Response()

    world.answer = handle
    with pytest.raises(SourceGarbled):
        await get(world)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry_After": "120"}, timedelta(minutes=2)),
        ({"Retry_After": "999999999"}, timedelta(hours=24)),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "٣"}, None),
        (
            {
                "Retry_After": "Fri, 12 Jun 2026 12:01:30 GMT",
                "Date": "Fri, 12 Jun 2026 12:00:00 GMT",
            },
            timedelta(seconds=90),
        ),
        ({"ratelimit": '"api";r=0;t=211'}, timedelta(seconds=212)),
    ],
)
async def test_too_many_requests_say_how_long_to_wait(world, headers, wait):
    world.answer = answering("Rate exceeded.", "text/plain", status=429, **headers)
    with pytest.raises(TooManyRequests) as caught:
        await get(world)
    assert caught.value.retry_after == wait


async def test_rate_exceeded_counts_under_any_status(world):
    world.answer = answering("Rate exceeded.", "text/plain")
    with pytest.raises(TooManyRequests):
        await get(world)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_server_error_is_a_source_that_is_away(world, status):
    world.answer = answering("", "text/plain", status=status, Retry_After="30")
    with pytest.raises(SourceAway, match=f"out of order \\({status}\\)") as caught:
        await get(world)
    assert caught.value.retry_after == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, SourceAway),
        (403, SourceAway),
        (408, SourceAway),
        (400, SourceGarbled),
        (404, SourceGarbled),
        (410, SourceGarbled),
        (204, SourceGarbled),
    ],
)
async def test_other_statuses(world, status, error):
    world.answer = answering("", "text/plain", status=status)
    with pytest.raises(error, match=str(status)):
        await get(world)


async def test_a_refused_token_is_named_but_not_shown(world):
    world.answer = answering("", "text/plain", status=401)
    client = http(world, headers={"Authorization": "Bearer hf_secret"}, key_setting="HF_TOKEN")
    with pytest.raises(SourceAway, match="does not accept the HF_TOKEN") as caught:
        await get(world, client=client)
    assert "hf_secret" not in repr(caught.value)
    assert world.requests[0].headers["Authorization"] == "Bearer hf_secret"


async def test_a_status_that_was_asked_for_is_a_value(world):
    world.answer = answering('{"error": "no"}', "application/json", status=404)
    assert (await get(world, also={404})).body == b'{"error": "no"}'
    world.answer = answering("<html>", "text/html", status=404)
    answer = await get(world, also={404})
    assert (answer.status, answer.body) == (404, b"")


async def test_not_modified_is_a_value(world):
    world.answer = answering("", "text/plain", status=304)
    assert (await get(world, headers={"If-None-Match": '"x"'})).status == 304
    assert world.requests[0].headers["If-None-Match"] == '"x"'


async def test_a_body_over_the_cap_is_not_read_to_its_end(world):
    sent = 0

    async def handle(request):
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b" " * 2**16)
            sent += 2**16
        return response

    world.answer = handle
    with pytest.raises(SourceGarbled, match="more than 1 MB"):
        await get(world, client=http(world, largest_body=2**20))
    assert sent < 20 * 2**20


async def test_the_cap_counts_decompressed_bytes(world):
    bomb = gzip.compress(bytes(64 * 2**20))
    assert len(bomb) < 2**17 < LARGEST_BODY
    world.answer = answering(bomb, "application/json", Content_Encoding="gzip")
    with pytest.raises(SourceGarbled, match="more than 20 MB"):
        await get(world)


async def test_a_compressed_body_is_decompressed(world):
    world.answer = answering(gzip.compress(b"[1]"), "application/json", Content_Encoding="gzip")
    assert (await get(world)).body == b"[1]"


async def test_a_broken_compression_is_an_error_of_the_source(world):
    world.answer = answering(
        zlib.compress(b"[1]" * 1000)[:9] + b"\xff" * 40, "application/json", Content_Encoding="gzip"
    )
    with pytest.raises(SourceError):
        await get(world)


async def test_a_redirect_on_the_host_is_followed(world):
    async def handle(request):
        if request.path == "/x":
            raise web.HTTPFound("/y?z=1#there")
        return web.Response(body=b"[2]", content_type="application/json")

    world.answer = handle
    assert (await get(world)).body == b"[2]"
    assert world.requests[1].path_qs == "/y?z=1"


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest",
        "https://127.0.0.1/x",
        "http://localhost/x",
        "http://127.0.0.1:1/x",
        "//example.org/x",
        "file:///etc/passwd",
        "http://[",
        "",
    ],
)
async def test_a_redirect_off_the_hosts_is_not_followed(world, location):
    async def handle(request):
        return web.Response(status=302, headers={"Location": location})

    world.answer = handle
    with pytest.raises(SourceGarbled, match="redirects to another host"):
        await get(world)
    assert len(world.requests) == 1


async def test_a_redirect_to_another_server_of_ours_never_arrives(world):
    """Another port of the same machine is another host."""
    arrived = []

    async def other(request):
        arrived.append(request)
        return web.Response(body=b"[]", content_type="application/json")

    app = web.Application()
    app.router.add_get("/x", other)
    async with TestServer(app) as server:
        target = str(server.make_url("/x"))

        async def handle(request):
            raise web.HTTPTemporaryRedirect(target)

        world.answer = handle
        with pytest.raises(SourceGarbled):
            await get(world)
        assert not arrived
        allowed = Http(world.session, name="arXiv", addresses=[world.url, target])
        assert (await get(world, client=allowed)).body == b"[]"


async def test_redirects_end(world):
    async def handle(request):
        raise web.HTTPFound(request.path + "x")

    world.answer = handle
    with pytest.raises(SourceGarbled, match="more than 3 times"):
        await get(world)
    assert len(world.requests) == 4


async def test_a_plain_address_may_move_to_its_secure_form():
    async with open_session() as session:
        client = Http(session, name="x", addresses=["http://example.org/a"])
    assert client._target(URL("http://example.org/a"), "https://example.org/b") == URL(
        "https://example.org/b"
    )
    with pytest.raises(SourceGarbled):
        client._target(URL("https://example.org/a"), "http://example.org:81/b")


async def test_nobody_listening_is_a_source_that_is_away():
    async with open_session() as session:
        address = f"http://127.0.0.1:{unused_port()}"
        client = Http(session, name="arXiv", addresses=[address])
        with pytest.raises(SourceAway, match="arXiv cannot be reached"):
            await client.get(URL(address), kinds=JSON)


async def test_a_dropped_connection_is_a_source_that_is_away(world):
    async def handle(request):
        request.transport.abort()
        return web.Response()

    world.answer = handle
    with pytest.raises(SourceAway, match="cannot be reached"):
        await get(world)


async def test_a_body_that_breaks_off_is_a_source_that_is_away(world):
    async def handle(request):
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Content-Length": "100"}
        )
        await response.prepare(request)
        await response.write(b"[1")
        request.transport.close()
        return response

    world.answer = handle
    with pytest.raises(SourceAway):
        await get(world)


async def test_a_source_that_does_not_answer_in_time(world):
    never = asyncio.Event()

    async def handle(request):
        await never.wait()
        return web.Response()

    world.answer = handle
    client = http(world, timeout=timedelta(milliseconds=50))
    with pytest.raises(SourceAway, match="did not answer in time"):
        await get(world, client=client)
    never.set()


async def test_who_we_are():
    async with open_world("ops@example.org\r\nX-Evil: 1") as world:
        world.answer = answering("[]", "application/json", Set_Cookie="a=b")
        address = world.url.replace("127.0.0.1", "localhost")  # cookies are never kept of numbers
        client = Http(world.session, name="x", addresses=[address])
        await client.get(URL(address), kinds=JSON)
        await client.get(URL(address), kinds=JSON)
    agent = world.requests[0].headers["User-Agent"]
    assert agent.startswith("Paperboy/")
    assert "ops@example.org" in agent
    assert "X-Evil" not in world.requests[0].headers
    assert "Cookie" not in world.requests[1].headers
    assert "aiohttp" not in user_agent(None)


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        (None, ""),
        ("ops@example.org", "; mailto:ops@example.org"),
        ("mailto:ops@example.org", "; mailto:ops@example.org"),
        ("https://example.org/bot", "; +https://example.org/bot"),
    ],
)
def test_the_user_agent_is_as_the_guide_says(contact, told):
    agent = user_agent(contact)
    assert re.fullmatch(r"Paperboy/[\w.]+ \(brings new papers into team chat.*\)", agent)
    assert agent.endswith(f"chat{told})")
    guide = (Path(__file__).parents[3] / "docs/guides/running.md").read_text()
    assert re.sub(r"/[\d.]+ ", "/VERSION ", user_agent("CONTACT")) in " ".join(guide.split())
