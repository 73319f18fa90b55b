"""Reads a source again and again, when the schedule says so, and counts its failures.

When that is and how failures count is decided in `bot.pipeline.schedule`; what a reading brings
in `bot.pipeline.ingest`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

from bot.clock import Clock
from bot.domain.breakers import CLOSED
from bot.pipeline.ingest import Polled
from bot.pipeline.schedule import after_failure, held, next_reading
from bot.ports import Breakers, Source


class Reader:
    """Reads sources through `poll`.  The breaker of each is kept as `source:NAME`."""

    def __init__(
        self,
        poll: Callable[[Source], Awaitable[Polled]],
        breakers: Breakers,
        clock: Clock,
        chance: Random,
    ) -> None:
        self._poll = poll
        self._breakers = breakers
        self._clock = clock
        self._chance = chance

    async def read(self, source: Source) -> Polled:
        """Read it now, even if it is being left alone: somebody wants to know."""
        polled = await self._poll(source)
        await self._count(source, polled)
        return polled

    async def run(self, source: Source, note: Callable[[Polled], None]) -> None:
        """Read it whenever it is due, for ever; the first time at once, unless it failed before
        the program was started and is still left alone.  `note` is told of every reading."""
        now = self._clock.now()
        await self._clock.sleep(held(await self._breakers.get(_scope(source)), now))
        while True:
            polled = await self.read(source)
            note(polled)
            now = self._clock.now()
            due = next_reading(
                source.name,
                now,
                newest_day=polled.newest_day,
                breaker=await self._breakers.get(_scope(source)),
                chance=self._chance,
            )
            await self._clock.sleep(due - now)

    async def _count(self, source: Source, polled: Polled) -> None:
        before = await self._breakers.get(_scope(source))
        after = CLOSED
        if polled.failure is not None:
            after = after_failure(
                before,
                self._clock.now(),
                reason=polled.failure,
                retry_after=polled.retry_after,
                chance=self._chance,
            )
        if after != before:
            await self._breakers.put(_scope(source), after)


def _scope(source: Source) -> str:
    return f"source:{source.name}"
