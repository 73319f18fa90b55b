"""Loops that raise: started again, with pauses that grow, and told of once per streak."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.pipeline.supervision import LONGEST_PAUSE, STREAK_ENDS_AFTER, keep_running


class JumpingClock:
    """Sleeping moves the time at once; at the end it stops whoever sleeps."""

    def __init__(self, sleeps: int) -> None:
        self.time = datetime(2026, 6, 12, 5, tzinfo=UTC)
        self.pauses: list[timedelta] = []
        self._sleeps = sleeps

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        self.time += duration
        self.pauses.append(duration)
        if len(self.pauses) == self._sleeps:
            raise asyncio.CancelledError


async def supervised(clock: JumpingClock, lasts: timedelta) -> list[str]:
    """What is reported of a loop that runs for a while and then raises, again and again."""
    reports: list[str] = []

    async def loop() -> None:
        clock.time += lasts
        raise RuntimeError("a bug")

    with pytest.raises(asyncio.CancelledError):
        await keep_running(
            "relay", loop, clock, lambda name, error: reports.append(f"{name}: {error}")
        )
    return reports


async def test_a_loop_that_raises_is_started_again_after_pauses_that_double() -> None:
    clock = JumpingClock(12)
    assert await supervised(clock, timedelta(0)) == ["relay: a bug"]
    assert [pause.total_seconds() for pause in clock.pauses[:4]] == [1, 2, 4, 8]
    assert clock.pauses[-1] == LONGEST_PAUSE


async def test_after_a_long_run_it_is_a_new_streak() -> None:
    clock = JumpingClock(3)
    assert len(await supervised(clock, STREAK_ENDS_AFTER + timedelta(seconds=1))) == 3
    assert [pause.total_seconds() for pause in clock.pauses] == [1, 1, 1]


async def test_a_stop_is_let_through() -> None:
    async def loop() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(keep_running("relay", loop, JumpingClock(1), lambda *_: None))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
