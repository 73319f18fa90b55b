"""Subscribing: the preview, storing it, listing, stopping and undoing (DESIGN section 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import median_low

from bot.commands.desk import Asked
from bot.commands.handlers.timing import next_words
from bot.commands.parser import Line
from bot.domain.deliveries import NoticeBody, Reason
from bot.domain.replies import (
    Action,
    Button,
    DraftId,
    Notice,
    Preview,
    Reply,
    Row,
    Text,
    Tone,
    plain,
)
from bot.domain.subscriptions import Subscription, SubscriptionId
from bot.errors import Unusable
from bot.ports import Order
from bot.query.matching import match, prepare
from bot.query.parser import parse
from bot.query.values import Query
from bot.query.wording import describe
from bot.rendering.papers import Shown, card_reply, places_of, row, why_line
from bot.rendering.words import count, joined, short_day, strong, text, with_code

KNOWN_DAYS = 30
SAMPLES = 3


# -- preview ------------------------------------------------------------------


async def preview(asked: Asked, line: Line) -> Reply:
    """What a subscription would bring.  Nothing is stored but the draft behind the button."""
    _may_change(asked)
    assert line.query is not None
    if (same := await _same(asked, line.query)) is not None:
        return _already(same)
    draft = await asked.desk.memory.keep_draft(
        asked.channel, asked.invocation.actor.id, str(line.query)
    )
    lines = (
        text(
            f"{asked.here} will get every new paper with ",
            describe(line.query),
            ", as it is announced.",
        ),
        text(await _volume(asked, line.query)),
    )
    closing = text(f"First papers: {await next_words(asked)}. Nothing older is posted.")
    shape = Preview(
        heading=text(strong("Preview: nothing is stored yet.")),
        lines=lines,
        samples=await _samples(asked, line.query),
        closing=(closing,),
        buttons=(
            Button(
                action=Action.SUBSCRIBE,
                ref=draft,
                label="Subscribe",
                spoken=f"Subscribe {asked.here} to {line.query}",
                primary=True,
            ),
            Button(action=Action.CANCEL, ref=draft, label="Cancel"),
        ),
    )
    samples = " ".join(f"{one.number} {plain(one.title)}." for one in shape.samples)
    said = [plain(shape.heading), *map(plain, lines)]
    if samples:
        said.append(f"Samples: {samples}")
    return Reply(summary=" ".join((*said, plain(closing))), parts=(shape,))


async def _volume(asked: Asked, query: Query) -> str:
    """Typical (median), largest and smallest list day known, and how many days that rests on."""
    days = await _known_days(asked)
    if not days:
        return "How many that will be I cannot say yet: no list has been read."
    counts = await asked.shelf.search.count_by_day(query, days)
    numbers = sorted(counts.get(day, 0) for day in days)
    typical, low, high = median_low(numbers), numbers[0], numbers[-1]
    rests = f"the {len(days)} announcement days I know" if len(days) > 1 else "the one I know"
    if not high:
        return f"None on {rests}."
    if len(days) == 1:
        return f"{count(high, 'paper')} on the one announcement day I know."
    return (
        f"About {typical} a day, up to {high} "
        f"({low} to {high} on {rests}; {sum(numbers):,} in all)."
    )


async def _known_days(asked: Asked) -> list[date]:
    days = await asked.shelf.papers.list_days(KNOWN_DAYS)
    first = asked.today - timedelta(days=KNOWN_DAYS)
    recent = [day for day in days if day >= first]
    return recent or days[:5]


async def _samples(asked: Asked, query: Query) -> tuple[Row, ...]:
    found = await asked.shelf.search.find(query, order=Order.NEW)
    papers = await asked.shelf.papers.get(found.ids[:SAMPLES])
    return tuple(
        replace(row(number, paper, asked.today, places_of(query, paper)), buttons=())
        for number, paper in enumerate(papers, start=1)
    )


def _already(same: Subscription) -> Reply:
    said = f"Already here: subscription {same.number}, by @{same.owner_name}."
    return _notice(text(said))


async def _same(asked: Asked, query: Query) -> Subscription | None:
    active = await asked.desk.subscriptions.of_channel(asked.channel)
    return next((one for one in active if str(one.query) == str(query)), None)


# -- storing ------------------------------------------------------------------


async def subscribe(asked: Asked, ref: str) -> Reply:
    """*Subscribe* on a preview: store it, and tell the channel once."""
    _may_change(asked)
    draft = await asked.desk.memory.draft(asked.channel, DraftId(ref))
    if draft is None:
        raise Unusable("That preview is too old. Ask for it again: `/papers subscribe QUERY`.")
    query = parse(draft.text)
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(
            f"{asked.person} subscribed {asked.here} to {query} ({{n}}), as announced.",
            "Stop: `/papers unsubscribe {n}`",
        ),
        undo=(Action.UNDO_SUBSCRIBE, ""),
    )
    stored, fresh = await asked.desk.subscriptions.subscribe(
        asked.channel,
        query,
        owner=asked.invocation.actor.id,
        owner_name=asked.invocation.actor.name,
        notice=body,
    )
    if not fresh:
        return replace(_already(stored), replaces=True)
    asked.desk.wake()
    done = text(f"Done: subscription {stored.number}, first papers {await next_words(asked)}.")
    sample = Button(
        action=Action.SAMPLE,
        ref=str(stored.id),
        label="Show me a sample card",
        spoken=f"Show me a sample card of {query}",
    )
    return replace(_notice(done, sample, tone=Tone.DONE), replaces=True)


async def cancel(asked: Asked, ref: str) -> Reply:
    """*Cancel* on a preview."""
    return replace(_notice(text("Cancelled. Nothing was stored.")), replaces=True)


async def sample(asked: Asked, ref: str) -> Reply:
    """A private card such as the subscription will bring."""
    one = await _by_id(asked, ref)
    found = await asked.shelf.search.find(one.query, order=Order.NEW)
    papers = await asked.shelf.papers.get(found.ids[:1])
    if not papers:
        return _notice(text(f"No paper that I know matches {one.query} yet."))
    hit = match(one.query, prepare(papers[0]))
    reasons: tuple[Text, ...] = ()
    if hit is not None:
        reason = Reason(
            subscription=one.id,
            number=one.number,
            query=str(one.query),
            words=tuple(hit.words),
            fields=tuple(hit.fields),
        )
        reasons = (why_line(reason),)
    shown = Shown(
        today=asked.today,
        places=hit.places if hit else {},
        reasons=reasons,
        note="A sample: not posted.",
    )
    return card_reply(papers[0], shown)


# -- listing ------------------------------------------------------------------


async def subscriptions(asked: Asked, line: Line) -> Reply:
    """What this channel gets."""
    active = await asked.desk.subscriptions.of_channel(asked.channel)
    if not active:
        return _notice(
            text(f"{asked.here} has no subscriptions."),
            more=(with_code('Add one: `/papers subscribe "gaussian splatting"`'),),
        )
    heading = text(strong(count(len(active), "subscription")), f" in {asked.here}")
    return _notice(heading, more=listed(asked, active))


def listed(asked: Asked, active: Sequence[Subscription]) -> tuple[Text, ...]:
    """One line a subscription: number, query, mode, owner, last delivery."""
    return tuple(
        text(
            strong(str(one.number)),
            f" {one.query} · as announced · by @{one.owner_name} "
            f"{_since(asked, one)} · {_last(asked, one)}",
        )
        for one in active
    )


def _since(asked: Asked, one: Subscription) -> str:
    when = one.created_at.astimezone(asked.zone).date()
    words = short_day(when, asked.today)
    return words if words in {"today", "yesterday"} else f"since {words}"


def _last(asked: Asked, one: Subscription) -> str:
    if one.last_delivery_at is None:
        return "nothing posted yet"
    return (
        f"last posted {short_day(one.last_delivery_at.astimezone(asked.zone).date(), asked.today)}"
    )


# -- stopping -----------------------------------------------------------------


async def unsubscribe(asked: Asked, line: Line) -> Reply:
    """Stop one by its number or its query."""
    _may_change(asked)
    everything = await asked.desk.subscriptions.of_channel(asked.channel, stopped=True)
    chosen = _chosen(line.text, everything)
    if chosen is None:
        raise Unusable(_no_such(asked, line.text, everything))
    if chosen.stopped_at is not None:
        when = short_day(chosen.stopped_at.astimezone(asked.zone).date(), asked.today)
        raise Unusable(
            f"No subscription {chosen.number} here (stopped by @{chosen.stopped_by} {when})."
        )
    return await _stop(asked, chosen.id, replaces=False)


def _chosen(typed: str, everything: Sequence[Subscription]) -> Subscription | None:
    number = typed.removeprefix("#")
    if number.isdecimal():
        return next((one for one in everything if one.number == int(number)), None)
    query = str(parse(typed))
    same = [one for one in everything if str(one.query) == query]
    active = [one for one in same if one.stopped_at is None]
    return next(iter(active or same), None)


def _no_such(asked: Asked, typed: str, everything: Sequence[Subscription]) -> str:
    numbers = [str(one.number) for one in everything if one.stopped_at is None]
    have = f"It has {joined(numbers)}." if numbers else "It has none."
    return f"No subscription {typed} in {asked.here}. {have}"


async def undo_subscribe(asked: Asked, ref: str) -> Reply:
    """*Undo* on the notice of a new subscription."""
    _may_change(asked)
    return await _stop(asked, _id(ref), replaces=False)


async def _stop(asked: Asked, which: SubscriptionId, *, replaces: bool) -> Reply:
    one = await _by_id(asked, str(which))
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(f"{asked.person} stopped {one.number} ({one.query}).",),
        undo=(Action.UNDO_STOP, str(one.id)),
    )
    stopped = await asked.desk.subscriptions.stop(
        asked.channel, one.id, by=asked.invocation.actor.name, notice=body
    )
    if stopped is None:
        return _notice(text(f"Subscription {one.number} is stopped already."))
    asked.desk.wake()
    undo = Button(
        action=Action.UNDO_STOP,
        ref=str(one.id),
        label="Undo",
        spoken=f"Undo: bring subscription {one.number} back",
    )
    said = _notice(text(f"Stopped {one.number}."), undo, tone=Tone.DONE)
    return replace(said, replaces=replaces)


async def undo_stop(asked: Asked, ref: str) -> Reply:
    """*Undo* after a stop: it is back under its number, with what was waiting."""
    _may_change(asked)
    one = await _by_id(asked, ref)
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(f"{asked.person} brought {one.number} ({one.query}) back.",),
        undo=None,
    )
    restored = await asked.desk.subscriptions.restore(
        asked.channel, one.id, by=asked.invocation.actor.name, notice=body
    )
    if restored is None:
        return _notice(text(f"Subscription {one.number} is active already, or its query is."))
    asked.desk.wake()
    return _notice(text(f"Subscription {one.number} is back."), tone=Tone.DONE)


# -- shared -------------------------------------------------------------------


def _may_change(asked: Asked) -> None:
    if not asked.invocation.actor.may_change:
        raise Unusable(f"You cannot change what {asked.here} gets. Ask a member of it who may.")


async def _by_id(asked: Asked, ref: str) -> Subscription:
    which = _id(ref)
    every = await asked.desk.subscriptions.of_channel(asked.channel, stopped=True)
    found = next((one for one in every if one.id == which), None)
    if found is None:
        raise Unusable(f"That subscription is not one of {asked.here}.")
    return found


def _id(ref: str) -> SubscriptionId:
    if not ref.isdecimal():
        raise Unusable("I do not know that subscription any more. See `/papers subscriptions`.")
    return SubscriptionId(int(ref))


def _notice(
    first: Text, *buttons: Button, more: tuple[Text, ...] = (), tone: Tone = Tone.INFO
) -> Reply:
    lines = (first, *more)
    return Reply(
        summary=" ".join(plain(line) for line in lines),
        parts=(Notice(lines=lines, tone=tone, buttons=buttons),),
    )
