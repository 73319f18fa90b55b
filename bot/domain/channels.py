"""Where messages go and who asks: references by value, never live objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

ActorId = NewType("ActorId", str)
MessageId = NewType("MessageId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRef:
    """A channel of a workspace on a platform (`slack`, `discord` or `local`)."""

    platform: str
    workspace: str
    channel: str
    thread: str | None = None

    @property
    def key(self) -> str:
        """One string per channel, for locks and maps."""
        parts = (self.platform, self.workspace, self.channel, self.thread or "")
        return "/".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person behind an invocation.  `timezone` is an IANA name where the platform tells it."""

    id: ActorId
    name: str
    may_change: bool = True
    locale: str | None = None
    timezone: str | None = None
