"""A channel's standing queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from bot.domain.channels import ActorId, ChannelRef
from bot.query.values import Query

SubscriptionId = NewType("SubscriptionId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A standing query of a channel.

    `number` is what people call it: from 1 in each channel, never reused.  `from_day` is the
    newest arXiv list day that had been read when the query was set (None: none yet); papers of
    that day and before are the silent baseline.  `stopped_at` is None while it is active.
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
