"""What a page of papers changes and what it owes: a function of values (DESIGN section 7).

It decides which papers are written, which channels are owed which paper and why, and how far the
source has been read.  It reads and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.announcements import PATIENCE, appears_at, list_day_of
from bot.domain.channels import ChannelRef
from bot.domain.deliveries import Owed, Reason
from bot.domain.identity import arxiv_id, merge
from bot.domain.pages import AnnounceType, Cursor, Ingest, Item, ListDay, Page
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import Subscription
from bot.ports import IngestPlan
from bot.query.matching import Document, Match, match, prepare

LOOKUPS = frozenset({"search", "paper", "archive"})
"""Pages that answer a question; nothing is read further the next time."""

LISTED = frozenset({AnnounceType.NEW, AnnounceType.CROSS})
"""What makes a list; replacements also stand in the feed on days without one."""

LATE_TEXT = timedelta(days=14)
"""Keywords or an abstract that arrive later than this after the list day owe nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the plan is made against, read in the same transaction."""

    ingest: Ingest
    known: Mapping[PaperId, Paper]
    subscriptions: Sequence[Subscription]
    cursor: Cursor | None
    now: datetime


def plan_page(page: Page, context: Context) -> IngestPlan:
    """Decide what the page changes and owes."""
    baseline = _baseline(page)
    known = dict(context.known)
    changed: dict[PaperId, Paper] = {}
    owed: list[Owed] = []
    for item in page.items:
        before = known.get(item.paper.id)
        after = _after(page, item, before, context)
        known[item.paper.id] = known[after.id] = after
        if before is None or after != before:
            changed[after.id] = after
        if _announces(item, context):
            owed.extend(_owed(before, after, baseline, context))
    return IngestPlan(
        papers=tuple(changed.values()),
        owed=_united(owed),
        cursor=_cursor(page, context),
        baseline=baseline,
        days=_whole_days(page, context),
    )


def _whole_days(page: Page, context: Context) -> tuple[ListDay, ...]:
    """The list days that the page tells the size of: a feed's own, one fetched by date, and those
    of a file."""
    if page.source == "file":
        days = sorted({one.paper.list_day for one in page.items if one.paper.list_day})
        return tuple(ListDay(day=day) for day in days)
    day = page.list_day
    if day is None or not (page.source == "archive" or _is_new_list(page, context)):
        return ()
    whole = ListDay(
        day=day,
        papers=_size(page),
        announced=context.ingest is Ingest.ANNOUNCEMENT,
        late=context.now >= appears_at(day) + PATIENCE,
    )
    return (whole,)


def _is_new_list(page: Page, context: Context) -> bool:
    """Whether a feed brings its day's list: neither nothing but replacements (a weekend, a holiday)
    nor an earlier day's list under a new date."""
    if page.source != "arxiv" or page.list_day is None:
        return False
    known = (context.known.get(item.paper.id) for item in page.items if item.announce in LISTED)
    return any(
        one is None
        or one.announced_at is None
        or one.list_day is None
        or one.list_day >= page.list_day
        for one in known
    )


def _size(page: Page) -> int:
    """How many papers stand on the list; replacements do not."""
    return sum(item.announce is None or item.announce in LISTED for item in page.items)


def _baseline(page: Page) -> date | None:
    """The `from_day` of subscriptions that have none: the day before the first list read."""
    if page.source == "arxiv" and page.list_day is not None:
        return page.list_day - timedelta(days=1)
    return None


def _announces(item: Item, context: Context) -> bool:
    if context.ingest is Ingest.KNOWLEDGE:
        return False
    return item.announce is None or _counts_as_new(item, context.now)


def _counts_as_new(item: Item, now: datetime) -> bool:
    """`cross` counts as new when the id is of this or last month (announced already, it owes
    nothing again); `replace` never."""
    if item.announce is AnnounceType.NEW:
        return True
    if item.announce is not AnnounceType.CROSS:
        return False
    number = arxiv_id(item.paper) or ""
    this_month = now.date().replace(day=1)
    last_month = this_month - timedelta(days=1)
    return number[:5] in {f"{month:%y%m}." for month in (this_month, last_month)}


