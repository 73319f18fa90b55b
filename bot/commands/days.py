"""A day to come, as people type it: `2026-06-22`, `22 June`, `June 22 2027`, `Monday`."""

from __future__ import annotations

import re
from calendar import day_name, month_name, monthrange
from datetime import date, timedelta

from bot.errors import Unusable
from bot.rendering.words import cut, day

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\.? +([a-z]{3,9})(?: +(\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]{3,9}) +(\d{1,2})(?:,? +(\d{4}))?")
_DAYS = 7


def day_to_come(typed: str, today: date) -> date:
    """The day that is meant, which lies after today; without a year the next one of that name.

    Raises Unusable.
    """
    words = " ".join(typed.casefold().split())
    found = _weekday(words, today) or _named(words, typed, today)
    if found is None:
        raise Unusable(
            f"{cut(typed, 40)} is no date. Write `until {today + timedelta(days=_DAYS)}` "
            "or `until 22 June`."
        )
    if found <= today:
        raise Unusable(f"{day(found, today)} is not to come. Name a day after today.")
    return found


def _weekday(words: str, today: date) -> date | None:
    for number, name in enumerate(day_name):
        if words in {name.casefold(), name[:3].casefold()}:
            return today + timedelta(days=(number - today.weekday() - 1) % _DAYS + 1)
    return None


def _named(words: str, typed: str, today: date) -> date | None:
    if found := _ISO.fullmatch(words):
        return _date(int(found[1]), int(found[2]), int(found[3]), typed)
    if found := _DAY_FIRST.fullmatch(words):
        number, name, year = found[1], found[2], found[3]
    elif found := _MONTH_FIRST.fullmatch(words):
        name, number, year = found[1], found[2], found[3]
    else:
        return None
    month = next((n for n in range(1, 13) if month_name[n].casefold().startswith(name)), None)
    if month is None:
        return None
    if year is not None:
        return _date(int(year), month, int(number), typed)
    this_year = _date(today.year, month, int(number), typed)
    if this_year > today:
        return this_year
    return _date(today.year + 1, month, int(number), typed)


def _date(year: int, month: int, number: int, typed: str) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        pass
    if not 1 <= month <= 12 or year < 1:  # noqa: PLR2004 - months
        raise Unusable(f"{typed} is no date: months run from 1 to 12.")
    last = monthrange(year, month)[1]
    raise Unusable(f"{typed} is no date: {month_name[month]} {year} has {last} days.")
