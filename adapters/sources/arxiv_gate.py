"""The one gate through which this process asks arXiv: one request at a time, and not too soon.

It decides when a request may start and when arXiv is left alone; it knows nothing of what is asked.
Terms of use (https://info.arxiv.org/help/api/tou.html): one request every three seconds and one
connection, over all of arXiv's interfaces together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from adapters.http import Answer, TooManyRequests
from bot.clock import Clock
from bot.errors import SourceAway

SPACING = timedelta(seconds=3.5)
"""From the end of an answer to the next request."""

FIRST_COOL_DOWN = timedelta(minutes=10)
LONGEST_COOL_DOWN = timedelta(hours=2)

_NOTHING = timedelta(0)


class GateClosed(SourceAway):
    """We do not ask arXiv now, out of respect for its terms; it was not asked and is not away."""


class ArxivGate:
    """One for the whole process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = asyncio.Lock()
        self._waiting = 0  #: requests in flight or waiting for their turn
        self._free_at: datetime | None = None
        self._closed_until: datetime | None = None
        self._refusals = 0

    async def ask(
        self, request: Callable[[], Awaitable[Answer]], *, wait_budget: timedelta | None = None
    ) -> Answer:
        """Wait for the turn, then make the request and return its answer.

        Raises GateClosed, without asking, while arXiv is left alone after a 429 or a `Retry-After`,
        and when the turn would not come within `wait_budget` (None: however long it takes).
        Passes on what `request` raises.
        """
        self._refuse_while_closed()
        give_up_at = None if wait_budget is None else self._clock.now() + wait_budget
        self._refuse_after(give_up_at, self._until_free() + self._waiting * SPACING)
        self._waiting += 1
        try:
            async with self._lock:
                return await self._take_turn(request, give_up_at)
        finally:
            self._waiting -= 1

    async def _take_turn(
        self, request: Callable[[], Awaitable[Answer]], give_up_at: datetime | None
    ) -> Answer:
        self._refuse_while_closed()
        wait = self._until_free()
        self._refuse_after(give_up_at, wait)
        await self._clock.sleep(wait)
        try:
            answer = await request()
        except TooManyRequests as error:
            pause = self._cool_down(error.retry_after)
            raise TooManyRequests(str(error), retry_after=pause) from error
        except SourceAway as error:
            if error.retry_after:
                self._close_for(min(error.retry_after, LONGEST_COOL_DOWN))
            raise
        else:
            self._refusals = 0
            return answer
        finally:
            self._free_at = self._clock.now() + SPACING

    def _until_free(self) -> timedelta:
        """Never more than the spacing, even if the machine's clock was set back meanwhile."""
        if self._free_at is None:
            return _NOTHING
        return max(_NOTHING, min(self._free_at - self._clock.now(), SPACING))

    def _refuse_after(self, give_up_at: datetime | None, wait: timedelta) -> None:
        if give_up_at is not None and self._clock.now() + wait > give_up_at:
            raise GateClosed("arXiv was asked a moment ago; try again shortly.", retry_after=wait)

    def _refuse_while_closed(self) -> None:
        if self._closed_until is None:
            return
        left = min(self._closed_until - self._clock.now(), LONGEST_COOL_DOWN)
        if left > _NOTHING:
            raise GateClosed("arXiv asked us to slow down.", retry_after=left)
        self._closed_until = None

    def _cool_down(self, asked_for: timedelta | None) -> timedelta:
        """Ten minutes after the first refusal, twice as long after each further one in a row."""
        doublings: int = 2 ** min(self._refusals, 10)
        pause = min(FIRST_COOL_DOWN * doublings, LONGEST_COOL_DOWN)
        pause = min(max(pause, asked_for or _NOTHING), LONGEST_COOL_DOWN)
        self._refusals += 1
        self._close_for(pause)
        return pause

    def _close_for(self, pause: timedelta) -> None:
        self._closed_until = self._clock.now() + pause
