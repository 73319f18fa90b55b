"""Keeps arXiv's lists complete: fills what was missed, tells of outages, and fills the month before
the first list in the background.

What is fresh and what is said is decided in `bot.pipeline.freshness`; it only obeys.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.clock import Clock
from bot.domain.freshness import Freshness, Outage, Reading, State
from bot.errors import SourceAway, SourceError
from bot.pipeline.filling import Filling
from bot.pipeline.freshness import (
    is_outage,
    is_over,
    is_whole_now,
    judge,
    outage_words,
    recovery_words,
)

EVERY = timedelta(minutes=2)
BREATH = timedelta(seconds=10)
"""Between two days of the background, so that lookups get their turn at arXiv's gate."""

LEAVE_ALONE = timedelta(minutes=10)


class Outages(Protocol):
    """What is known of arXiv's lists, and what was told of them."""

    async def reading(self) -> Reading:
        """The cursor and the list days, read together."""
        ...

    async def current(self) -> Outage | None:
        """The outage that was told of and is not over."""
        ...

    async def begin(self, outage: Outage, notice: str) -> None:
        """Keep the outage and owe its notice to the notices channel, in one transaction; nothing
        if one is kept already."""
        ...

    async def end(self, at: datetime, notice: str | None) -> None:
        """End the current outage and owe the notice of it, in one transaction."""
        ...


class Upkeep:
    """Looks after the lists.  `wake` is told when a notice is owed."""

    def __init__(
        self, outages: Outages, filling: Filling, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._outages = outages
        self._filling = filling
        self._clock = clock
        self._wake = wake
        self._left_alone_until: datetime | None = None

    async def freshness(self) -> Freshness:
        """How fresh the lists are now."""
        return judge(await self._outages.reading(), self._clock.now())

    async def run(self) -> None:
        """Tend the lists, for ever."""
        while True:
            await self.tend()
            more = await self.fill_background()
            await self._clock.sleep(BREATH if more else EVERY)

    async def tend(self) -> None:
        """Fill the days that were missed, and tell what is to be told."""
        await self.fill_missed()
        await self.tell()

    async def fill_missed(self) -> None:
        """Fill the days that were missed, oldest first, until arXiv does not answer."""
        for day in (await self.freshness()).missing:
            if not await self._try(self._filling.announce, day):
                break

    async def fill_background(self) -> bool:
        """Fill one day of the month before the first list, the newest that is not known; whether
        there is more to do at once."""
        fresh = await self.freshness()
        if not fresh.background or fresh.missing:
            return False
        day = fresh.background[0]
        return await self._try(self._filling.remember, day)

    async def _try(self, fill: Callable[[date], Awaitable[object]], day: date) -> bool:
        """Fill a day unless arXiv is left alone; whether that was done."""
        if self._left_alone_until is not None and self._clock.now() < self._left_alone_until:
            return False
        try:
            await fill(day)
        except SourceError as error:
            asked = error.retry_after if isinstance(error, SourceAway) else None
            self._left_alone_until = self._clock.now() + max(asked or LEAVE_ALONE, BREATH)
            return False
        return True

    async def tell(self) -> None:
        """Owe the notice of an outage, or of its end, if it is time."""
        reading = await self._outages.reading()
        now = self._clock.now()
        fresh = judge(reading, now)
        outage = await self._outages.current()
        if outage is None and is_outage(fresh, now):
            begun = Outage(state=fresh.state, day=fresh.due_day, noticed_at=now)
            await self._outages.begin(begun, outage_words(fresh))
        elif outage is not None and is_over(fresh):
            size = is_whole_now(outage, reading) if outage.state is State.PARTIAL else None
            await self._outages.end(now, recovery_words(outage, size))
        else:
            return
        self._wake()
