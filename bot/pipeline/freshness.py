"""Whether arXiv's lists are fresh, and what is said about it: functions of values.

The calendar says which list is due; a holiday or a weekend is quiet, everything else that is not
there is a fault.  It decides neither when arXiv is read nor where a notice goes (DESIGN section 7).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from statistics import median

from bot.domain.announcements import (
    EASTERN,
    PATIENCE,
    appears_at,
    is_list_day,
    last_list_day,
    list_days_between,
)
from bot.domain.freshness import Freshness, Outage, Reading, State

KEPT = timedelta(days=30)
"""How far back missed days are filled, and how many days the first run fills."""

SETTLING = timedelta(minutes=45)
"""After midnight Eastern; until then a list may be on its way."""

_WEEK = timedelta(days=7)
_WEEKS = 4
_LEAST_KNOWN = 2  #: lists of a weekday that make a usual size
_SATURDAY = 5
_DAY = timedelta(days=1)


def judge(reading: Reading, now: datetime) -> Freshness:
    """What a reading amounts to now."""
    due = last_list_day(now)
    today = now.astimezone(EASTERN).date()
    size, usual = _sizes(reading, due)
    state = _state(reading, now, due)
    before = _before_first(reading)
    return Freshness(
        state=state,
        due_day=due,
        newest_day=reading.newest_day,
        current=_is_current(reading, due),
        holiday=state is State.QUIET and today.weekday() < _SATURDAY,
        failure=reading.failure,
        size=size,
        usual=usual,
        fault_since=_fault_since(reading, state, due),
        missing=_missing(reading, due, today),
        background=tuple(day for day in reversed(before) if day not in reading.days),
        background_done=sum(day in reading.days for day in before),
    )


def _state(reading: Reading, now: datetime, due: date) -> State:
    if reading.failure is not None:
        return State.DOWN
    if _is_current(reading, due):
        size, usual = _sizes(reading, due)
        if size * 4 < usual:
            return State.PARTIAL
        return State.OK if is_list_day(now.astimezone(EASTERN).date()) else State.QUIET
    awaited = reading.read_at is None or reading.read_at < appears_at(due) + SETTLING
    if awaited:
        return State.OK
    return State.STALE if reading.total else State.LATE


def _is_current(reading: Reading, due: date) -> bool:
    """Whether the list that is due was read, or fell due before anything was read."""
    if reading.newest_day is not None:
        return reading.newest_day >= due
    return reading.first_day is not None and reading.first_day > due


def _sizes(reading: Reading, due: date) -> tuple[int, int]:
    """The size of the list that is due, and what is usual on that weekday; 0, 0 when one of them is
    not known."""
    listed = reading.days.get(due)
    earlier = (reading.days.get(due - n * _WEEK) for n in range(1, _WEEKS + 1))
    known = [one.papers for one in earlier if one is not None and one.papers]
    if listed is None or listed.papers is None or len(known) < _LEAST_KNOWN:
        return 0, 0
    return listed.papers, round(median(known))


def _fault_since(reading: Reading, state: State, due: date) -> datetime | None:
    """From when the fault is one: not before the list was due, and never without one missing."""
    if state in {State.STALE, State.LATE, State.PARTIAL}:
        return appears_at(due)
    if state is State.DOWN and not _is_current(reading, due) and reading.failing_since:
        return max(appears_at(due), reading.failing_since)
    return None


def _missing(reading: Reading, due: date, today: date) -> tuple[date, ...]:
    """List days since the first reading that no announcement brought, and that the feed, which has
    only its own day, can no longer bring."""
    if reading.first_day is None:
        return ()
    first = max(reading.first_day, today - KEPT)
    days = list_days_between(first, min(due, today - _DAY))
    return tuple(day for day in days if day not in reading.days or not reading.days[day].announced)


def _before_first(reading: Reading) -> list[date]:
    """The list days of the month before the first reading."""
    if reading.first_day is None:
        return []
    return list_days_between(reading.first_day - KEPT, reading.first_day - _DAY)


# -- when to speak, and what to say -------------------------------------------


def is_outage(fresh: Freshness, now: datetime) -> bool:
    """Whether a fault has lasted long enough to be told."""
    return fresh.fault_since is not None and now >= fresh.fault_since + PATIENCE


def is_over(fresh: Freshness) -> bool:
    """Whether all is well again: the list that is due was read, and nothing is left to fill."""
    return fresh.current and fresh.state in {State.OK, State.QUIET} and not fresh.missing


def outage_words(fresh: Freshness) -> str:
    """The one notice of an outage."""
    due = f"{fresh.due_day:%A}"
    if fresh.state is State.PARTIAL:
        return (
            f"arXiv's list of {due} has {_papers(fresh.size)}, where {due}s have about "
            f"{fresh.usual:,}. I read it again; what is added is posted."
        )
    if fresh.state is State.STALE:
        old = "an old list" if fresh.newest_day is None else f"{fresh.newest_day:%A}'s list again"
        said = f"arXiv served {old} on {due}."
    elif fresh.state is State.LATE:
        said = f"arXiv has not served {due}'s list."
    else:
        reason = (fresh.failure or "").rstrip(".")
        said = f"arXiv cannot be read, {due}'s list is missing ({reason})."
    return f"{said} I try every 30 minutes; nothing is lost."


def recovery_words(outage: Outage, size: int | None) -> str | None:
    """The one notice that it is over; None where there is nothing to say: a list that stayed as
    small as it was (`size` is the present one of that day) is just small."""
    if outage.state is State.PARTIAL:
        if size is None:
            return None
        return f"arXiv's list of {outage.day:%A} is whole now: {_papers(size)}."
    if not outage.days:
        return "arXiv is back: nothing was missed."
    filled = f"{outage.days} day{'' if outage.days == 1 else 's'} filled"
    if not outage.papers:
        return f"arXiv is back: {filled}, no paper of them matches here."
    verb = "goes" if outage.papers == 1 else "go"
    return f"arXiv is back: {filled}, {_papers(outage.papers)} {verb} out."


def is_whole_now(outage: Outage, reading: Reading) -> int | None:
    """The size of an outage's list day if it has become a usual one."""
    size, usual = _sizes(reading, outage.day)
    return size if usual and size * 4 >= usual else None


def _papers(number: int) -> str:
    return "1 paper" if number == 1 else f"{number:,} papers"
