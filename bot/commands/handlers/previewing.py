"""The preview of a subscription: what it would bring, before anything is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from statistics import median_low

from bot.commands.desk import Asked
from bot.commands.handlers.offering import may_change, notice, run_button
from bot.commands.handlers.timing import next_words
from bot.commands.parser import Line
from bot.domain.replies import Action, Button, Preview, Reply, Row, plain
from bot.domain.subscriptions import Subscription
from bot.ports import Order
from bot.query.values import Query
from bot.query.wording import describe
from bot.rendering.papers import places_of, row
from bot.rendering.words import clock_time, count, strong, text

KNOWN_DAYS = 30
SAMPLES = 3
DAYS_OF_A_WEEK = 7


async def preview(asked: Asked, line: Line) -> Reply:
    """What a subscription would bring.  Nothing is stored but the draft behind the button."""
    may_change(asked)
    assert line.query is not None
    if (same := await _same(asked, line.query)) is not None:
        return await already(asked, same)
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
    closing = text(f"First papers: {await first_words(asked)}. Nothing older is posted.")
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


async def first_words(asked: Asked, *, near: bool = False) -> str:
    """When the first papers come: `Monday 8 June about 06:00`, when `near` without the date in the
    next days.  Where no list has been read yet, the first one belongs to the subscription."""
    if await asked.newest_day() is None:
        return "with the first list that I read"
    coming = await asked.next_list()
    if coming.at <= asked.now:
        return f"with {await next_words(asked)}"
    local = coming.at.astimezone(asked.zone)
    if near and (local.date() - asked.today).days < DAYS_OF_A_WEEK:
        return f"{local:%A} about {clock_time(coming.at, asked.zone)}"
    return await next_words(asked)


async def _volume(asked: Asked, query: Query) -> str:
    """Typical (median), largest and smallest list day known, and how many days that rests on."""
    days = await _known_days(asked)
    if asked.shelf.starter:
        return "How many that will be I cannot say yet: the starter catalogue is only a sample."
    if not days:
        return "How many that will be I cannot say yet: no list has been read."
    counts = await asked.shelf.search.count_by_day(query, days)
    numbers = sorted(counts.get(day, 0) for day in days)
    typical, low, high = median_low(numbers), numbers[0], numbers[-1]
    number = f"{len(days)} announcement days" if len(days) > 1 else "one announcement day"
    rests = f"the {number} I know"
    if not high:
        return f"None on {rests}."
    if len(days) == 1:
        return f"{count(high, 'paper')} on {rests}."
    usual = f"About {typical} a day" if typical else "None on most days"
    return f"{usual}, up to {high} ({low} to {high} on {rests}; {sum(numbers):,} in all)."


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


async def already(asked: Asked, same: Subscription) -> Reply:
    """That the channel has the query already."""
    said = f"Already here: subscription {same.number}, by @{same.owner_name}."
    edit = await run_button(asked, f"edit {same.number}", f"Edit {same.number}")
    return notice(text(said), edit)


async def _same(asked: Asked, query: Query) -> Subscription | None:
    active = await asked.desk.subscriptions.of_channel(asked.channel)
    return next((one for one in active if str(one.query) == str(query)), None)
