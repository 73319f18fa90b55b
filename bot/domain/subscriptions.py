"""A channel's standing queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from bot.domain.channels import ActorId, ChannelRef
from bot.query.values import Query

SubscriptionId = NewType("SubscriptionId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """From when until when a subscription is held: what waits is kept, nothing new is owed.

    `ends_at` is None until somebody resumes it.  `from_day` is the newest arXiv list day that had
    been read when it began.
    """

    began_at: datetime
    ends_at: datetime | None = None
    from_day: date | None = None

    def holds(self, at: datetime) -> bool:
        """Whether the subscription is held at that time."""
        return self.began_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A standing query of a channel.

    `number` is what people call it: from 1 in each channel, never reused.  `from_day` is the
    newest arXiv list day that had been read when the query was set (None: none yet); papers of
    that day and before are the silent baseline.  `stopped_at` is None while it is active.
    `pauses` are told oldest first; one that ends by its date ends by itself.
    """

    id: SubscriptionId
    channel: ChannelRef
    number: int
    query: Query
    owner: ActorId
    owner_name: str
    created_at: datetime
    from_day: date | None = None
    stopped_at: datetime | None = None
    stopped_by: str | None = None
    last_delivery_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()

    def pause(self, at: datetime) -> Pause | None:
        """The pause that holds it at that time."""
        return next((one for one in self.pauses if one.holds(at)), None)
