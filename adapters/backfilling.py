"""`paperboy backfill`: the lists of some days from arXiv into the store, as knowledge.

It decides which days may be asked for; how a day is fetched is decided in `bot.pipeline.filling`.
"""

from __future__ import annotations

import calendar
import re
import sys
from datetime import date, timedelta

from rich.console import Console
from rich.progress import Progress

from adapters.settings import Settings
from adapters.wiring import assembled
from bot.clock import SystemClock
from bot.domain.announcements import last_list_day, list_days_between
from bot.errors import SourceError, Unusable

DONE = 0
NOTHING_DONE = 1
MOST_DAYS = 366
EXAMPLE = "2026-06-01"

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_MONTHS = range(1, 13)


def read_span(first: str, last: str, newest: date) -> list[date]:
    """The list days from `first` to `last`, oldest first.  `newest` is the newest one there is.
    Raises Unusable with the sentence that names the fix."""
    begin, end = _date("--from", first), _date("--to", last)
    if begin > end:
        raise Unusable(f"--from {begin} comes after --to {end}; write them the other way round.")
    if end > newest:
        raise Unusable(f"--to {end} lies ahead: the newest list is of {newest}.")
    if (end - begin).days >= MOST_DAYS:
        shortest = end - timedelta(days=MOST_DAYS - 1)
        raise Unusable(
            f"{(end - begin).days + 1} days are too many at once; "
            f"--from {shortest} are {MOST_DAYS}, the most."
        )
    days = list_days_between(begin, end)
    if not days:
        raise Unusable(f"arXiv has no list from {begin} to {end}: a weekend, or a holiday.")
    return days


def _date(option: str, text: str) -> date:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise Unusable(f"{option} {text} is no date; write it as {EXAMPLE}.")
    year, month, day = map(int, found.groups())
    if year < 1991:  # noqa: PLR2004 - arXiv's first year
        raise Unusable(f"{option} {text} is before arXiv began, in 1991.")
    if month not in _MONTHS:
        raise Unusable(f"{option} {text} is no date: months run from 01 to 12.")
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        name = f"{calendar.month_name[month]} {year}"
        raise Unusable(f"{option} {text} is no date: {name} has {length} days.")
    return date(year, month, day)


async def backfill(settings: Settings, first: str, last: str) -> int:
    """Fill the days, newest first.  1 when arXiv does not answer; what it gave is kept then."""
    clock = SystemClock()
    days = read_span(first, last, _newest(last_list_day(clock.now()), clock.now().date()))
    console = Console(stderr=True)
    papers = filled = 0
    failure: SourceError | None = None
    async with assembled(settings, clock, index_later=True) as program:
        try:
            with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
                task = bar.add_task("asking arXiv", total=len(days))
                for day in reversed(days):
                    bar.update(task, description=f"{day}, {papers:,} papers so far")
                    papers += await program.filling.remember(day)
                    filled += 1
                    bar.advance(task)
        except SourceError as error:
            failure = error
        finally:
            # After Ctrl-C too: what was fetched until then is stored.
            print(f"{filled} of {len(days)} lists filled, {papers:,} papers read.")
        await program.refresh()
    if failure is None:
        return DONE
    left = days[len(days) - filled - 1]
    print(f"paperboy: {failure} Go on later with --to {left}.", file=sys.stderr)
    return NOTHING_DONE


def _newest(list_day: date, today: date) -> date:
    """A weekend after the newest list may be named as well."""
    return max(list_day, today)
