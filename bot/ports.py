"""What the core needs from the world, as narrow as its use.  The docstrings are the specification.

One contract suite (`tests/contracts`) runs on every implementation, the fakes included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.breakers import Breaker
from bot.domain.channels import ActorId, ChannelRef, MessageId
from bot.domain.deliveries import (
    Ambiguous,
    DeadLetter,
    Delivery,
    DeliveryId,
    NoticeBody,
    Outcome,
    Owed,
    Reason,
)
from bot.domain.identity import PaperRef
from bot.domain.pages import Cursor, ListDay, Page, Unchanged
from bot.domain.papers import Paper, PaperId
from bot.domain.replies import DraftId, ListingId, Reply
from bot.domain.subscriptions import Pause, Subscription, SubscriptionId
from bot.query.values import Query

# -- looking papers up --------------------------------------------------------


class Order(StrEnum):
    """How a listing is sorted: by the ranking of DESIGN section 9, by list day, or by upvotes."""

    RELEVANCE = "relevance"
    NEW = "new"
    UPVOTES = "upvotes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A lookup's answer: ids in order (at most 1,000), and how many match in all.

    `exact` is False when there are more than `total` (then 1,000).
    """

    ids: tuple[PaperId, ...]
    total: int
    exact: bool = True


class Search(Protocol):
    """Finds papers by query.  A paper is found if and only if `match()` says that it matches."""

    async def find(
        self,
        query: Query,
        *,
        order: Order = Order.RELEVANCE,
        after: date | None = None,
        before: date | None = None,
    ) -> Found:
        """The matching papers whose list day d has `after <= d < before` (a bound that is None is
        open; a paper without a list day meets only open bounds)."""
        ...

    async def count(self, query: Query) -> int:
        """How many papers match, at most 1,000."""
        ...

    async def count_by_day(self, query: Query, days: Sequence[date]) -> Mapping[date, int]:
        """For each of the list days, how many of its papers match (exact, without a limit)."""
        ...

    async def nearest_word(self, word: str) -> tuple[str, int] | None:
        """The known word most like `word` (one or two edits, the more frequent first) and the
        number of papers that have it; None when nothing is near."""
        ...


class Papers(Protocol):
    """Reads stored papers."""

    async def get(self, ids: Sequence[PaperId]) -> list[Paper]:
        """The papers in the order of `ids`; unknown ids are left out."""
        ...

    async def resolve(self, ref: PaperRef) -> Paper | None:
        """The stored paper that a person's reference names, by any of its aliases."""
        ...

    async def list_days(self, limit: int) -> list[date]:
        """The newest arXiv list days that were read or loaded as a whole, newest first.  (A paper
        that came by another way has a list day too, but tells nothing of that day's size.)"""
        ...

    async def on_days(self, first: date, last: date, limit: int) -> Found:
        """Papers whose list day lies in [first, last], most upvoted first, then newest, then id."""
        ...

    async def count(self) -> int:
        """How many papers are stored."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What asking the sources brought: how many papers were stored or changed, and whether an
    answer is still under way."""

    stored: int = 0
    under_way: bool = False


class Lookup(Protocol):
    """Asks the sources themselves.  The papers come back already stored, as knowledge."""

    async def search(self, query: Query) -> LookedUp:
        """Ask for papers like the query, for at most 2 s.  What arrives later is stored all the
        same.  Never raises for a source that is away."""
        ...

    async def paper(self, ref: PaperRef) -> Paper | None:
        """Ask for one paper; None when the sources say that it does not exist.

        Raises SourceAway when no source could be asked.
        """
        ...


# -- what a conversation remembers --------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedListing:
    """A list that someone was shown, and the command text that made it."""

    id: ListingId
    channel: ChannelRef
    actor: ActorId
    text: str
    ids: tuple[PaperId, ...]
    total: int
    exact: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """A command text that a button would run or store."""

    id: DraftId
    channel: ChannelRef
    actor: ActorId
    text: str
    created_at: datetime


class Memory(Protocol):
    """Keeps what buttons refer to; it survives a restart.  Kept for at least 30 days."""

    async def keep_listing(
        self, channel: ChannelRef, actor: ActorId, text: str, found: Found
    ) -> SavedListing: ...

    async def listing(self, channel: ChannelRef, listing: ListingId) -> SavedListing | None:
        """The listing of that id, if it belongs to this channel."""
        ...

    async def last_listing(
        self, channel: ChannelRef, actor: ActorId, since: datetime
    ) -> SavedListing | None:
        """The newest listing shown to that person in that channel at or after `since`."""
        ...

    async def keep_draft(self, channel: ChannelRef, actor: ActorId, text: str) -> DraftId:
        """The same text of the same person in the same channel may be given the same id."""
        ...

    async def draft(self, channel: ChannelRef, draft: DraftId) -> SavedDraft | None:
        """The draft of that id, if it belongs to this channel."""
        ...


# -- subscriptions ------------------------------------------------------------


