"""Events to open browser tabs: every tab gets every change once, in order, and misses none.

A tab says which sequence it has seen; it is sent what came after, then what comes.  One that does
not keep up is closed and catches up when it reconnects.  Only changes made by this process are
seen: the process that relays to the local channel is the one that serves it.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from adapters.web.messages import LocalMessages, StoredMessage
from bot.errors import StoreError

MOST_TABS = 64
MOST_WAITING = 256  #: events that may wait for one tab
MOST_MISSED = 200  #: beyond this a tab loads its page of messages anew
LONGEST_FRAME = 1024  #: bytes a tab may send in one message; it only says `ping`
BEAT = 25.0  #: seconds between pings that notice a dead connection

Event = dict[str, Any]


def message_json(message: StoredMessage) -> Event:
    """A stored message as the browser gets it."""
    return {
        "id": message.id,
        "channel": message.channel,
        "position": message.position,
        "sequence": message.sequence,
        "posted_at": message.posted_at.isoformat(),
        "edited_at": message.edited_at.isoformat() if message.edited_at else None,
        "reply": json.loads(message.reply),
    }


class Hub:
    """The open tabs."""

    def __init__(self, messages: LocalMessages, version: str) -> None:
        self._messages = messages
        self._version = version
        self._tabs: dict[web.WebSocketResponse, asyncio.Queue[Event | None]] = {}
        self._closed = False

    @property
    def full(self) -> bool:
        return len(self._tabs) >= MOST_TABS

    def announce(self, message: StoredMessage) -> None:
        """Tell every tab about a new or edited message."""
        self._send({"type": "message", "message": message_json(message)})

    def announce_channel(self, channel: str) -> None:
        """Tell every tab about a new channel."""
        self._send({"type": "channel", "name": channel})

    async def serve(self, socket: web.WebSocketResponse, after: int | None) -> None:
        """Send events to one prepared socket until either side closes it.

        `after` is the newest sequence the tab has, None for a tab that has just loaded.
        """
        events: asyncio.Queue[Event | None] = asyncio.Queue(MOST_WAITING)
        self._tabs[socket] = events  # before reading what was missed: nothing falls between
        writer = asyncio.create_task(self._write(socket, events, after))
        try:
            if self._closed:
                self._end(events)
            await self._read(socket, events)
        finally:
            self._tabs.pop(socket, None)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)

    async def close(self) -> None:
        """Say goodbye to every tab; they come back when the server does."""
        self._closed = True
        for events in self._tabs.values():
            self._end(events)

    def _send(self, event: Event) -> None:
        for events in self._tabs.values():
            if events.full():
                self._end(events)
            else:
                events.put_nowait(event)

    @staticmethod
    def _end(events: asyncio.Queue[Event | None]) -> None:
        while not events.empty():
            events.get_nowait()
        events.put_nowait(None)

    async def _read(
        self, socket: web.WebSocketResponse, events: asyncio.Queue[Event | None]
    ) -> None:
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT or frame.data != "ping":
                await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            elif not events.full():
                events.put_nowait({"type": "pong"})

    async def _write(
        self, socket: web.WebSocketResponse, events: asyncio.Queue[Event | None], after: int | None
    ) -> None:
        try:
            greeting = await self._greeting(after)
        except StoreError:
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
            return
        for missed in greeting:
            await socket.send_json(missed)
        while (event := await events.get()) is not None:
            await socket.send_json(event)
        await socket.close(code=WSCloseCode.GOING_AWAY)

    async def _greeting(self, after: int | None) -> list[Event]:
        """What a tab is told first: the newest sequence and what it missed.  A tab that knows more
        than the store (another database), or missed very much, is asked to load anew.
        """
        newest = await self._messages.newest_sequence()
        hello: Event = {"type": "hello", "sequence": newest, "version": self._version}
        if after is None or after == newest:
            return [hello]
        missed = await self._messages.changes(after, limit=MOST_MISSED + 1)
        if after > newest or len(missed) > MOST_MISSED:
            return [hello, {"type": "reload"}]
        return [hello, *({"type": "message", "message": message_json(m)} for m in missed)]
