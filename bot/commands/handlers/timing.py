"""When the next list comes, in words."""

from __future__ import annotations

from bot.commands.desk import Asked
from bot.rendering.words import clock_time, day


async def next_words(asked: Asked) -> str:
    """`Monday 8 June about 06:00`, or that it is due."""
    coming = await asked.next_list()
    if coming.at <= asked.now:
        return f"the list of {day(coming.day, asked.today)}, as soon as it can be read"
    local = coming.at.astimezone(asked.zone)
    return f"{day(local.date(), asked.today)} about {clock_time(coming.at, asked.zone)}"


async def holiday_words(asked: Asked) -> str | None:
    """`arXiv had a holiday; next: Tuesday 23 June about 06:00`, on such a day."""
    fresh = await asked.desk.freshness()
    if asked.shelf.starter or not fresh.holiday:
        return None
    return f"arXiv had a holiday; next: {await next_words(asked)}"


async def when_next(asked: Asked) -> str:
    """`The next list comes Tuesday 23 June about 06:00 (arXiv has a holiday).`"""
    coming = await asked.next_list()
    holiday = " (arXiv has a holiday before it)" if coming.after_holiday else ""
    words = await next_words(asked)
    verb = "Next:" if words.startswith("the list") else "The next list comes"
    return f"{verb} {words}{holiday}."
