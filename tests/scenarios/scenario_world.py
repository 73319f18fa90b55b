"""A whole Paperboy on a clock that only the scenario moves: real store, index and core.

People speak through invocations, and what the channel shows is read from the local channel's own
messages, so that a scenario says what a person would say and sees what a person would see.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from transcript import buttons, transcript

from adapters.settings import Settings
from adapters.web import wire
from adapters.wiring import Program, assembled
from bot.domain.channels import Actor, ActorId, ChannelRef
from bot.domain.invocations import Invocation, InvocationKind
from bot.domain.pages import Item, Page
from bot.domain.papers import Paper
from bot.domain.replies import Button, Reply

SHARED = Path(__file__).parents[2] / ".." / "shared"
NOWHERE = "http://127.0.0.1:9"
"""The discard port: nothing answers there."""


class ScenarioClock:
    """Time moves when the scenario says so."""

    def __init__(self, now: datetime) -> None:
        self.time = now
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        if duration <= timedelta(0):
            await asyncio.sleep(0)
            return
        due = asyncio.Event()
        self._sleepers.append((self.time + duration, due))
        await due.wait()

    def set(self, now: datetime) -> None:
        self.time = now
        for at, due in self._sleepers:
            if at <= now:
                due.set()


@dataclass(slots=True)
class World:
    """A running program, and the people in front of it."""

    program: Program
    clock: ScenarioClock
    channel: str = "gaussians"
    timezone: str = "Europe/Berlin"
    reply: Reply | None = None
    _ids: Iterable[int] = field(default_factory=itertools.count)

    async def says(self, typed: str, *, who: str = "student", channel: str | None = None) -> str:
        """Type a line (without `/papers`); what comes back, as it is read."""
        return await self._invoke(InvocationKind.COMMAND, who, channel, text=typed)

    async def presses(
        self, label: str, *, who: str = "student", of: Reply | None = None, nth: int = 1
    ) -> str:
        """Press a button of the last reply (or of `of`) by its label."""
        shown = of or self.reply
        assert shown is not None
        found = [button for button in buttons(shown) if button.label == label]
        assert len(found) >= nth, f"no [{label}] in\n{transcript(shown)}"
        return await self.press(found[nth - 1], who=who)

    async def press(self, button: Button, *, who: str = "student") -> str:
        return await self._invoke(
            InvocationKind.BUTTON, who, None, action=button.action, ref=button.ref
        )

    async def _invoke(
        self, kind: InvocationKind, who: str, channel: str | None, **what: Any
    ) -> str:
        name = channel or self.channel
        invocation = Invocation(
            id=f"i{next(iter(self._ids))}",
            kind=kind,
            actor=Actor(id=ActorId(who), name=who, timezone=self.timezone),
            channel=ChannelRef(platform="local", workspace="local", channel=name),
            channel_name=name,
            **what,
        )
        self.reply = await self.program.bot.handle(invocation)
        return transcript(self.reply)

    async def knows(self, *papers: Paper) -> None:
        """Store papers as knowledge, the way a file is loaded."""
        page = Page(source="file", items=tuple(Item(paper=one) for one in papers))
        await self.program.ingestion.remember(page)

    async def polls(self, *names: str) -> list[Any]:
        """Read the sources once (all, or those named), then post what is due."""
        polled = [
            await self.program.ingestion.poll(source)
            for source in self.program.sources
            if not names or source.name in names
        ]
        await self.program.relay.drain()
        return polled

    async def posts(self) -> None:
        """Post what is due."""
        await self.program.relay.drain()

    async def shown(self, channel: str | None = None) -> list[Reply]:
        """The channel's messages, oldest first."""
        messages = self.program.store.local_messages
        page = await messages.page(channel or self.channel, before=None, limit=1_000)
        return [wire.from_json(json.loads(one.reply)) for one in page]

    async def wall(self, channel: str | None = None) -> list[str]:
        """The channel's messages, as they are read."""
        return [transcript(reply) for reply in await self.shown(channel)]


def settings(folder: Path, replay: str | None = None, **more: Any) -> Settings:
    """Settings of a scenario; without a replay server no source can be reached."""
    base = replay or NOWHERE
    given = {
        "PAPERBOY_DATA_DIR": folder,
        "ARXIV_FEED_URL": base,
        "ARXIV_API_URL": f"{base}/api/query",
        "HUGGINGFACE_URL": base,
        "ARXIV_CATEGORIES": "cs",
        **more,
    }
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


@asynccontextmanager
async def living(
    folder: Path, now: datetime, replay: str | None = None, **more: Any
) -> AsyncIterator[World]:
    """A world at `now` on the data in `folder`; open it again for a restart."""
    clock = ScenarioClock(now)
    async with assembled(settings(folder, replay, **more), clock) as program:
        yield World(program=program, clock=clock)


def mission_papers() -> list[Paper]:
    """The 65 papers that the project began with; ../shared is needed."""
    from adapters.sources.paper_file import read_papers

    with (SHARED / "data" / "mission_papers.jsonl").open("rb") as lines:
        return [one for one in read_papers(lines) if isinstance(one, Paper)]


def berlin(text: str) -> datetime:
    """A moment given as local summer time of Berlin."""
    return (datetime.fromisoformat(text) - timedelta(hours=2)).replace(tzinfo=UTC)
