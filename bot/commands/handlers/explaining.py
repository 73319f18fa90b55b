"""Why a paper was or was not posted here: the verdict, then one line a subscription."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.commands.desk import Asked
from bot.commands.handlers.looking_up import referred
from bot.commands.handlers.offering import notice, run_button
from bot.commands.parser import Line
from bot.domain.deliveries import DeliveryState, Reason
from bot.domain.identity import PaperRef
from bot.domain.papers import Paper
from bot.domain.replies import Action, Button, Notice, Reply, Text, plain
from bot.domain.subscriptions import Pause, Subscription, SubscriptionId
from bot.errors import SourceAway
from bot.ports import DeliveryRecord
from bot.query.documents import Document
from bot.query.explaining import Explained, explain, shortfall
from bot.query.matching import prepare
from bot.rendering.papers import place_of
from bot.rendering.words import clock_time, cut, day, joined, short_day, strong, text

WATCHED = timedelta(days=14)
"""How long after its list day a paper's numbers are read again."""

SOURCES = {"arxiv": "arXiv", "hf": "Hugging Face"}
PLATFORMS = {"local": "The local channel", "slack": "Slack", "discord": "Discord"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is said of one subscription; whether the paper may still come, or could be shared."""

    line: Text
    may_come: bool = False
    missed: bool = False


async def why(asked: Asked, line: Line) -> Reply:
    """Why the paper was or was not posted here."""
    paper = await _paper(asked, line)
    if isinstance(paper, Reply):
        return paper
    record = await asked.desk.deliveries.record(asked.channel, paper.id)
    every = await asked.desk.subscriptions.of_channel(asked.channel, stopped=True)
    if record is not None:
        lines = _delivered(asked, record, every)
        return notice(lines[0], more=tuple(lines[1:]))
    return await _not_owed(asked, paper, [one for one in every if one.stopped_at is None])


async def _paper(asked: Asked, line: Line) -> Paper | Reply:
    """The paper, asked of its source if need be, or that there is none."""
    if not isinstance(line.ref, PaperRef):
        return await referred(asked, line)
    for shelf in (asked.desk.stored, asked.shelf):
        if (known := await shelf.papers.resolve(line.ref)) is not None:
            return known
    name = cut(line.ref.value, 60)
    source = SOURCES.get(line.ref.kind, "Its source")
    if asked.desk.lookup is None:
        return notice(text(f"I have not seen {name}, and I may not ask {source} from here."))
    try:
        fetched = await asked.desk.lookup.paper(line.ref)
    except SourceAway:
        return notice(
            text(f"I have not seen {name}. {source} does not answer; ask again in a minute.")
        )
    return fetched or notice(text(f"I have not seen {name}. {source} says it does not exist."))


# -- owed ---------------------------------------------------------------------


def _delivered(asked: Asked, record: DeliveryRecord, every: list[Subscription]) -> list[Text]:
    """What became of the delivery."""
    delivery = record.delivery
    owners: Mapping[SubscriptionId | None, Subscription] = {one.id: one for one in every}
    by = [_by(reason, owners) for reason in delivery.reasons if reason.subscription is not None]
    because = f" by {'; '.join(by)}" if by else ""
    match delivery.state:
        case DeliveryState.SENT if by:
            when = _at(asked, record.sent_at or delivery.created_at)
            return [text(strong("Posted here"), f" {when}{because}.")]
        case DeliveryState.SENT:
            return [text(_shared(asked, record))]
        case DeliveryState.DEAD:
            return [text(strong("Not posted here."), f" {_refused(asked, record)}")]
        case DeliveryState.CANCELLED:
            taken = [text(_taken(asked, gone.reason, gone.at, owners)) for gone in record.withdrawn]
            return [text(strong("Taken back before it was posted.")), *taken]
        case _:
            return [_under_way(asked, record, owners, because)]


def _by(reason: Reason, owners: Mapping[SubscriptionId | None, Subscription]) -> str:
    """`1 (@student): gaussian splatting in title`."""
    owner = owners[reason.subscription].owner_name
    words = joined(list(reason.words)) or reason.query
    where = f" in {joined(list(reason.fields))}" if reason.fields else ""
    return f"{reason.number} (@{owner}): {words}{where}"


def _shared(asked: Asked, record: DeliveryRecord) -> str:
    person = next((f"@{one.query}" for one in record.delivery.reasons), "Somebody")
    at = (record.sent_at or record.delivery.created_at).astimezone(asked.zone).date()
    when = short_day(at, asked.today)
    on = when if when in {"today", "yesterday"} else f"on {when}"
    return f"{person} shared it here {on}; no second card."


def _refused(asked: Asked, record: DeliveryRecord) -> str:
    platform = PLATFORMS.get(asked.channel.platform, asked.channel.platform)
    when = f", {_short_at(asked, record.failed_at)}" if record.failed_at else ""
    reason = (record.failure or "no reason given").rstrip(".")
    return f"{platform} refused it: {reason}{when}; ask an admin."


def _taken(
    asked: Asked, reason: Reason, at: datetime, owners: Mapping[SubscriptionId | None, Subscription]
) -> str:
    one = owners[reason.subscription]
    when = short_day(at.astimezone(asked.zone).date(), asked.today)
    if one.stopped_at is not None and at >= one.stopped_at:
        return f"{one.number} ({reason.query}) was stopped by @{one.stopped_by} {when}."
    return f"{one.number} was {reason.query} until it was edited {when}."


def _under_way(
    asked: Asked,
    record: DeliveryRecord,
    owners: Mapping[SubscriptionId | None, Subscription],
    because: str,
) -> Text:
    if record.delivery.state is DeliveryState.SENDING:
        return text(strong("Being posted here now"), f"{because}.")
    if record.delivery.state is DeliveryState.AMBIGUOUS:
        said = ": an attempt was cut off, and I look for it before I try again."
        return text(strong("Perhaps posted here"), said)
    reasons = record.delivery.reasons
    held = [
        (reason.number, owners[reason.subscription].pause(asked.now))
        for reason in reasons
        if reason.subscription is not None
    ]
    if held and len(held) == len(reasons) and all(pause for _, pause in held):
        said = joined([_is_paused(asked, number, pause) for number, pause in held if pause])
        return text(strong("Held here"), f": {said}.")
    failed = f" The last attempt failed: {record.failure.rstrip('.')}." if record.failure else ""
    return text(strong("Waiting to be posted here"), f"{because}.{failed}")


# -- not owed -----------------------------------------------------------------


async def _not_owed(asked: Asked, paper: Paper, active: list[Subscription]) -> Reply:
    document = prepare(paper)
    read_at = await _read_at(asked)
    told = [_of_subscription(asked, one, document, read_at) for one in active]
    coming = [one for one, said in zip(active, told, strict=True) if said.may_come]
    verdict = strong("Not posted here yet." if coming else "Not posted here.")
    lines = [text(verdict, f" known: yes, {_known(asked, paper)}"), *(one.line for one in told)]
    if not active:
        lines.append(text(f"{asked.here} has no subscriptions."))
    buttons: list[Button] = []
    if any(one.missed for one in told) or not active:
        label = "Share it"
        spoken = f"Share {cut(paper.title, 60)}"
        buttons.append(Button(action=Action.SHARE, ref=paper.id, label=label, spoken=spoken))
    if coming and asked.invocation.actor.may_change:
        number = coming[0].number
        buttons.append(await run_button(asked, f"edit {number}", f"Edit {number}"))
    shape = Notice(lines=tuple(lines), buttons=tuple(buttons))
    return Reply(summary=" ".join(map(plain, lines)), parts=(shape,))


def _known(asked: Asked, paper: Paper) -> str:
    pieces = [place_of(paper)]
    if paper.list_day is not None:
        at = "" if paper.announced_at is None else f" {clock_time(paper.announced_at, asked.zone)}"
        pieces.append(f"{day(paper.list_day, asked.today)}{at}")
    return ", ".join(pieces)


async def _read_at(asked: Asked) -> datetime | None:
    """When the numbers were last read."""
    states = await asked.desk.health.sources()
    return next((state.read_at for state in states if state.source == "daily"), None)


def _of_subscription(
    asked: Asked, one: Subscription, document: Document, read_at: datetime | None
) -> _Told:
    explained = explain(one.query, document)
    if not explained.failing:
        return _met(asked, one, document.paper)
    paper = document.paper
    lacks = []
    for term in explained.failing:
        said = shortfall(term, document)
        known = term in explained.numbers and "not known" not in said and read_at is not None
        lacks.append(f"{said} (read {_read(asked, read_at)})" if known and read_at else said)
    last = None if paper.list_day is None else paper.list_day + WATCHED
    may_come = explained.may_come and last is not None and last >= asked.today
    coming = _if_it_comes(explained, last) if may_come and last else ""
    words = f"words yes ({joined(list(explained.fields))}), " if explained.fields else ""
    held = one.pause(asked.now)
    paused = f"; {_is_paused(asked, one.number, held)}" if held else ""
    said = f" {one.query}: {words}{', '.join(lacks)}{coming}{paused}."
    return _Told(line=text(strong(str(one.number)), said), may_come=may_come)


def _if_it_comes(explained: Explained, last: date) -> str:
    if len(explained.failing) == 1 and explained.numbers:
        what = f"it reaches {explained.numbers[0].least:,}"
    else:
        what = "that changes"
    return f" → posted if {what} by {last.day} {last:%B}"


def _read(asked: Asked, at: datetime) -> str:
    when = at.astimezone(asked.zone).date()
    words = "" if when == asked.today else f"{short_day(when, asked.today)} "
    return f"{words}{clock_time(at, asked.zone)}"


def _met(asked: Asked, one: Subscription, paper: Paper) -> _Told:
    """It matches and was never owed: because of when it came."""
    number = strong(str(one.number))
    if paper.announced_at is not None:
        held = one.pause(paper.announced_at)
        if held is not None:
            return _Told(line=text(f"{_was_paused(asked, one.number, held)}."), missed=True)
    if _before(one, paper):
        since = one.created_at.astimezone(asked.zone).date()
        changed = one.from_day is not None and one.from_day > since
        what = "changed" if changed else f"subscribed ({since.day} {since:%B})"
        said = f"It met {one.number} before {one.number} was {what}."
        return _Told(line=text(said), missed=True)
    if paper.announced_at is None:
        said = f" {one.query}: matches; no list that I read has brought it yet."
        return _Told(line=text(number, said), may_come=True, missed=True)
    said = f" {one.query}: matches now, but did not when it was announced."
    return _Told(line=text(number, said), missed=True)


def _before(one: Subscription, paper: Paper) -> bool:
    """Whether the paper belongs to the silent baseline."""
    if one.from_day is not None and paper.list_day is not None:
        return paper.list_day <= one.from_day
    return paper.announced_at is not None and paper.announced_at < one.created_at


# -- words --------------------------------------------------------------------


def _at(asked: Asked, at: datetime) -> str:
    local = at.astimezone(asked.zone).date()
    return f"{day(local, asked.today)} {clock_time(at, asked.zone)}"


def _short_at(asked: Asked, at: datetime) -> str:
    local = at.astimezone(asked.zone).date()
    return f"{local.day} {local:%B} {clock_time(at, asked.zone)}"


def _is_paused(asked: Asked, number: int | None, held: Pause) -> str:
    if held.ends_at is None:
        return f"{number} is paused"
    return (
        f"{number} is paused until {day(held.ends_at.astimezone(asked.zone).date(), asked.today)}"
    )


def _was_paused(asked: Asked, number: int, held: Pause) -> str:
    """`1 was paused 6–20 June`."""
    began = held.began_at.astimezone(asked.zone).date()
    if held.ends_at is None:
        return f"{number} is paused since {began.day} {began:%B}"
    ended = held.ends_at.astimezone(asked.zone).date()
    verb = "was" if held.ends_at <= asked.now else "is"
    if (began.year, began.month) == (ended.year, ended.month):
        return f"{number} {verb} paused {began.day}–{ended.day} {ended:%B}"
    return f"{number} {verb} paused {began.day} {began:%B}–{ended.day} {ended:%B}"
