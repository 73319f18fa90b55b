"""The process ends before or after every commit and every call of the messenger in the life of one
card and one edit of it: after a restart nothing is lost and nothing is doubled.

At every point of a post or an edit it also ends while the request is on its way: that arrives up to
ten seconds before the grace is over.  PAPERBOY_PROVE=1 ends the second process at every point, too.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from adapters.storage import open_store
from bot.domain.channels import ActorId, ChannelRef, MessageId
from bot.domain.deliveries import Delivery, Owed, Reason, Sent
from bot.domain.papers import Paper, PaperId
from bot.domain.replies import Reply
from bot.pipeline import relay
from bot.pipeline.relay import Relay
from bot.pipeline.retrying import GRACE
from bot.ports import IngestPlan
from bot.query.parser import parse

HERE = ChannelRef(platform="slack", workspace="T1", channel="C1")
PAPER = Paper(id=PaperId("arxiv:1"), title="One and two")
WORDS = ("one", "two")
ON_ITS_WAY = GRACE - timedelta(seconds=10)
PROVE = bool(os.environ.get("PAPERBOY_PROVE"))
SEED = 20260611


class Crash(BaseException):
    """The process is gone: nothing of it runs any more."""


@dataclass
class Points:
    """Counts the points that a process passes, and ends it at one of them."""

    end_at: int | None
    passed: list[str] = field(default_factory=list)
    over: bool = False

    def reach(self, name: str) -> None:
        if self.over:
            raise Crash
        self.passed.append(name)
        if self.end_at == len(self.passed) - 1:
            self.over = True
            raise Crash(name)


class CrashingWriter:
    """The store's writing connection, with a point on either side of every commit."""

    def __init__(self, writer, points: Points) -> None:
        self._writer = writer
        self._points = points

    async def command(self, sql):
        if sql != "COMMIT":
            return await self._writer.command(sql)
        self._points.reach("before a commit")
        result = await self._writer.command(sql)
        self._points.reach("after a commit")
        return result

    def __getattr__(self, name):
        return getattr(self._writer, name)


@dataclass
class Platform:
    """What people see: messages in the order in which they arrived."""

    clock: object
    messages: dict[str, tuple[str, str]] = field(default_factory=dict)
    on_the_way: list[tuple[datetime, str, str]] = field(default_factory=list)

    def settle(self) -> None:
        """Let arrive what has arrived by now."""
        for one in [*self.on_the_way]:
            at, target, text = one
            if at <= self.clock.now():
                self.on_the_way.remove(one)
                self.take(target, text)

    def take(self, target: str, text: str) -> str:
        if target in self.messages:  # an edit
            self.messages[target] = (self.messages[target][0], text)
            return target
        message = f"m{len(self.messages)}"
        self.messages[message] = (target, text)
        return message


class CrashingMessenger:
    def __init__(self, platform: Platform, points: Points, *, late: bool) -> None:
        self._platform = platform
        self._points = points
        self._late = late

    async def post(self, delivery, channel, reply):
        return self._send("post", delivery, reply.summary)

    async def edit(self, message, channel, reply):
        return self._send("edit", message, reply.summary)

    async def find(self, delivery, channel, since):
        self._points.reach("before find")
        self._platform.settle()
        found = [one for one, (of, _) in self._platform.messages.items() if of == delivery]
        self._points.reach("after find")
        return MessageId(found[0]) if found else None

    def _send(self, what: str, target: str, text: str):
        try:
            self._points.reach(f"before {what}")
        except Crash as crash:
            if self._late and crash.args:
                arrives = self._platform.clock.now() + ON_ITS_WAY
                self._platform.on_the_way.append((arrives, target, text))
            raise
        message = self._platform.take(target, text)
        self._points.reach(f"after {what}")
        return Sent(MessageId(message))


def render(delivery: Delivery) -> Reply:
    return Reply(summary=" ".join(reason.query for reason in delivery.reasons))


async def live(folder, clock, platform: Platform, *, end_at: int | None, late: bool) -> list[str]:
    """One process: what was announced is announced again, since sources are read again."""
    points = Points(end_at)
    try:
        async with open_store(None, folder, clock) as store:
            database = store.outbox._database
            database._writer = CrashingWriter(database._writer, points)
            loop = Relay(
                store.outbox, CrashingMessenger(platform, points, late=late), render, clock
            )
            for number, word in enumerate(WORDS, start=1):
                made, _ = await store.subscriptions.subscribe(
                    HERE, parse(word), owner=ActorId("u"), owner_name="u"
                )
                reason = Reason(subscription=made.id, number=number, query=word)
                owed = Owed(channel=HERE, paper=PAPER.id, reasons=(reason,))
                async with store.ingest.ingest() as transaction:
                    await transaction.apply(IngestPlan(papers=(PAPER,), owed=(owed,), cursor=None))
                await loop.drain()
            while (due := await store.outbox.next_due()) is not None:
                clock.at = max(clock.at, due)
                platform.settle()
                await loop.drain()
            card = await store.deliveries.of_paper(HERE, PAPER.id)
            assert card.state == "sent"
            assert card.message_id in platform.messages
    except Crash:
        pass
    return points.passed


@dataclass
class World:
    """A new database and a new platform for every history."""

    empty: object
    folder: object
    clock: object

    async def history(self, *ends: int, late: bool) -> tuple[list[str], Platform]:
        """Processes that end at those points, then one that does not: the points that the last
        one but one would pass, and what people see."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copy(self.empty, self.folder)
        platform = Platform(self.clock)
        for end in ends:
            await live(self.folder, self.clock, platform, end_at=end, late=late)
        passed = await live(self.folder, self.clock, platform, end_at=None, late=late)
        self.clock.at += GRACE
        platform.settle()
        return passed, platform


@pytest.fixture
def world(empty_database, tmp_path, clock):
    return World(empty_database, tmp_path / "life", clock)


def seen(platform: Platform) -> list[str]:
    return [text for _, text in platform.messages.values()]


@pytest.mark.timeout(600)
async def test_a_crash_at_any_point_loses_and_doubles_nothing(world):
    points, platform = await world.history(late=False)
    assert seen(platform) == ["one two"]
    for call in ("post", "edit"):
        assert f"before {call}" in points
        assert f"after {call}" in points
    assert points.count("after a commit") >= 8  # two of each: subscribe, announce, claim, settle
    for late in (False, True):
        for end, name in enumerate(points):
            _, platform = await world.history(end, late=late)
            assert seen(platform) == ["one two"], (end, name, late)


@pytest.mark.timeout(3600)
async def test_two_crashes_at_any_points_lose_and_double_nothing(world):
    points, _ = await world.history(late=False)
    chance, pairs = random.Random(SEED), 0
    for first in some(chance, len(points), 6):
        after, _ = await world.history(first, late=True)
        for second in some(chance, len(after), 2):
            _, platform = await world.history(first, second, late=True)
            assert seen(platform) == ["one two"], (first, second, f"seed {SEED}")
            pairs += 1
    print(f"{len(points)} points, {pairs} pairs, seed {SEED}")


def some(chance: random.Random, number: int, at_most: int):
    """All of so many points in the long form, else a few."""
    return range(number) if PROVE else chance.sample(range(number), at_most)


async def test_a_relay_that_does_not_wait_posts_twice(world, monkeypatch):
    """The grace is what the promise rests on: without it the same histories double."""
    points, _ = await world.history(late=False)
    monkeypatch.setattr(relay, "LEASE", timedelta(seconds=5))
    doubled = 0
    for end in range(len(points)):
        _, platform = await world.history(end, late=True)
        doubled += len(platform.messages) > 1
    assert doubled
