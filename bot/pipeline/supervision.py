"""Keeps the loops of the program going, and stops them together.

One of the two places that may catch `Exception`: a loop that raises is restarted after a pause
that doubles up to five minutes.  What it raised is reported once per streak of failures, and so is
the end of the streak: the loop has then run for ten minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from bot.clock import Clock

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)
STREAK_ENDS_AFTER = timedelta(minutes=10)


class Observer(Protocol):
    """Is told of a loop, by name, when it begins to fail and when it runs again."""

    def failed(self, name: str, error: Exception) -> None:
        """It raised, or ended of itself, which no loop may; it is being started again."""
        ...

    def recovered(self, name: str) -> None:
        """It has run long enough to be trusted again."""
        ...


async def keep_running(
    name: str, loop: Callable[[], Awaitable[None]], clock: Clock, observer: Observer
) -> None:
    """Run `loop` for ever; restart it with backoff when it ends."""
    pause = FIRST_PAUSE
    failing = False

    def proven() -> None:
        nonlocal pause, failing
        if failing:
            observer.recovered(name)
        pause, failing = FIRST_PAUSE, False

    while True:
        error = await _run(loop, clock, proven)
        if not failing:
            observer.failed(name, error)
            failing = True
        await clock.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _run(
    loop: Callable[[], Awaitable[None]], clock: Clock, proven: Callable[[], None]
) -> Exception:
    """Run the loop until it ends; why it did.  `proven` is called when it has run for a while."""
    running = asyncio.ensure_future(loop())
    timer = asyncio.ensure_future(clock.sleep(STREAK_ENDS_AFTER))
    try:
        await asyncio.wait((running, timer), return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            proven()
        await asyncio.wait((running,))
        if not running.cancelled():
            running.result()
    except Exception as error:  # noqa: BLE001 - the loop supervisor
        return error
    finally:
        # A loop that is stopped may first finish what it has begun.
        for task in (running, timer):
            task.cancel()
        await asyncio.gather(running, timer, return_exceptions=True)
    return RuntimeError("the loop has ended of itself")
