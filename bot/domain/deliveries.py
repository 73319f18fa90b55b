"""What a channel is owed, and what became of it.

A delivery is one message owed to one channel: a paper's card (at most one per paper and channel),
or a visible notice of a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.channels import ChannelRef, MessageId
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import SubscriptionId

DeliveryId = NewType("DeliveryId", str)
"""Random, globally unique, at most 25 characters of a-z and 2-7 (it serves as a Discord nonce)."""


class DeliveryState(StrEnum):
    """Where a delivery stands.

    pending → sending → sent | pending (certainly not sent) | ambiguous | dead | cancelled
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    AMBIGUOUS = "ambiguous"
    DEAD = "dead"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a paper is owed: the subscription that matched (None for a share), the words that hit."""

    subscription: SubscriptionId | None
    number: int | None  #: the subscription's number in its channel
    query: str  #: its canonical text; for a share, the name of the person who shared
    words: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  #: where they hit: `title`, `abstract`, `keywords`, …


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeBody:
    """The content of a visible notice: lines of plain text, and the subscription *Undo* acts on."""

    actor_name: str
    lines: tuple[str, ...]
    undo: tuple[str, str] | None = None  #: (action, ref) of the *Undo* button


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message owed.  Exactly one of `paper` and `notice` is set.

    `message_id` is set once it was posted; a claimed delivery with a message id is an edit of that
    message (a reason came later).
    """

    id: DeliveryId
    channel: ChannelRef
    state: DeliveryState
    created_at: datetime
    attempts: int
    paper: Paper | None = None
    reasons: tuple[Reason, ...] = ()
    notice: NoticeBody | None = None
    message_id: MessageId | None = None
    attempt_started_at: datetime | None = None
    timezone: str | None = None  #: the channel's own, an IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that was given up: why, and when."""

    delivery: Delivery
    reason: str
    at: datetime


class Scope(StrEnum):
    """What a failed attempt says something about: the message's form (plain text may pass), the
    message, all of the channel, or all of the workspace (its credential)."""

    CONTENT = "content"
    MESSAGE = "message"
    CHANNEL = "channel"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Sent:
    """It is posted (or the edit was made)."""

    message_id: MessageId


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not posted.  `retry_at` is set where the platform named a time (a rate limit):
    that is obeyed and is no failed attempt."""

    retry_at: datetime | None
    reason: str
    scope: Scope = Scope.MESSAGE


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may or may not have been posted: a timeout, a reset, a 5xx, a cut-off attempt."""

    reason: str
    retry_at: datetime | None = None
    scope: Scope = Scope.MESSAGE


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will not take it: not in this form, not at all, not in this channel, or nothing
    of this workspace."""

    reason: str
    scope: Scope = Scope.MESSAGE


Outcome = Sent | NotSent | Ambiguous | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """What the plan decides for one paper and one channel."""

    channel: ChannelRef
    paper: PaperId
    reasons: tuple[Reason, ...]
