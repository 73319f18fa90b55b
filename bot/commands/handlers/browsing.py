"""The front page and the lists of days: nothing typed, today, week, month."""

from __future__ import annotations

from datetime import date, timedelta

from bot.commands.catalogue import Name
from bot.commands.desk import Asked
from bot.commands.handlers.lists import show, total
from bot.commands.handlers.offering import STARTER_NOTE, run_button
from bot.commands.handlers.subscribing import listed
from bot.commands.handlers.timing import holiday_words, when_next
from bot.commands.parser import Line
from bot.domain.replies import Notice, Reply, Text, plain
from bot.errors import Unusable
from bot.rendering.words import day, strong, text, with_code

EXAMPLES = 'Try: `/papers splatting` · `/papers subscribe "gaussian splatting"` · `/papers help`.'
SPANS = {Name.WEEK: timedelta(days=7), Name.MONTH: timedelta(days=30)}


async def home(asked: Asked, line: Line) -> Reply:
    """The newest list's five papers, what this channel gets, three examples."""
    subscriptions = await asked.desk.subscriptions.of_channel(asked.channel)
    gets = (
        listed(asked, subscriptions)
        if subscriptions
        else (text(f"{asked.here} has no subscriptions."),)
    )
    notes = (with_code(EXAMPLES), *gets)
    subscribe = await run_button(asked, "help subscribe", "Subscribe this channel")
    newest = await _newest(asked)
    if newest is None:
        lines = (with_code("No list has been read yet. `/papers status` says why."), *notes)
        notice = Notice(lines=lines, buttons=(subscribe,))
        return Reply(summary=" ".join(plain(one) for one in lines), parts=(notice,))
    found = await asked.shelf.papers.on_days(newest, newest, 5)
    number = total(found.total, exact=found.exact)
    place = "in the starter catalogue" if asked.shelf.starter else "on arXiv"
    which = "of them" if asked.shelf.starter else "most upvoted"
    heading = text(
        strong(day(newest, asked.today)), f": {number} {place}, {len(found.ids)} {which}"
    )
    return await show(
        asked,
        found,
        command="today",
        heading=heading,
        notes=notes,
        buttons=() if subscriptions else (subscribe,),
    )


async def today(asked: Asked, line: Line) -> Reply:
    """The newest announced day, which day that is, and when the next comes."""
    newest = await _need_newest(asked)
    found = await asked.shelf.papers.on_days(newest, newest, 1_000)
    holiday = await holiday_words(asked)
    heading = text(
        strong(f"{day(newest, asked.today)}, the newest list"),
        f" ({holiday})" if holiday else "",
        f" · {total(found.total, exact=found.exact)}",
    )
    coming = () if holiday else (text(await when_next(asked)),)
    return await show(
        asked, found, command="today", heading=heading, notes=(*coming, *_starter(asked))
    )


async def span(asked: Asked, line: Line) -> Reply:
    """The last seven or thirty days."""
    newest = await _need_newest(asked)
    first = newest - SPANS[line.command.name] + timedelta(days=1)
    found = await asked.shelf.papers.on_days(first, newest, 1_000)
    days = SPANS[line.command.name].days
    heading = text(
        strong(total(found.total, exact=found.exact)),
        f" of the {days} days to {day(newest, asked.today)}, most upvoted first",
    )
    return await show(
        asked, found, command=str(line.command.name), heading=heading, notes=_starter(asked)
    )


async def _newest(asked: Asked) -> date | None:
    days = await asked.shelf.papers.list_days(1)
    return days[0] if days else None


async def _need_newest(asked: Asked) -> date:
    newest = await _newest(asked)
    if newest is None:
        raise Unusable("No list has been read yet: `/papers status` says why.")
    return newest


def _starter(asked: Asked) -> tuple[Text, ...]:
    return (with_code(STARTER_NOTE),) if asked.shelf.starter else ()
