"""A running local channel on loopback, and a real Chromium where there is one."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from chromium import ARGUMENTS, chromium
from web_core import FakeCore, suggest
from web_fakes import MemoryMessages, StandingClock

from adapters.web.server import LocalChannel


def pytest_collection_modifyitems(items):
    """One event loop for this folder, so that one browser serves all of its tests."""
    here = Path(__file__).parent
    for item in items:
        if item.path.parent == here and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


class World:
    """What stands around a local channel; `channel` is another one after a restart."""

    def __init__(self):
        self.clock = StandingClock()
        self.messages = MemoryMessages(self.clock)
        self.core = FakeCore()
        self.alive = {"ok": True, "version": "0.1.0", "uptime": 12}
        self.channel = None

    def build(self, *, port=0, host="127.0.0.1", token=None, version="0.1.0"):
        self.channel = LocalChannel(
            handle=self.core.handle,
            messages=self.messages,
            clock=self.clock,
            health=lambda: self.alive,
            suggest=suggest,
            host=host,
            port=port,
            token=token,
            version=version,
        )
        return self.channel

    async def restart(self, **changes):
        """Stop, and listen again at the same address."""
        port = int(self.channel.url.rpartition(":")[2])
        await self.channel.close()
        await self.build(port=port, **changes).start()

    @asynccontextmanager
    async def client(self, **settings):
        """The channel running, and a client that behaves like its page."""
        async with self.build(**settings) as channel:
            headers = {"Origin": channel.url}
            jar = aiohttp.CookieJar(unsafe=True)  # 127.0.0.1 is no name that cookies know
            async with aiohttp.ClientSession(channel.url, headers=headers, cookie_jar=jar) as http:
                yield http


@pytest.fixture
def world():
    return World()


@pytest_asyncio.fixture(loop_scope="session")
async def http(world):
    async with world.client() as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def running(world):
    async with world.build():
        yield world
        await world.channel.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser():
    program = chromium()
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser, running):
    """Opens a page of the running channel; anything it complains about fails the test."""
    complaints, contexts = [], []

    async def open_one(path="/", **settings):
        settings = {"viewport": {"width": 1180, "height": 820}, "locale": "en-GB"} | settings
        context = await browser.new_context(**settings)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("console", lambda line: complaints.append(line.text) if is_bad(line) else None)
        await page.goto(running.channel.url + path)
        await page.locator("[data-state=connected]").wait_for(state="attached")
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert complaints == []


def is_bad(line):
    """Errors in the console, but for those of a server that is away, or refuses, on purpose."""
    expected = ("ERR_CONNECTION", "status of 400", "status of 401")
    return line.type == "error" and not any(one in line.text for one in expected)
