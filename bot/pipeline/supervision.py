"""Keeps the loops of the program going, and stops them together.

One of the two places that may catch `Exception`: a loop that raises is restarted after a pause
that doubles up to five minutes, and what it raised is reported once per streak.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.clock import Clock

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)
STREAK_ENDS_AFTER = timedelta(minutes=10)

Report = Callable[[str, BaseException], None]


async def keep_running(
    name: str, loop: Callable[[], Awaitable[None]], clock: Clock, report: Report
) -> None:
    """Run `loop` for ever; restart it with backoff when it raises."""
    pause = FIRST_PAUSE
    reported = False
    while True:
        started: datetime = clock.now()
        try:
            await loop()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - the loop supervisor
            if clock.now() - started > STREAK_ENDS_AFTER:
                pause, reported = FIRST_PAUSE, False
            if not reported:
                report(name, error)
                reported = True
        await clock.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
