"""The core as the edges see it: `handle(invocation) -> Reply`."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from bot.commands.desk import Desk
from bot.commands.dispatcher import Dispatcher, Report
from bot.domain.invocations import Invocation, InvocationKind
from bot.domain.replies import Reply

REMEMBERED = 1_000
"""Invocations whose reply is kept, so that one delivered twice is carried out once."""


class PapersBot:
    """Answers invocations; the same invocation id again gets the same reply."""

    def __init__(self, desk: Desk, report: Report) -> None:
        self._dispatcher = Dispatcher(desk, report)
        self._replies: OrderedDict[str, asyncio.Task[Reply]] = OrderedDict()

    async def handle(self, invocation: Invocation) -> Reply:
        """The reply to what a person did.  It never raises for a person's mistake, and what was
        begun is finished even when the edge stops waiting for it.
        """
        if invocation.kind is InvocationKind.AUTOCOMPLETE:
            return await self._dispatcher.handle(invocation)
        key = f"{invocation.channel.platform}/{invocation.channel.workspace}/{invocation.id}"
        task = self._replies.get(key)
        if task is None:
            task = asyncio.create_task(self._dispatcher.handle(invocation))
            self._replies[key] = task
            self._forget_oldest()
        return await asyncio.shield(task)

    def _forget_oldest(self) -> None:
        while len(self._replies) > REMEMBERED and next(iter(self._replies.values())).done():
            self._replies.popitem(last=False)

    async def close(self) -> None:
        """Wait for what was begun."""
        await asyncio.gather(*self._replies.values(), return_exceptions=True)
