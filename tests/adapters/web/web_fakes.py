"""A small world for the local channel: a clock that stands, and messages in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta


class StandingClock:
    def __init__(self, now=datetime(2026, 6, 8, 4, 1, tzinfo=UTC)):
        self.time = now

    def now(self):
        return self.time

    async def sleep(self, duration):
        self.time += max(duration, timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    delivery: str
    channel: str
    position: int
    sequence: int
    reply: str
    posted_at: datetime
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    name: str
    count: int
    newest: int


class MemoryMessages:
    """`LocalMessages` for tests."""

    def __init__(self, clock):
        self.clock = clock
        self.kept = []
        self.names = []
        self.sequence = 0
        self.failure = None

    def _next(self):
        if self.failure is not None:
            raise self.failure
        self.sequence += 1
        return self.sequence

    async def post(self, delivery, channel, reply):
        for message in self.kept:
            if message.delivery == delivery:
                return message, False
        sequence = self._next()
        await self.add_channel(channel)
        position = len(self.kept) + 1
        message = Message(
            id=str(position),
            delivery=delivery,
            channel=channel,
            position=position,
            sequence=sequence,
            reply=reply,
            posted_at=self.clock.now(),
        )
        self.kept.append(message)
        return message, True

    async def edit(self, message, channel, reply):
        for index, known in enumerate(self.kept):
            if known.id == message and known.channel == channel:
                changes = {"sequence": self._next(), "edited_at": self.clock.now()}
                self.kept[index] = replace(known, reply=reply, **changes)
                return self.kept[index]
        return None

    async def find(self, delivery, channel, since):
        for message in self.kept:
            if (message.delivery, message.channel) == (delivery, channel):
                return message.id if message.posted_at >= since else None
        return None

    async def page(self, channel, *, before, limit):
        found = [m for m in self.kept if m.channel == channel]
        return [m for m in found if before is None or m.position < before][-limit:]

    async def changes(self, after, *, limit):
        changed = sorted(self.kept, key=lambda message: message.sequence)
        return [message for message in changed if message.sequence > after][:limit]

    async def newest_sequence(self):
        return self.sequence

    async def add_channel(self, channel):
        if channel in self.names:
            return False
        self.names.append(channel)
        return True

    async def channels(self):
        return [
            Channel(
                name=name,
                count=sum(message.channel == name for message in self.kept),
                newest=max((m.position for m in self.kept if m.channel == name), default=0),
            )
            for name in self.names
        ]
