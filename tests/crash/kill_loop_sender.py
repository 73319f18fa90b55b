"""The process that the kill loop kills: the real store and relay, posting over real HTTP.

Its clock is the machine's, FASTER times as fast, so that the real lease and grace are waited for.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from adapters.storage import open_store
from bot.domain.channels import MessageId
from bot.domain.deliveries import Ambiguous, NotSent, Scope, Sent
from bot.domain.replies import Reply
from bot.pipeline.relay import LOOK_BACK, Relay

FASTER = 40
NONCE_IS_SAFE = timedelta(seconds=120)
"""Discord's window is "a few minutes"; within this it is surely open."""


class FastClock:
    """One time for all processes of a run."""

    def now(self) -> datetime:
        began = 1_700_000_000
        return datetime.fromtimestamp(began + (time.time() - began) * FASTER % 10**9, UTC)

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(max(0.0, duration.total_seconds() / FASTER))


class HttpMessenger:
    """Posts to the fake platform; looks in its history, as on Slack, or within the window relies on
    the nonce, as on Discord."""

    def __init__(self, session: aiohttp.ClientSession, url: str, clock: FastClock, kind: str):
        self._session = session
        self._url = url
        self._clock = clock
        self._kind = kind

    async def post(self, delivery, channel, reply):
        message = {"delivery": delivery, "channel": channel.channel, "nonce": self._kind == "nonce"}
        try:
            async with self._session.post(f"{self._url}/post", json=message) as response:
                return Sent(MessageId((await response.json())["id"]))
        except aiohttp.ClientConnectorError as error:
            return NotSent(None, str(error), Scope.WORKSPACE)
        except (aiohttp.ClientError, TimeoutError) as error:
            return Ambiguous(repr(error))

    async def edit(self, message, channel, reply):
        raise NotImplementedError

    async def find(self, delivery, channel, since):
        if self._kind == "nonce" and self._clock.now() - since - LOOK_BACK < NONCE_IS_SAFE:
            return None
        asked = {"delivery": delivery, "channel": channel.channel}
        try:
            async with self._session.get(f"{self._url}/history", params=asked) as response:
                found = (await response.json())["id"]
        except (aiohttp.ClientError, TimeoutError) as error:
            return Ambiguous(repr(error))
        return None if found is None else MessageId(found)


def send(folder: str, url: str, kind: str) -> None:
    """Post until nothing is owed any more, or until the process is killed."""
    if kind == "naive":
        send_again_at_once(Path(folder))
    asyncio.run(_send(Path(folder), url, kind))
    os._exit(0)


def send_again_at_once(folder: Path) -> None:
    """What a plain outbox does at its start: rows left in `sending` are pending again."""
    with closing(sqlite3.connect(folder / "paperboy.db", isolation_level=None)) as database:
        database.execute(
            "UPDATE deliveries SET state = 'pending', attempt_started_at = NULL, crashes = 0,"
            " due_at = created_at WHERE state IN ('sending', 'ambiguous')"
        )


async def _send(folder: Path, url: str, kind: str) -> None:
    clock = FastClock()
    timeout = aiohttp.ClientTimeout(total=10 / FASTER * 4)
    async with (
        open_store(None, folder, clock) as store,
        aiohttp.ClientSession(timeout=timeout) as session,
    ):
        messenger = HttpMessenger(session, url, clock, kind)
        relay = Relay(store.outbox, messenger, lambda one: Reply(summary=str(one.id)), clock)
        while (due := await store.outbox.next_due()) is not None:
            await clock.sleep(due - clock.now())
            await relay.drain()
