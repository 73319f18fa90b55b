"""Who may come in: Host, Origin, token, and what every answer carries."""

import asyncio

import aiohttp
import pytest

from adapters.web.security import COOKIE, HEADERS, Gate
from adapters.web.server import LocalChannel
from bot.errors import Unusable

TOKEN = "correct-horse-battery"
COMMAND = {"id": "invocation-1", "kind": "command", "text": "splatting"}
INVOKE = "/api/channels/papers/invoke"


def port_of(world):
    return world.channel.url.rpartition(":")[2]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
async def test_the_names_of_this_machine_are_served(world, http, name):
    async with http.get("/", headers={"Host": f"{name}:{port_of(world)}"}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.:{port}"]
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/channels", "/ws", "/static/app.js", "/x"])
async def test_any_other_name_is_refused_against_dns_rebinding(world, http, host, path):
    async with http.get(path, headers={"Host": host.format(port=port_of(world))}) as response:
        assert response.status == 421


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1", "http://localhost:{port}", "", None],
)
async def test_only_the_page_itself_may_post(world, http, origin):
    headers = {} if origin is None else {"Origin": origin.format(port=port_of(world))}
    async with aiohttp.ClientSession(world.channel.url, headers=headers) as stranger:
        async with stranger.post(INVOKE, json=COMMAND) as response:
            assert response.status == 403
        async with stranger.post("/api/channels", json={"name": "evil"}) as response:
            assert response.status == 403
    assert world.core.invocations == []
    assert world.messages.names == []


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
async def test_only_the_page_itself_may_listen(world, http, origin):
    headers = {} if origin is None else {"Origin": origin}
    async with aiohttp.ClientSession(world.channel.url, headers=headers) as stranger:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await stranger.ws_connect("/ws")
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
    ],
)
async def test_only_json_is_read_so_that_no_form_of_another_site_counts(http, content_type, status):
    body = b'{"id": "invocation-1", "kind": "command", "text": "x"}'
    headers = {"Content-Type": content_type}
    async with http.post(INVOKE, data=body, headers=headers) as response:
        assert response.status == status


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/nothing", 404),
        ("GET", "/static/nothing.js", 404),
        ("GET", "/static/..%2Fserver.py", 404),
        ("GET", "/static/%2e%2e/server.py", 404),
        ("DELETE", "/api/channels", 405),
        ("PUT", "/", 405),
        ("GET", INVOKE, 405),
        ("GET", "/api/channels/B%C3%84D/messages", 400),
        ("GET", "/api/channels/a%2F..%2Fb/messages", 400),
        ("GET", "/api/channels/papers/messages?before=x", 400),
        ("GET", f"/api/channels/papers/messages?before={'9' * 30}", 400),
        ("GET", "/ws?after=-1", 400),
        ("GET", "/ws", 400),
    ],
)
async def test_every_answer_carries_the_headers_and_no_traceback(http, method, path, status):
    async with http.request(method, path) as response:
        text = await response.text()
        assert response.status == status
        assert {name: response.headers[name] for name in HEADERS} == HEADERS
        assert "Traceback" not in text
        assert "no-" in response.headers["Cache-Control"]


async def test_the_policy_lets_nothing_in_but_the_page_s_own_files(http):
    async with http.get("/") as response:
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert "<style" not in page
    assert "style=" not in page


async def test_a_file_that_has_not_changed_is_not_sent_again(http):
    async with http.get("/static/app.js") as first:
        tag = first.headers["ETag"]
        assert first.headers["Content-Type"].startswith("text/javascript")
    async with http.get("/static/app.js", headers={"If-None-Match": tag}) as again:
        assert (again.status, await again.read()) == (304, b"")


async def test_a_body_beyond_the_cap_is_refused_politely(world, http):
    async with http.post(INVOKE, json=COMMAND | {"text": "x" * 200_000}) as response:
        assert response.status == 413
        assert "under 10,000 characters" in (await response.json())["error"]
    assert world.core.invocations == []


@pytest.mark.parametrize("frame", ["x" * 5000, "hello", b"ping"])
async def test_a_tab_that_says_more_than_ping_is_closed(http, frame):
    async with http.ws_connect("/ws") as socket:
        assert (await socket.receive_json())["type"] == "hello"
        await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
        closing = await socket.receive()
        assert closing.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}


# -- the token