def _after(page: Page, item: Item, before: Paper | None, context: Context) -> Paper:
    """The paper once this entry is known."""
    new = item.paper
    listed = item.announce is not None and _counts_as_new(item, context.now)
    if listed and page.list_day is not None:
        new = replace(new, list_day=page.list_day)
    elif new.list_day is None and new.submitted_at is not None:
        new = replace(new, list_day=list_day_of(new.submitted_at))
    if _announces(item, context):
        new = replace(new, announced_at=context.now)
    if before is None:
        return new
    if listed and before.announced_at is None and new.list_day is not None:
        # Until the list itself is read, a list day is only what the calendar suggests.
        before = replace(before, list_day=new.list_day)
    if context.ingest is Ingest.KNOWLEDGE and before.announced_at is not None:
        new = _without_news(new, before)
    return merge(before, new)


def _without_news(new: Paper, known: Paper) -> Paper:
    """`new` with the changing facts of an announced paper as they are stored.

    Were a lookup to raise them, the next announcement would no longer see them cross a threshold,
    and what is owed for it would be lost.
    """
    return replace(
        new,
        upvotes=known.upvotes,
        stars=known.stars,
        comments=known.comments,
        code_url=known.code_url,
        project_url=known.project_url,
        lists=known.lists,
    )


def _owed(
    known: Paper | None, after: Paper, baseline: date | None, context: Context
) -> Iterable[Owed]:
    new_document = prepare(after)
    old_document: Document | None = None
    for subscription in context.subscriptions:
        found = match(subscription.query, new_document)
        if found is None:
            continue
        if not _first_seen(known, after, subscription.from_day or baseline):
            old_document = old_document or prepare(_before(known, after, context.now))
            if match(subscription.query, old_document) is not None:
                continue
        yield Owed(
            channel=subscription.channel,
            paper=after.id,
            reasons=(reason(subscription, found),),
        )


def _first_seen(known: Paper | None, after: Paper, from_day: date | None) -> bool:
    """Whether there is no `before`: never announced, and its list day is after the baseline."""
    if known is not None and known.announced_at is not None:
        return False
    return from_day is not None and after.list_day is not None and after.list_day > from_day


def _before(known: Paper | None, after: Paper, now: datetime) -> Paper:
    """The paper as it stood before, for a subscription whose baseline it belongs to."""
    if known is None:
        return replace(
            after,
            upvotes=None,
            stars=None,
            comments=None,
            code_url=None,
            project_url=None,
            lists=frozenset(),
        )
    listed = after.list_day
    late = listed is None or now.date() - listed > LATE_TEXT
    return replace(
        known,
        title=after.title,
        authors=after.authors,
        categories=after.categories,
        organization=after.organization,
        abstract=after.abstract if known.abstract or late else "",
        keywords=after.keywords if late else known.keywords,
    )


def reason(subscription: Subscription, found: Match) -> Reason:
    """Why a subscription owes a paper."""
    return Reason(
        subscription=subscription.id,
        number=subscription.number,
        query=str(subscription.query),
        words=tuple(found.words),
        fields=tuple(found.fields),
    )


def _united(owed: Iterable[Owed]) -> tuple[Owed, ...]:
    """One card per paper and channel, with every subscription that matched."""
    together: dict[tuple[ChannelRef, PaperId], dict[int | None, Reason]] = {}
    for one in owed:
        reasons = together.setdefault((one.channel, one.paper), {})
        for why in one.reasons:
            reasons.setdefault(why.number, why)
    return tuple(
        Owed(channel=channel, paper=paper, reasons=tuple(reasons.values()))
        for (channel, paper), reasons in together.items()
    )


def _cursor(page: Page, context: Context) -> Cursor | None:
    if page.source in LOOKUPS:
        return None
    old = context.cursor or Cursor(source=page.source)
    read = page.list_day if page.source != "arxiv" or _is_new_list(page, context) else None
    days = [day for day in (old.newest_day, read) if day is not None]
    return Cursor(
        source=page.source,
        value=page.cursor,
        first_day=old.first_day or page.list_day,
        newest_day=max(days, default=None),
        read_at=context.now,
        total=_size(page),
    )
