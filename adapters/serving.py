"""`paperboy run`: the loops beside the local channel, how they are watched, and the clean stop.

It decides nothing about papers; it starts what `adapters.wiring` has joined, until it is cancelled.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

from adapters.settings import Settings
from adapters.wiring import VERSION, assembled
from bot.clock import Clock, SystemClock
from bot.pipeline.ingest import Polled
from bot.pipeline.supervision import keep_running
from bot.ports import Source

log = structlog.get_logger("paperboy")


class Watch:
    """What is known of the loops: whether they live, and which sources are away."""

    def __init__(self) -> None:
        self._loops: list[asyncio.Task[None]] = []
        self._away: set[str] = set()
        self._failing: set[str] = set()

    def health(self) -> Mapping[str, object]:
        """What /healthz tells."""
        alive = bool(self._loops) and not any(loop.done() for loop in self._loops)
        return {
            "ok": alive,
            "version": VERSION,
            "pid": os.getpid(),
            "failing": sorted(self._failing),
            "away": sorted(self._away),
        }

    def start(
        self, group: asyncio.TaskGroup, name: str, loop: Callable[[], Awaitable[None]], clock: Clock
    ) -> None:
        """Keep a loop running in the group."""
        self._loops.append(group.create_task(keep_running(name, loop, clock, self)))

    def failed(self, name: str, error: Exception) -> None:
        """A loop raised what nobody expected; it is started again."""
        self._failing.add(name)
        log.error("loop.failed", loop=name, exc_info=error)

    def recovered(self, name: str) -> None:
        """It runs as it should again."""
        self._failing.discard(name)
        log.info("loop.recovered", loop=name)

    def note(self, polled: Polled) -> None:
        """Log what a reading brought: one line per outage, and one when it is over."""
        said = log.bind(source=polled.source)
        if polled.failure is not None:
            if polled.source not in self._away:
                said.warning("source.failed", reason=polled.failure)
            self._away.add(polled.source)
            return
        if polled.source in self._away:
            self._away.remove(polled.source)
            said.info("source.recovered")
        if not polled.unchanged:
            said.info(
                "source.read",
                papers=polled.papers,
                changed=polled.changed,
                owed=polled.owed,
                skipped=polled.skipped,
            )


async def serve(settings: Settings) -> int:
    """Read the sources, post what is owed and serve the local channel until cancelled."""
    clock = SystemClock()
    watch = Watch()
    async with (
        _said_at_the_end(),
        assembled(settings, clock, health=watch.health) as program,
        program.channel,
        asyncio.TaskGroup() as loops,
    ):
        watch.start(loops, "relay", program.relay.run, clock)
        watch.start(loops, "upkeep", program.upkeep.run, clock)

        for source in program.sources:

            async def read(source: Source = source) -> None:
                await program.reader.run(source, watch.note)

            watch.start(loops, source.name, read, clock)
        log.info("server.started", url=program.channel.url, version=VERSION)
        print(f"Paperboy is at {program.channel.url} (Ctrl-C stops it)", flush=True)
    return 0


@asynccontextmanager
async def _said_at_the_end() -> AsyncIterator[None]:
    """Log that everything was closed; a program that was killed did not come to that."""
    try:
        yield
    except asyncio.CancelledError:
        log.info("server.stopped")
        raise
