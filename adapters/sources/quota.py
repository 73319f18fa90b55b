"""Hugging Face's allowance: after the last request that it grants we wait, before it refuses.

It decides how long nobody asks; lists and lookups share it, since they share the allowance.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from adapters.http import Answer, TooManyRequests, used_up
from bot.clock import Clock
from bot.errors import SourceAway

UNTOLD = timedelta(minutes=5)
"""The pause after a refusal that names none: the window of Hugging Face's limit."""

_NOTHING = timedelta(0)


class QuotaUsedUp(SourceAway):
    """We do not ask now, since no request would be granted; it was not asked and is not away."""


class Quota:
    """One for the whole process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closed_at: datetime | None = None
        self._pause = _NOTHING

    async def ask(self, request: Callable[[], Awaitable[Answer]], *, patient: bool) -> Answer:
        """Make the request and return its answer.  Where none is left, the patient wait for the
        reset; for the others QuotaUsedUp is raised without asking.  Passes on what `request`
        raises."""
        while (left := self._left()) > _NOTHING:
            if not patient:
                raise QuotaUsedUp("Hugging Face grants no request just now.", retry_after=left)
            await self._clock.sleep(left)
        try:
            answer = await request()
        except TooManyRequests as error:
            self._close_for(UNTOLD if error.retry_after is None else error.retry_after)
            raise TooManyRequests(str(error), retry_after=self._pause) from error
        pause = used_up(answer.headers)
        if pause is not None:
            self._close_for(pause)
        return answer

    def _left(self) -> timedelta:
        if self._closed_at is None:
            return _NOTHING
        # Were the machine's clock set back meanwhile, the wait would grow by as much.
        self._closed_at = min(self._closed_at, self._clock.now())
        return max(_NOTHING, self._closed_at + self._pause - self._clock.now())

    def _close_for(self, pause: timedelta) -> None:
        # An answer that was overtaken must not open what a later one has closed.
        if pause > self._left():
            self._closed_at = self._clock.now()
            self._pause = pause
