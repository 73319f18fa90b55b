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
PATIENCE = timedelta(hours=3)
"""How long after its due time a list may stay away before that is a fault (DESIGN section 7)."""

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


def last_list_day(now: datetime) -> date:
    """The newest list day whose feed has appeared, if the calendar holds."""
    day = now.astimezone(EASTERN).date()
    while not is_list_day(day):
        day -= _DAY
    return day


def list_days_between(first: date, last: date) -> list[date]:
    """The calendar's list days in [first, last], oldest first."""
    span = range((last - first).days + 1)
    return [day for day in (first + n * _DAY for n in span) if is_list_day(day)]


def window_of(list_day: date) -> tuple[datetime, datetime]:
    """The submission times of a list, (after, until]: two closings in Eastern time.  The inverse
    of `list_day_of`.  Raises ValueError for a day that the calendar gives no list."""
    if not is_list_day(list_day):
        raise ValueError(f"{list_day} is no list day")
    closing = _previous_weekday(list_day)
    before = _previous_weekday(closing)
    while before in holidays():
        before = _previous_weekday(before)
    return (
        datetime.combine(before, CLOSING, EASTERN),
        datetime.combine(closing, CLOSING, EASTERN),
    )


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
