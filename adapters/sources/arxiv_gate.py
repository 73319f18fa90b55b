"""The one gate through which this process asks arXiv: one request at a time, and not too soon.

It decides when a request may start and when arXiv is left alone; it knows nothing of what is asked.
What it decided is kept, so that a process that starts after another one goes on waiting.
Terms of use (https://info.arxiv.org/help/api/tou.html): one request every three seconds and one
connection, over all of arXiv's interfaces together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from adapters.http import Answer, TooManyRequests
from bot.clock import Clock
from bot.domain.breakers import Breaker
from bot.errors import SourceAway

SPACING = timedelta(seconds=3.5)
"""From the end of an answer to the next request."""

FIRST_COOL_DOWN = timedelta(minutes=10)
LONGEST_COOL_DOWN = timedelta(hours=2)

_NOTHING = timedelta(0)


SCOPE = "gate:arxiv"


class GateMemory(Protocol):
    """Where the gate keeps, over a restart, how often arXiv refused and when it may be asked."""

    async def get(self, scope: str) -> Breaker:
        """What was kept last; CLOSED when nothing was."""
        ...

    async def put(self, scope: str, breaker: Breaker) -> None:
        """Keep it in place of what was kept."""
        ...


class GateClosed(SourceAway):
    """We do not ask arXiv now, out of respect for its terms; it was not asked and is not away."""


class ArxivGate:
    """One for the whole process."""

    def __init__(self, clock: Clock, memory: GateMemory) -> None:
        self._clock = clock
        self._memory = memory
        self._lock = asyncio.Lock()
        self._waiting = 0  #: requests in flight or waiting for their turn
        # `fail_count`: refusals in a row; `open_until`: when arXiv may be asked again; `reason`:
        # of a refusal, none where only the spacing is waited for.
        self._state: Breaker | None = None

    async def ask(
        self, request: Callable[[], Awaitable[Answer]], *, wait_budget: timedelta | None = None
    ) -> Answer:
        """Wait for the turn, then make the request and return its answer.

        Raises GateClosed, without asking, while arXiv is left alone after a 429 or a `Retry-After`,
        and when the turn would not come within `wait_budget` (None: however long it takes).
        Passes on what `request` raises.
        """
        until_free = self._until_free(await self._known())
        give_up_at = None if wait_budget is None else self._clock.now() + wait_budget
        self._refuse_after(give_up_at, until_free + self._waiting * SPACING)
        self._waiting += 1
        try:
            async with self._lock:
                return await self._take_turn(request, give_up_at)
        finally:
            self._waiting -= 1

    async def _known(self) -> Breaker:
        if self._state is None:
            kept = await self._memory.get(SCOPE)
            self._state = self._state or kept  # another request may have been quicker
        return self._state

    async def _take_turn(
        self, request: Callable[[], Awaitable[Answer]], give_up_at: datetime | None
    ) -> Answer:
        state = await self._known()
        wait = self._until_free(state)
        self._refuse_after(give_up_at, wait)
        await self._clock.sleep(wait)
        failures, pause, reason = state.fail_count, SPACING, None
        # Written beforehand too: a process that is killed meanwhile has asked all the same.
        await self._memory.put(SCOPE, self._after(failures, pause, reason))
        try:
            answer = await request()
        except TooManyRequests as error:
            failures, reason = failures + 1, str(error)
            pause = _cool_down(failures, error.retry_after)
            raise TooManyRequests(str(error), retry_after=pause) from error
        except SourceAway as error:
            if error.retry_after:
                pause, reason = min(error.retry_after, LONGEST_COOL_DOWN), str(error)
            raise
        else:
            failures = 0
            return answer
        finally:
            self._state = self._after(failures, pause, reason)
            await self._memory.put(SCOPE, self._state)

    def _after(self, failures: int, pause: timedelta, reason: str | None) -> Breaker:
        open_until = self._clock.now() + max(pause, SPACING)
        return Breaker(fail_count=failures, open_until=open_until, reason=reason)

    def _until_free(self, state: Breaker) -> timedelta:
        """How long the spacing lasts.  Raises GateClosed while arXiv is left alone.

        Neither is ever longer than its rule, even if the machine's clock was set back meanwhile.
        """
        left = _NOTHING if state.open_until is None else state.open_until - self._clock.now()
        if state.reason is None or left <= _NOTHING:
            return max(_NOTHING, min(left, SPACING))
        raise GateClosed("arXiv asked us to slow down.", retry_after=min(left, LONGEST_COOL_DOWN))

    def _refuse_after(self, give_up_at: datetime | None, wait: timedelta) -> None:
        if give_up_at is not None and self._clock.now() + wait > give_up_at:
            raise GateClosed("arXiv was asked a moment ago; try again shortly.", retry_after=wait)


def _cool_down(refusals: int, asked_for: timedelta | None) -> timedelta:
    """Ten minutes after the first refusal, twice as long after each further one in a row."""
    doublings: int = 2 ** min(refusals - 1, 10)
    pause = min(FIRST_COOL_DOWN * doublings, LONGEST_COOL_DOWN)
    return min(max(pause, asked_for or _NOTHING), LONGEST_COOL_DOWN)
