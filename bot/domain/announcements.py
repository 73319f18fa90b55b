"""arXiv's announcement calendar: which list a paper is on, and when the next list comes.

Rule (arXiv, "Availability of submissions"): a list closes at 14:00 Eastern on every weekday that is
no holiday; what it holds stands in the feed of the following weekday, which appears at midnight
Eastern.  A holiday cancels its date's closing, so the next weekday's feed is empty.
This module knows the calendar only; whether a list really came is not its business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
CLOSING = time(14)
_DAY = timedelta(days=1)
_SATURDAY = 5


@cache
def holidays() -> frozenset[date]:
    """The days without a closing, as data."""
    text = files("bot.domain").joinpath("arxiv_holidays.txt").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return frozenset(
        date.fromisoformat(line) for line in lines if line and not line.startswith("#")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NextList:
    """A list to come: its day, and when its feed appears (aware UTC)."""

    day: date
    at: datetime
    after_holiday: bool = False  #: the weekday before it has no list


def is_list_day(day: date) -> bool:
    """Whether arXiv's calendar gives that day a list with papers."""
    return day.weekday() < _SATURDAY and _previous_weekday(day) not in holidays()


def list_day_of(submitted_at: datetime) -> date:
    """The list day that follows from a submission time (aware); held papers come later."""
    local = submitted_at.astimezone(EASTERN)
    day = local.date()
    if local.time() > CLOSING:
        day += _DAY
    while day.weekday() >= _SATURDAY or day in holidays():
        day += _DAY
    return _next_weekday(day)


def appears_at(day: date) -> datetime:
    """When the feed of a list day appears: midnight Eastern."""
    return datetime.combine(day, time(), EASTERN)


def next_list(now: datetime, newest_day: date | None = None) -> NextList:
    """The first list after `newest_day` (the newest one read), else the first that appears after
    `now`.  A list that is due already, but has not been read, is returned with its past `at`.
    """
    today = now.astimezone(EASTERN).date()
    day = today + _DAY
    if newest_day is not None and newest_day < today and today - newest_day <= timedelta(days=7):
        day = newest_day + _DAY
    skipped = False
    while not is_list_day(day):
        skipped = skipped or day.weekday() < _SATURDAY
        day += _DAY
    return NextList(day=day, at=appears_at(day), after_holiday=skipped)


def _next_weekday(day: date) -> date:
    day += _DAY
    while day.weekday() >= _SATURDAY:
        day += _DAY
    return day


def _previous_weekday(day: date) -> date:
    day -= _DAY
    while day.weekday() >= _SATURDAY:
        day -= _DAY
    return day