class Subscriptions(Protocol):
    """A channel's standing queries.  Every call names the channel, so no other's can be reached."""

    async def of_channel(self, channel: ChannelRef, *, stopped: bool = False) -> list[Subscription]:
        """The active ones (with `stopped`, also the stopped ones), by number."""
        ...

    async def subscribe(
        self,
        channel: ChannelRef,
        query: Query,
        *,
        owner: ActorId,
        owner_name: str,
        notice: NoticeBody | None = None,
    ) -> tuple[Subscription, bool]:
        """Store a subscription and, in the same transaction, a pending notice of it.

        The flag is False when the same canonical query is already active here; that subscription
        is returned, and nothing is stored.  `{n}` in the notice's lines stands for its number, and
        its `undo` ref is set to its id.
        """
        ...

    async def stop(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        *,
        by: str,
        notice: NoticeBody | None,
    ) -> Subscription | None:
        """Stop it and take its reasons from pending deliveries; one without a reason is cancelled.
        None when there is no such active subscription in this channel."""
        ...

    async def stop_all(
        self,
        channel: ChannelRef,
        chosen: Sequence[SubscriptionId],
        *,
        by: str,
        notice: NoticeBody | None,
    ) -> list[Subscription]:
        """Stop those of the given ones that are active, all of them or none, with one notice."""
        ...

    async def restore(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        *,
        by: str,
        notice: NoticeBody | None,
    ) -> Subscription | None:
        """Make a stopped one active again under its number, with the deliveries that its stop
        cancelled.  None when it does not exist here, or an active one has the same query."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A subscription with its new query; `change` names the edit to undo it by."""

    subscription: Subscription
    change: int


class Changes(Protocol):
    """Changes of a channel's subscriptions.  Each is one transaction with its notice (see
    `Subscriptions.subscribe`) and with one row that says who changed what, before and after."""

    async def edit(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        query: Query,
        *,
        by: str,
        notice: NoticeBody | None,
        keeps: Callable[[Paper], bool],
    ) -> Edited | None:
        """Replace its query and begin a new silent baseline.  Its reason is taken from pending
        deliveries of papers that are not to be kept; one without a reason is cancelled.  One that
        is being sent keeps its reason.  `keeps` is pure.  The notice's `undo` ref is set to the
        change.

        None when it is not active here, or an active one of the channel has the query already.
        """
        ...

    async def undo_edit(
        self, channel: ChannelRef, change: int, *, by: str, notice: NoticeBody | None
    ) -> Subscription | None:
        """Give back the query and the baseline that the edit replaced, and what it took.

        None when it is no edit of this channel, its subscription has been changed again or
        stopped, or an active one has the old query.
        """
        ...

    async def pause(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        *,
        until: datetime | None,
        by: str,
        notice: NoticeBody | None,
    ) -> Subscription | None:
        """Hold it from now on: nothing new is owed for it, and what waits for it alone is not
        claimed.  A paused one gets the new end.  None when it is not active here."""
        ...

    async def resume(
        self,
        channel: ChannelRef,
        subscription: SubscriptionId,
        *,
        by: str,
        notice: NoticeBody | None,
    ) -> Pause | None:
        """End its pause now; the pause as it was.  None when it is not active here or not held."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What a channel is set to; None is the default.

    `timezone` is an IANA name.  `notices` is the channel that is told when a source is away or
    stale, without `#`, or `off`.
    """

    timezone: str | None = None
    notices: str | None = None


class Channels(Protocol):
    """A channel's settings."""

    async def settings(self, channel: ChannelRef) -> ChannelSettings:
        """What it is set to; all defaults for one that is not known."""
        ...

    async def change(
        self, channel: ChannelRef, new: ChannelSettings, *, by: str, notice: NoticeBody | None
    ) -> ChannelSettings:
        """Set what is not None in `new`, with the notice and a row of who changed what; all
        settings after it."""
        ...


# -- what is owed -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A reason that was taken from a delivery before it was posted, and when."""

    reason: Reason
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """What became of a delivery, for `why`."""

    delivery: Delivery
    sent_at: datetime | None = None
    failure: str | None = None  #: what the last attempt that failed was told
    failed_at: datetime | None = None  #: when it was given up
    withdrawn: tuple[Withdrawn, ...] = ()


class Deliveries(Protocol):
    """What commands ask of the outbox."""

    async def of_paper(self, channel: ChannelRef, paper: PaperId) -> Delivery | None:
        """The channel's one delivery of that paper, in any state."""
        ...

    async def record(self, channel: ChannelRef, paper: PaperId) -> DeliveryRecord | None:
        """The same, with what became of it."""
        ...

    async def among(self, channel: ChannelRef, papers: Sequence[PaperId]) -> frozenset[PaperId]:
        """Those of the papers that the channel has a delivery of, cancelled ones left out."""
        ...

    async def share(
        self, channel: ChannelRef, paper: PaperId, *, by: str, again: bool = False
    ) -> Delivery | None:
        """Owe the paper's card to the channel because a person shared it; None when the channel has
        or awaits the card already (then only `again` makes a second message, which is the person's
        and no delivery of the paper)."""
        ...

    async def counts(self, channel: ChannelRef) -> Mapping[str, int]:
        """How many of the channel's deliveries stand in each state."""
        ...

    async def dead(self, channel: ChannelRef) -> Sequence[DeadLetter]:
        """The channel's deliveries that were given up, oldest first."""
        ...


