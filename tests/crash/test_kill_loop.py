"""kill -9, again and again, of a real process that posts over real HTTP: no alert is lost and none
is posted twice, on a platform with a searchable history and on one with a nonce window.  A naive
sender, which sends again at once what was being sent, doubles alerts in the same run.

The platform takes 50-300 ms for a request, and takes what was under way even when the sender is
dead.  PAPERBOY_PROVE=1: 100 kills and 1,000 alerts.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web
from kill_loop_sender import FastClock, send

from adapters.storage import open_store
from bot.domain.channels import ChannelRef
from bot.domain.papers import Paper, PaperId
from bot.ports import IngestPlan

PROVE = bool(os.environ.get("PAPERBOY_PROVE"))
KILLS, ALERTS = (100, 1000) if PROVE else (8, 96)
CHANNELS, AT_A_TIME = 20, 3
"""So many channels there are, and so many of them get what is owed before a life."""

SEED = 1862
NONCE_WINDOW = timedelta(minutes=3)

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["adapters.storage", "bot.pipeline.relay", "aiohttp", "pytest"])


@dataclass
class Platform:
    """What arrived, and how many requests are under way."""

    chance: random.Random
    clock: FastClock = field(default_factory=FastClock)
    messages: list[tuple[str, str]] = field(default_factory=list)  #: delivery, channel
    nonces: dict[str, tuple[str, object]] = field(default_factory=dict)
    under_way: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def half(self) -> None:
        await asyncio.sleep(self.chance.uniform(0.025, 0.15))

    async def post(self, request: web.Request) -> web.Response:
        message = await request.json()
        self.under_way += 1
        self.asked.set()
        await self.half()
        known, at = self.nonces.get(message["delivery"], (None, None))
        if message["nonce"] and known and self.clock.now() - at < NONCE_WINDOW:
            identity = known
        else:
            self.messages.append((message["delivery"], message["channel"]))
            identity = f"m{len(self.messages)}"
            self.nonces[message["delivery"]] = (identity, self.clock.now())
        await self.half()
        self.under_way -= 1
        return web.json_response({"id": identity})

    async def history(self, request: web.Request) -> web.Response:
        await self.half()
        wanted = (request.query["delivery"], request.query["channel"])
        found = next((n for n, one in enumerate(self.messages, start=1) if one == wanted), None)
        return web.json_response({"id": found and f"m{found}"})


@dataclass
class Figures:
    """What a run came to."""

    kind: str
    kills: int = 0
    with_a_request: int = 0
    quarantined: int = 0
    lost: int = 0
    doubled: int = 0


class Run:
    def __init__(self, folder, empty, kind: str) -> None:
        shutil.copy(empty, folder)
        self.folder = folder
        self.figures = Figures(kind)
        self.chance = random.Random(SEED)
        self.platform = Platform(random.Random(SEED + 1))
        self.owed: set[str] = set()

    async def __call__(self) -> Figures:
        application = web.Application()
        application.router.add_post("/post", self.platform.post)
        application.router.add_get("/history", self.platform.history)
        runner = web.AppRunner(application, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            await self.run(f"http://127.0.0.1:{port}")
        finally:
            await runner.cleanup()
        return self.figures

    async def run(self, url: str) -> None:
        for number in range(KILLS):
            await self.owe(number)
            self.platform.asked.clear()
            process = self.start(url)
            await asyncio.wait_for(self.platform.asked.wait(), 30)
            await asyncio.sleep(self.chance.uniform(0, 0.4))
            self.figures.with_a_request += self.platform.under_way > 0
            process.kill()
            await asyncio.to_thread(process.join)
            assert process.exitcode == -9
            process.close()
            self.figures.kills += 1
        await self.finish(url)
        while letters := await self.retry_all():
            self.figures.quarantined += letters
            await self.finish(url)
        while self.platform.under_way:
            await asyncio.sleep(0.05)
        posted = Counter(delivery for delivery, _ in self.platform.messages)
        self.figures.lost = len(self.owed - posted.keys())
        self.figures.doubled = sum(count - 1 for count in posted.values())

    def start(self, url: str):
        process = processes.Process(target=send, args=(str(self.folder), url, self.figures.kind))
        process.start()
        return process

    async def finish(self, url: str) -> None:
        """A process that nobody kills."""
        process = self.start(url)
        await asyncio.to_thread(process.join)
        assert process.exitcode == 0
        process.close()

    async def owe(self, life: int) -> None:
        numbers = range(life * ALERTS // KILLS, (life + 1) * ALERTS // KILLS)
        papers = tuple(Paper(id=PaperId(f"arxiv:{n}"), title=f"Title {n}") for n in numbers)
        async with open_store(None, self.folder, FastClock()) as store:
            async with store.ingest.ingest() as transaction:
                await transaction.apply(IngestPlan(papers=papers, owed=(), cursor=None))
            for number, paper in zip(numbers, papers, strict=True):
                name = f"c{(life * AT_A_TIME + number % AT_A_TIME) % CHANNELS}"
                channel = ChannelRef(platform="fake", workspace="w", channel=name)
                delivery = await store.deliveries.share(channel, paper.id, by="you")
                self.owed.add(delivery.id)

    async def retry_all(self) -> int:
        """What a person does with the dead letters; how many there were."""
        async with open_store(None, self.folder, FastClock()) as store:
            letters = await store.dead_letters.all()
            for letter in letters:
                assert letter.reason.startswith("quarantined")
                await store.dead_letters.retry(letter.delivery.id, by="me")
        return len(letters)


@pytest.mark.timeout(1200 if PROVE else 120)
@pytest.mark.parametrize("kind", ["history", "nonce"])
async def test_no_kill_loses_or_doubles_an_alert(kind, tmp_path, empty_database):
    figures = await Run(tmp_path, empty_database, kind)()
    print(f"{figures}, {ALERTS} alerts, seed {SEED}")
    assert (figures.kills, figures.lost, figures.doubled) == (KILLS, 0, 0), figures
    assert figures.with_a_request >= 0.8 * KILLS, figures


@pytest.mark.timeout(1200 if PROVE else 120)
async def test_a_naive_sender_doubles_alerts_in_the_same_run(tmp_path, empty_database):
    figures = await Run(tmp_path, empty_database, "naive")()
    print(f"{figures}, {ALERTS} alerts, seed {SEED}")
    assert figures.lost == 0, figures
    assert figures.doubled > KILLS / 4, figures
