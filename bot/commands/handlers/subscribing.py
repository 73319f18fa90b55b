"""Subscriptions of a channel: storing what a preview showed, listing, stopping, undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.desk import Asked
from bot.commands.handlers.offering import may_change, notice
from bot.commands.handlers.previewing import already, first_words
from bot.commands.handlers.standing import may_come_back
from bot.commands.handlers.standing import stopped as stopped_reply
from bot.commands.parser import LONGEST_ECHO, Line
from bot.domain.deliveries import NoticeBody, Reason
from bot.domain.replies import Action, Button, DraftId, Reply, Text, Tone
from bot.domain.subscriptions import Subscription, SubscriptionId
from bot.errors import Unusable
from bot.ports import Order
from bot.query.matching import match, prepare
from bot.query.parser import parse
from bot.query.values import Query
from bot.rendering.papers import Shown, card_reply, why_line
from bot.rendering.words import count, cut, day, joined, short_day, strong, text, with_code

LONGEST_ID = 18  #: digits


# -- storing ------------------------------------------------------------------


async def subscribe(asked: Asked, ref: str) -> Reply:
    """*Subscribe* on a preview: store it, and tell the channel once."""
    may_change(asked)
    draft = await asked.desk.memory.draft(asked.channel, DraftId(ref))
    if draft is None:
        raise Unusable("That preview is too old. Ask for it again: `/papers subscribe QUERY`.")
    query = parse(draft.text)
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(
            f"{asked.person} subscribed {asked.here} to {query} ({{n}}), as announced.",
            "Change or stop: `/papers edit {n}` · `/papers unsubscribe {n}`",
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
        return replace(await already(asked, stored), replaces=True)
    asked.desk.wake()
    first = await first_words(asked, near=True)
    done = text(f"Done: subscription {stored.number}, first papers {first}.")
    sample = Button(
        action=Action.SAMPLE,
        ref=str(stored.id),
        label="Show me a sample card",
        spoken=f"Show me a sample card of {query}",
    )
    return replace(notice(done, sample, tone=Tone.DONE), replaces=True)


async def cancel(asked: Asked, ref: str) -> Reply:
    """*Cancel* on a preview."""
    return replace(notice(text("Cancelled. Nothing was stored.")), replaces=True)


async def sample(asked: Asked, ref: str) -> Reply:
    """A private card such as the subscription will bring."""
    one = await _by_id(asked, ref)
    found = await asked.shelf.search.find(one.query, order=Order.NEW)
    papers = await asked.shelf.papers.get(found.ids[:1])
    if not papers:
        return notice(text(f"No paper that I know matches {one.query} yet."))
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
        return notice(
            text(f"{asked.here} has no subscriptions."),
            more=(with_code('Add one: `/papers subscribe "gaussian splatting"`'),),
        )
    heading = text(strong(count(len(active), "subscription")), f" in {asked.here}")
    return notice(heading, more=listed(asked, active))


def listed(asked: Asked, active: Sequence[Subscription]) -> tuple[Text, ...]:
    """One line a subscription: number, query, mode, owner, last delivery."""
    return tuple(
        text(
            strong(str(one.number)),
            f" {one.query} · as announced · by @{one.owner_name} "
            f"{_since(asked, one)} · {_last(asked, one)}{_paused(asked, one)}",
        )
        for one in active
    )


def _since(asked: Asked, one: Subscription) -> str:
    when = one.created_at.astimezone(asked.zone).date()
    words = short_day(when, asked.today)
    return words if words in {"today", "yesterday"} else f"since {words}"


def _paused(asked: Asked, one: Subscription) -> str:
    held = one.pause(asked.now)
    if held is None:
        return ""
    if held.ends_at is None:
        return " · paused"
    return f" · paused until {day(held.ends_at.astimezone(asked.zone).date(), asked.today)}"


def _last(asked: Asked, one: Subscription) -> str:
    if one.last_delivery_at is None:
        return "nothing posted yet"
    return (
        f"last posted {short_day(one.last_delivery_at.astimezone(asked.zone).date(), asked.today)}"
    )


# -- stopping -----------------------------------------------------------------


async def unsubscribe(asked: Asked, line: Line) -> Reply:
    """Stop one by its number or its query."""
    may_change(asked)
    everything = await asked.desk.subscriptions.of_channel(asked.channel, stopped=True)
    if line.text.lower() == "all":
        return await _all(asked)
    assert line.query is not None
    chosen = _chosen(line.text, line.query, everything)
    if chosen is None:
        raise Unusable(_no_such(asked, line.text, everything))
    if chosen.stopped_at is not None:
        return stopped_reply(asked, chosen)
    return await _stop(asked, chosen.id)


async def _all(asked: Asked) -> Reply:
    """Which ones would be stopped: nothing is, before the button is pressed."""
    active = await asked.desk.subscriptions.of_channel(asked.channel)
    if not active:
        raise Unusable(f"{asked.here} has no subscriptions to stop.")
    numbers = ",".join(str(one.number) for one in active)
    draft = await asked.desk.memory.keep_draft(
        asked.channel, asked.invocation.actor.id, f"unsubscribe {numbers}"
    )
    stop_them = Button(
        action=Action.STOP_ALL,
        ref=draft,
        label=f"Stop all {len(active)}" if len(active) > 1 else f"Stop {active[0].number}",
        spoken=f"Stop {count(len(active), 'subscription')} of {asked.here}",
    )
    said = text(f"This stops {_named(active)} in {asked.here}. Nothing is stopped yet.")
    return notice(said, stop_them, Button(action=Action.CANCEL, ref=draft, label="Cancel"))


async def stop_all(asked: Asked, ref: str) -> Reply:
    """The confirmed end of the subscriptions that were named, with one notice."""
    may_change(asked)
    draft = await asked.desk.memory.draft(asked.channel, DraftId(ref))
    if draft is None:
        raise Unusable("That is too old. Ask again: `/papers unsubscribe all`.")
    numbers = draft.text.removeprefix("unsubscribe ").split(",")
    active = [
        one
        for one in await asked.desk.subscriptions.of_channel(asked.channel)
        if str(one.number) in numbers
    ]
    body = NoticeBody(
        actor_name=asked.invocation.actor.name, lines=(f"{asked.person} stopped {_named(active)}.",)
    )
    done = await asked.desk.subscriptions.stop_all(
        asked.channel,
        [one.id for one in active],
        by=asked.invocation.actor.name,
        notice=body,
    )
    if not done:
        return replace(notice(text("They are stopped already.")), replaces=True)
    asked.desk.wake()
    said = text(f"Stopped {joined([str(one.number) for one in done])}.")
    return replace(notice(said, tone=Tone.DONE), replaces=True)


def _named(active: Sequence[Subscription]) -> str:
    return joined([f"{one.number} ({one.query})" for one in active])


def _chosen(typed: str, query: Query, everything: Sequence[Subscription]) -> Subscription | None:
    """By its number, else by its query: an active one before a stopped one."""
    number = typed.removeprefix("#")
    numbered = [one for one in everything if str(one.number) == number]
    same = [one for one in everything if str(one.query) == str(query)]
    active = [one for one in same if one.stopped_at is None]
    return next(iter(numbered or active or same), None)


def _no_such(asked: Asked, typed: str, everything: Sequence[Subscription]) -> str:
    numbers = [str(one.number) for one in everything if one.stopped_at is None]
    have = f"It has {joined(numbers)}." if numbers else "It has none."
    return f"No subscription {cut(typed, LONGEST_ECHO)} in {asked.here}. {have}"


async def undo_subscribe(asked: Asked, ref: str) -> Reply:
    """*Undo* on the notice of a new subscription."""
    may_change(asked)
    return await _stop(asked, _id(ref))


async def _stop(asked: Asked, which: SubscriptionId) -> Reply:
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
        return notice(text(f"Subscription {one.number} is stopped already."))
    asked.desk.wake()
    undo = Button(
        action=Action.UNDO_STOP,
        ref=str(one.id),
        label="Undo",
        spoken=f"Undo: bring subscription {one.number} back",
    )
    return notice(text(f"Stopped {one.number}."), undo, tone=Tone.DONE)


async def undo_stop(asked: Asked, ref: str) -> Reply:
    """*Undo* after a stop: it is back under its number, with what was waiting."""
    may_change(asked)
    one = await _by_id(asked, ref)
    if one.stopped_at is not None and not may_come_back(asked, one):
        raise Unusable(
            f"{one.number} was stopped more than 7 days ago. Subscribe again.",
            fix=f"subscribe {one.query}",
        )
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(f"{asked.person} brought {one.number} ({one.query}) back.",),
        undo=None,
    )
    restored = await asked.desk.subscriptions.restore(
        asked.channel, one.id, by=asked.invocation.actor.name, notice=body
    )
    if restored is None:
        return notice(text(f"Subscription {one.number} is active already, or its query is."))
    asked.desk.wake()
    return notice(text(f"Subscription {one.number} is back."), tone=Tone.DONE)


# -- shared -------------------------------------------------------------------


async def _by_id(asked: Asked, ref: str) -> Subscription:
    which = _id(ref)
    every = await asked.desk.subscriptions.of_channel(asked.channel, stopped=True)
    found = next((one for one in every if one.id == which), None)
    if found is None:
        raise Unusable(f"That subscription is not one of {asked.here}.")
    return found


def _id(ref: str) -> SubscriptionId:
    if not ref.isdecimal() or len(ref) > LONGEST_ID:
        raise Unusable("I do not know that subscription any more. See `/papers subscriptions`.")
    return SubscriptionId(int(ref))