async def test_with_a_token_nothing_is_told_before_it_was_given(world):
    async with world.client(token=TOKEN) as http:
        for path in ("/api/channels", "/api/channels/papers/messages", "/api/suggestions?text="):
            async with http.get(path) as response:
                assert response.status == 401
        async with http.post(INVOKE, json=COMMAND) as response:
            assert response.status == 401
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect("/ws")
        for path in ("/", "/healthz", "/static/app.js"):
            async with http.get(path) as response:
                assert response.status == 200
        assert world.core.invocations == []


async def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(world):
    async with world.client(token=TOKEN) as http:
        async with http.post("/api/session", json={"token": TOKEN}) as response:
            assert response.status == 200
            cookie = response.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert TOKEN not in cookie
        async with http.get("/api/channels") as response:
            assert response.status == 200
        async with http.ws_connect("/ws") as socket:
            assert (await socket.receive_json())["type"] == "hello"


async def test_a_token_in_the_address_is_taken_out_of_it(world):
    async with world.client(token=TOKEN) as http:
        async with http.get(f"/?token={TOKEN}", allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (303, "/")
        async with http.get("/api/channels") as response:
            assert response.status == 200


@pytest.mark.parametrize(
    "wrong", ["", "correct", TOKEN + " ", "é" * 20, "\ud800", 7, None, [TOKEN]]
)
async def test_a_wrong_token_opens_nothing(world, wrong):
    async with world.client(token=TOKEN) as http:
        async with http.post("/api/session", json={"token": wrong}) as response:
            assert response.status == 401
            assert "Set-Cookie" not in response.headers
        async with http.get("/api/channels", headers={"Cookie": f"{COOKIE}={TOKEN}"}) as response:
            assert response.status == 401


async def test_guessing_is_slowed_down(world):
    async with world.client(token=TOKEN) as http:
        for _ in range(10):
            async with http.post("/api/session", json={"token": "guess"}) as response:
                assert response.status == 401
        async with http.post("/api/session", json={"token": TOKEN}) as response:
            assert response.status == 429
        async with http.get(f"/?token={TOKEN}", allow_redirects=False) as response:
            assert "Set-Cookie" not in response.headers
        world.clock.time += world.clock.time.resolution * 61_000_000
        async with http.post("/api/session", json={"token": TOKEN}) as response:
            assert response.status == 200


async def test_another_token_makes_old_cookies_worthless(world):
    async with world.client(token=TOKEN) as http:
        async with http.post("/api/session", json={"token": TOKEN}) as response:
            assert response.status == 200
        await world.restart(token="another-long-token")
        async with http.get("/api/channels") as response:
            assert response.status == 401


async def test_every_address_needs_a_token_and_takes_any_name_with_it(world):
    async with world.client(host="0.0.0.0", token=TOKEN) as http:
        async with http.post("/api/session", json={"token": TOKEN}) as response:
            assert response.status == 200
        cookie = f"{COOKIE}={Gate(host='0.0.0.0', token=TOKEN).cookie()}"
        named = {"Host": "papers.lab.example", "Cookie": cookie}
        async with http.get("/api/channels", headers=named) as response:
            assert response.status == 200
        across = named | {"Origin": "http://evil.example"}
        async with http.post(INVOKE, json=COMMAND, headers=across) as response:
            assert response.status == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.7", "papers.lab.example"])
def test_an_address_that_others_reach_needs_a_token(host):
    with pytest.raises(Unusable, match="WEB_TOKEN"):
        Gate(host=host)


def test_a_token_that_can_be_guessed_is_refused():
    with pytest.raises(Unusable, match="at least 12"):
        Gate(host="0.0.0.0", token="hunter2")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"])
def test_loopback_needs_none(host):
    assert Gate(host=host).admits(None)


# -- starting and stopping


async def test_a_port_in_use_is_told_in_one_sentence(world, running):
    other = LocalChannel(
        handle=world.core.handle,
        messages=world.messages,
        clock=world.clock,
        health=dict,
        port=int(port_of(world)),
    )
    with pytest.raises(Unusable, match=f"Port {port_of(world)} is in use.*Set PORT"):
        await other.start()


async def test_an_address_of_another_machine_is_told_in_one_sentence(world):
    with pytest.raises(Unusable, match="is no address of this machine"):
        await world.build(host="192.0.2.1", token=TOKEN).start()


async def test_stopping_does_not_wait_for_open_tabs(world, http):
    async with http.ws_connect("/ws") as socket:
        await socket.receive_json()
        async with asyncio.timeout(2):
            closing, _ = await asyncio.gather(socket.receive(), world.channel.close())
        assert closing.type is aiohttp.WSMsgType.CLOSE
        assert closing.data == aiohttp.WSCloseCode.GOING_AWAY
