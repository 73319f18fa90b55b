"""Loops that raise: started again, with pauses that grow, and told of once per streak."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest

from bot.pipeline.supervision import LONGEST_PAUSE, STREAK_ENDS_AFTER, keep_running

START = datetime(2026, 6, 12, 5, tzinfo=UTC)


class SteppedClock:
    """Time goes from one waking to the next."""

    def __init__(self) -> None:
        self.time = START
        self._order = count()
        self._sleepers: list[tuple[datetime, int, asyncio.Event]] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        due = asyncio.Event()
        heapq.heappush(self._sleepers, (self.time + duration, next(self._order), due))
        await due.wait()

    async def run_until(self, end: datetime) -> None:
        await _settled()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.time, _, due = heapq.heappop(self._sleepers)
            due.set()
            await _settled()
        self.time = end


async def _settled() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Watched:
    """A supervised loop: it lasts as long as the next entry of `lasts` says (None: for ever)."""

    def __init__(self, *lasts: timedelta | None, error: Callable[[], BaseException] | None = None):
        self.clock = SteppedClock()
        self.told: list[tuple[timedelta, str]] = []
        self.started: list[timedelta] = []
        self._lasts = list(lasts)
        self._error = error or (lambda: RuntimeError("a bug"))

    def failed(self, name: str, error: Exception) -> None:
        self.told.append((self.clock.now() - START, f"{name} failed: {error}"))

    def recovered(self, name: str) -> None:
        self.told.append((self.clock.now() - START, f"{name} recovered"))

    async def loop(self) -> None:
        self.started.append(self.clock.now() - START)
        lasts = self._lasts.pop(0) if self._lasts else timedelta(0)
        if lasts is None:
            await asyncio.Event().wait()
        elif lasts:
            await self.clock.sleep(lasts)
        raise self._error()

    async def watch(self, duration: timedelta) -> None:
        task = asyncio.create_task(keep_running("relay", self.loop, self.clock, self))
        await self.clock.run_until(START + duration)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_loop_that_raises_is_started_again_after_pauses_that_double() -> None:
    watched = Watched()
    await watched.watch(timedelta(hours=1))
    pauses = [later - earlier for earlier, later in pairwise(watched.started)]
    assert [pause.total_seconds() for pause in pauses[:9]] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert set(pauses[9:]) == {LONGEST_PAUSE}
    assert watched.told == [(timedelta(0), "relay failed: a bug")]


async def test_it_is_told_of_once_when_it_runs_again() -> None:
    watched = Watched(timedelta(0), timedelta(0), None)
    await watched.watch(timedelta(hours=1))
    again = timedelta(seconds=3)
    assert watched.told == [
        (timedelta(0), "relay failed: a bug"),
        (again + STREAK_ENDS_AFTER, "relay recovered"),
    ]


async def test_a_short_run_does_not_end_the_streak() -> None:
    nearly = STREAK_ENDS_AFTER - timedelta(seconds=1)
    watched = Watched(nearly, nearly, nearly)
    await watched.watch(timedelta(hours=1))
    assert [what for _, what in watched.told] == ["relay failed: a bug"]


async def test_after_a_long_run_it_is_a_new_streak() -> None:
    long = STREAK_ENDS_AFTER + timedelta(seconds=1)
    watched = Watched(long, long, None)
    await watched.watch(timedelta(hours=1))
    assert [what for _, what in watched.told] == [
        "relay failed: a bug",
        "relay recovered",
        "relay failed: a bug",
        "relay recovered",
    ]
    assert [at.total_seconds() for at in watched.started] == [0, 602, 1204]


async def test_a_loop_that_never_failed_is_not_told_of() -> None:
    watched = Watched(None)
    await watched.watch(timedelta(days=1))
    assert watched.told == []


async def test_a_loop_that_ends_or_cancels_itself_is_started_again() -> None:
    watched = Watched(error=asyncio.CancelledError)
    await watched.watch(timedelta(seconds=5))
    assert len(watched.started) == 3
    assert [what for _, what in watched.told] == ["relay failed: the loop has ended of itself"]


async def test_a_loop_that_is_stopped_finishes_what_it_has_begun() -> None:
    clock = SteppedClock()
    finished = []

    async def loop() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            finished.append("settled")

    watched = Watched()
    task = asyncio.create_task(keep_running("relay", loop, clock, watched))
    await _settled()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished == ["settled"]