class Outbox(Protocol):
    """What the relay asks of the outbox."""

    async def claim(self, lease: timedelta, limit: int) -> list[Delivery]:
        """Take up to `limit` due deliveries and mark them `sending`, committed before it returns.

        Due is: pending and its time has come; an edit that a later reason asks for; `sending` whose
        lease has run out, and `ambiguous` once its request can no longer arrive (both come back
        `ambiguous`, with `attempt_started_at` of the first attempt of unknown end).  At most one
        per channel; none for a channel that has one in `sending` under a running lease, or that is
        left alone; one of a workspace that failed last.  One that was `sending` when the process
        ended twice in a row comes alone; after the third time it is quarantined instead.
        A pending card that is owed for paused subscriptions only is not due.  Oldest first.
        """
        ...

    async def renew(self, delivery: DeliveryId, lease: timedelta) -> None:
        """Give a claimed delivery another lease from now on, committed before it returns."""
        ...

    async def settle(self, delivery: DeliveryId, outcome: Outcome) -> None:
        """Record the outcome of a claimed delivery, with what `bot.pipeline.retrying` decides of
        it: Sent → sent, NotSent → pending, Ambiguous → ambiguous, Refused → dead, or pending where
        it speaks of the channel or the workspace.  Those are left alone then, and nothing of them
        is due.  A failed edit leaves the delivery sent; it is tried again until it is given up."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next delivery becomes due; None when nothing waits."""
        ...


class Messenger(Protocol):
    """Posts to one platform.  Called by the relay only, one post at a time per channel."""

    async def post(self, delivery: DeliveryId, channel: ChannelRef, reply: Reply) -> Outcome:
        """Post a message.  Never raises for what the platform or the network does."""
        ...

    async def edit(self, message: MessageId, channel: ChannelRef, reply: Reply) -> Outcome:
        """Replace a posted message's content."""
        ...

    async def find(
        self, delivery: DeliveryId, channel: ChannelRef, since: datetime
    ) -> MessageId | Ambiguous | None:
        """The message that was posted for that delivery at or after `since`, if there is one;
        Ambiguous when that could not be found out."""
        ...


# -- the pipeline -------------------------------------------------------------


class Source(Protocol):
    """Something papers come from, read again and again."""

    @property
    def name(self) -> str:
        """`arxiv`, `daily` or `trending`."""
        ...

    async def fetch(self, cursor: str | None) -> Page | Unchanged:
        """Read it once.  Raises SourceAway or SourceGarbled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestPlan:
    """What a page changes, decided; the store carries it out in the same transaction."""

    papers: tuple[Paper, ...]  #: to be written, complete
    owed: tuple[Owed, ...]
    cursor: Cursor | None  #: None for lookups
    baseline: date | None = None  #: `from_day` for subscriptions that have none yet
    days: tuple[ListDay, ...] = ()  #: list days that the page brings whole


class IngestTransaction(Protocol):
    """One write transaction around reading what is known and writing what was decided."""

    async def cursor(self, source: str) -> Cursor | None: ...

    async def known(self, papers: Sequence[Paper]) -> Mapping[PaperId, Paper]:
        """For each given paper that is already stored, under any alias or as the same title
        (DESIGN section 7, identity): the given id → the stored paper."""
        ...

    async def subscriptions(self) -> Sequence[Subscription]:
        """All active subscriptions of all channels that no pause holds."""
        ...

    async def apply(self, plan: IngestPlan) -> None:
        """Write papers, aliases, lists, signals, deliveries with their reasons (added to a delivery
        that exists; one that was sent becomes an edit), the cursor and the baseline."""
        ...


class IngestStore(Protocol):
    """Where the pipeline writes."""

    def ingest(self) -> AbstractAsyncContextManager[IngestTransaction]:
        """A transaction that commits when the block ends and rolls back when it raises or is
        cancelled.  No network call may happen inside it."""
        ...

    async def cursor(self, source: str) -> Cursor | None: ...

    async def note_failure(self, source: str, reason: str, at: datetime) -> None:
        """Remember that a source could not be read."""
        ...


class Breakers(Protocol):
    """Keeps breakers over a restart, each under its scope (`source:arxiv`)."""

    async def get(self, scope: str) -> Breaker:
        """What was kept last; CLOSED when nothing was."""
        ...

    async def put(self, scope: str, breaker: Breaker) -> None:
        """Keep it in place of what was kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source as `status` tells it: when it was last read, and what is wrong since when."""

    source: str
    read_at: datetime | None = None
    newest_day: date | None = None
    total: int = 0
    failing_since: datetime | None = None
    failure: str | None = None


class Health(Protocol):
    """What `status` and the front page ask."""

    async def sources(self) -> list[SourceState]:
        """All that have ever been read or tried."""
        ...
