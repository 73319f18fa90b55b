"""Where the local channel keeps its public messages: the port that the store implements.

It says what is kept and in which order it comes back, not how.  A reply is kept as the JSON text of
`adapters.web.wire`; the store never looks inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class StoredMessage(Protocol):
    """A public message of the local workspace.

    `position` is given once, when it is posted, and orders messages (1, 2, …; over all channels;
    never reused).  `sequence` is given anew by every post and every edit, grows over all channels,
    and tells a reader what it has missed.  `id` is the position as text.
    """

    @property
    def id(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def reply(self) -> str: ...
    @property
    def posted_at(self) -> datetime: ...
    @property
    def edited_at(self) -> datetime | None: ...


class StoredChannel(Protocol):
    """A channel that was added by hand or has messages.

    `count` is how many it has, `newest` the position of the newest, 0 without any.
    """

    @property
    def name(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def newest(self) -> int: ...


class LocalMessages(Protocol):
    """Keeps public messages and the names of channels.  Raises StoreError when it cannot."""

    async def post(self, delivery: str, channel: str, reply: str) -> tuple[StoredMessage, bool]:
        """Keep a message.  A second post of the same delivery id changes nothing and gives the
        first message with False; the channel is added if it is new.
        """
        ...

    async def edit(self, message: str, channel: str, reply: str) -> StoredMessage | None:
        """Replace a message's content; None when the channel has no such message."""
        ...

    async def find(self, delivery: str, channel: str, since: datetime) -> str | None:
        """The id of the message posted in that channel for that delivery at or after `since`."""
        ...

    async def page(
        self, channel: str, *, before: int | None, limit: int
    ) -> Sequence[StoredMessage]:
        """The newest `limit` messages whose position is below `before` (None: no bound), in the
        order of their positions, oldest first.
        """
        ...

    async def changes(self, after: int, *, limit: int) -> Sequence[StoredMessage]:
        """Up to `limit` messages of all channels whose sequence is above `after`, by sequence."""
        ...

    async def newest_sequence(self) -> int:
        """The highest sequence given so far; 0 when nothing was ever posted."""
        ...

    async def add_channel(self, channel: str) -> bool:
        """Remember a channel; False when it was known."""
        ...

    async def channels(self) -> Sequence[StoredChannel]:
        """All remembered channels, in the order in which they were added."""
        ...
