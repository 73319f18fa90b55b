"""Empties the outbox: claim, decide, render, post, settle.

A delivery whose last attempt was cut off is looked for before it is posted again, and what is under
way is settled even when the relay is cancelled.  It never decides what follows from an outcome
(`retrying` does).  What raises is left as a crash would leave it, for the outbox to count.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.domain.deliveries import (
    Ambiguous,
    Delivery,
    DeliveryState,
    Outcome,
    Refused,
    Scope,
    Sent,
)
from bot.domain.replies import Reply
from bot.pipeline.retrying import GRACE
from bot.ports import Messenger, Outbox

PROMPT = timedelta(seconds=5)
LEASE = GRACE + PROMPT
"""A post that begins within PROMPT of its claim can no longer arrive when the lease has run out."""

BATCH = 20
IDLE = timedelta(seconds=30)
LOOK_BACK = timedelta(seconds=60)

LAST_POST = timedelta(seconds=3)
"""How long a post that is under way may take when the relay is stopped: a request that is cut off
may have arrived all the same, so it would have to be looked for."""

Render = Callable[[Delivery], Reply]


class Relay:
    """The loop that posts what is owed on one platform."""

    def __init__(self, outbox: Outbox, messenger: Messenger, render: Render, clock: Clock) -> None:
        self._outbox = outbox
        self._messenger = messenger
        self._render = render
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something may be due now."""
        self._woken.set()

    async def run(self) -> None:
        """Post what is due, for ever."""
        while True:
            self._woken.clear()
            if not await self.drain():
                await self._wait()

    async def drain(self) -> int:
        """Post everything that is due now; how many deliveries were attempted."""
        attempted = 0
        claimed_at = self._clock.now()
        while claimed := await self._outbox.claim(LEASE, BATCH):
            # All of them end before one that raised is heard of.
            ends = await asyncio.gather(
                *(self._deliver(delivery, claimed_at) for delivery in claimed),
                return_exceptions=True,
            )
            for end in ends:
                if end is not None:
                    raise end
            attempted += len(claimed)
            claimed_at = self._clock.now()
        return attempted

    async def _deliver(self, delivery: Delivery, claimed_at: datetime) -> None:
        """Post one claimed delivery and settle it, also when the relay is stopped meanwhile."""
        attempt = asyncio.ensure_future(self._attempt(delivery, claimed_at))
        try:
            outcome = await asyncio.shield(attempt)
        except asyncio.CancelledError:
            await _finish(self._settle_last(delivery, attempt))
            raise
        await _finish(self._outbox.settle(delivery.id, outcome))

    async def _settle_last(self, delivery: Delivery, attempt: asyncio.Future[Outcome]) -> None:
        """Settle an attempt that is under way while the relay is being stopped."""
        timer = asyncio.ensure_future(self._clock.sleep(LAST_POST))
        await asyncio.wait((attempt, timer), return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        if not attempt.done():
            attempt.cancel()
            await asyncio.wait((attempt,))
        cut_off = attempt.cancelled()
        outcome = Ambiguous("the attempt was cut off") if cut_off else attempt.result()
        await self._outbox.settle(delivery.id, outcome)

    async def _attempt(self, delivery: Delivery, claimed_at: datetime) -> Outcome:
        if delivery.paper is None and delivery.notice is None:
            return Refused("its paper is gone")
        reply = self._render(delivery)
        if delivery.message_id is None and delivery.state is DeliveryState.AMBIGUOUS:
            since = (delivery.attempt_started_at or delivery.created_at) - LOOK_BACK
            found = await self._messenger.find(delivery.id, delivery.channel, since)
            if isinstance(found, Ambiguous):
                return found
            if found is not None:
                return Sent(found)
        outcome = await self._post(delivery, reply, claimed_at)
        if isinstance(outcome, Refused) and outcome.scope is Scope.CONTENT:
            plain = Reply(summary=reply.summary, visibility=reply.visibility)
            outcome = await self._post(delivery, plain, claimed_at)
        return outcome

    async def _post(self, delivery: Delivery, reply: Reply, claimed_at: datetime) -> Outcome:
        if self._clock.now() - claimed_at > PROMPT:
            await self._outbox.renew(delivery.id, LEASE)
        if delivery.message_id is not None:
            return await self._messenger.edit(delivery.message_id, delivery.channel, reply)
        return await self._messenger.post(delivery.id, delivery.channel, reply)

    async def _wait(self) -> None:
        """Until something is due, somebody wakes the relay, or IDLE has passed."""
        due = await self._outbox.next_due()
        delay = IDLE if due is None else min(IDLE, max(due - self._clock.now(), timedelta(0)))
        waits = {
            asyncio.ensure_future(self._woken.wait()),
            asyncio.ensure_future(self._clock.sleep(delay)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


async def _finish(work: Coroutine[Any, Any, None]) -> None:
    """Await `work` to its end even if the caller is cancelled meanwhile; then let that through."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
