"""What the tests of sources share: clocks, recordings, a server on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from adapters.http import open_session
from bot.domain.breakers import CLOSED, Breaker

RECORDINGS = Path(__file__).parents[2] / "recordings"
SHARED = Path(__file__).parents[3] / ".." / "shared"
NOON = datetime(2026, 6, 12, 12, tzinfo=UTC)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PassingClock:
    """Time passes only by sleeping, and then at once."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        self.time += max(timedelta(0), duration)
        await asyncio.sleep(0)


class StandingClock:
    """Time passes only when the test says so."""

    def __init__(self) -> None:
        self.time = NOON
        self.sleepers: list[tuple[datetime, asyncio.Event]] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        if duration > timedelta(0):
            due = asyncio.Event()
            self.sleepers.append((self.time + duration, due))
            await due.wait()

    def advance(self, duration: timedelta) -> None:
        self.time += duration
        for at, due in self.sleepers:
            if at <= self.time:
                due.set()


class GateNotes:
    """Keeps breakers as the store does."""

    def __init__(self) -> None:
        self.kept: dict[str, Breaker] = {}

    async def get(self, scope: str) -> Breaker:
        return self.kept.get(scope, CLOSED)

    async def put(self, scope: str, breaker: Breaker) -> None:
        self.kept[scope] = breaker


def recording(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes()


def recorded_json(name: str) -> Any:
    return json.loads(recording(name))


class World:
    """A server on loopback that answers every path with `answer`, and a session to ask it with."""

    def __init__(self, server: TestServer, session: ClientSession) -> None:
        self.server = server
        self.session = session
        self.requests: list[web.Request] = []
        self.answer: Handler = _nothing

    @property
    def url(self) -> str:
        return str(self.server.make_url("/")).rstrip("/")


async def _nothing(request: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


@asynccontextmanager
async def open_world(contact: str | None = None) -> AsyncIterator[World]:
    async def handle(request: web.Request) -> web.StreamResponse:
        world.requests.append(request)
        return await world.answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server, open_session(contact) as session:
        world = World(server, session)
        yield world


def answering(body: bytes | str, kind: str, *, status: int = 200, **headers: str) -> Handler:
    """A handler that always gives this answer."""

    async def handle(request: web.Request) -> web.StreamResponse:
        data = body.encode() if isinstance(body, str) else body
        return web.Response(
            status=status, body=data, headers={"Content-Type": kind, **_named(headers)}
        )

    return handle


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
