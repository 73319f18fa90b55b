"""The loop that reads a source: when the schedule says so, and over restarts."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from bot.domain.breakers import CLOSED, Breaker
from bot.domain.pages import Page, Unchanged
from bot.pipeline.ingest import Polled
from bot.pipeline.reading import Reader

NOON = datetime(2026, 6, 12, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Kept:
    """A store of breakers that outlives the reader."""

    def __init__(self) -> None:
        self.breakers: dict[str, Breaker] = {}
        self.writes = 0

    async def get(self, scope: str) -> Breaker:
        return self.breakers.get(scope, CLOSED)

    async def put(self, scope: str, breaker: Breaker) -> None:
        self.writes += 1
        self.breakers[scope] = breaker


class LeapingClock:
    """Sleeping takes no time but the clock's own."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        self.time += max(timedelta(0), duration)
        await asyncio.sleep(0)


class Daily:
    name = "daily"

    async def fetch(self, cursor: str | None) -> Page | Unchanged:
        raise NotImplementedError


class Enough(Exception):  # noqa: N818 - not an error
    pass


class Street:
    """Hugging Face's daily list as it is polled: `failing` readings fail."""

    def __init__(self) -> None:
        self.clock = LeapingClock()
        self.kept = Kept()
        self.read_at: list[datetime] = []
        self.failing = 0
        self.retry_after: timedelta | None = None

    async def poll(self, source) -> Polled:
        self.read_at.append(self.clock.now())
        if self.failing:
            self.failing -= 1
            return Polled(source="daily", failure="down", retry_after=self.retry_after)
        return Polled(source="daily", unchanged=True, newest_day=date(2026, 6, 12))

    def reader(self) -> Reader:
        return Reader(self.poll, self.kept, self.clock, Random(7))

    async def readings(self, count: int) -> list[float]:
        """Start the program, stop it after so many readings; minutes since noon of each."""
        self.read_at.clear()

        def note(polled: Polled) -> None:
            if len(self.read_at) == count:
                raise Enough

        with pytest.raises(Enough):
            await self.reader().run(Daily(), note)
        return [(at - NOON) / MINUTE for at in self.read_at]


async def test_a_source_is_read_at_once_and_then_when_it_is_due():
    street = Street()
    first, second, third = await street.readings(3)
    assert first == 0
    assert 30 <= second - first <= 60
    assert 30 <= third - second <= 60
    assert third - second != second - first
    assert street.kept.writes == 0


async def test_failures_open_the_breaker_and_a_success_closes_it():
    street = Street()
    street.failing = 6
    times = await street.readings(8)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    for gap, least in zip(gaps, [0.5, 1, 2, 4, 10, 20, 30], strict=True):
        assert least <= gap <= 2 * least
    assert street.kept.breakers == {"source:daily": CLOSED}


async def test_an_open_breaker_survives_a_restart():
    street = Street()
    street.failing = 100
    await street.readings(5)
    breaker = street.kept.breakers["source:daily"]
    assert (breaker.fail_count, breaker.reason) == (5, "down")
    times = await street.readings(2)  # a restart at once
    assert street.read_at[0] == breaker.open_until
    assert 20 <= times[1] - times[0] <= 24  # and the pauses go on growing
    street.clock.time += timedelta(days=1)
    restarted = street.clock.now()
    await street.readings(1)
    assert street.read_at == [restarted]


async def test_a_source_that_says_when_to_come_back_is_obeyed():
    street = Street()
    street.failing, street.retry_after = 1, 17 * MINUTE
    assert await street.readings(2) == [0, 17]


async def test_who_asks_by_hand_is_not_held_back_and_counts_too():
    street = Street()
    street.failing = 5
    await street.readings(5)
    assert not (await street.reader().read(Daily())).failure
    assert street.kept.breakers["source:daily"] == CLOSED
