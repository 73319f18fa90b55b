"""When a source is read next, and how long one that failed is left alone: functions of values.

arXiv's feed stands from midnight Eastern, but is asked only when the rush is over.  Every time is
spread by chance, so that not all Paperboys ask at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random

from bot.domain.announcements import EASTERN, appears_at, is_list_day
from bot.domain.breakers import Breaker

EVERY: Mapping[str, tuple[timedelta, timedelta]] = {
    "arxiv": (timedelta(minutes=25), timedelta(minutes=35)),
    "daily": (timedelta(minutes=30), timedelta(minutes=60)),
    "trending": (timedelta(hours=1), timedelta(hours=3)),
}
"""At least and at most between two readings.  An unchanged arXiv list answers 304."""

LIST_IS_READY = timedelta(minutes=30)
"""After midnight Eastern; until then arXiv is busy with the announcement."""

LIST_SPREAD = timedelta(minutes=5)
LIST_RETRIES = (timedelta(minutes=10), timedelta(minutes=15))
"""At least and at most between readings while the day's list is awaited: two or three of them."""

LIST_RETRIES_END = timedelta(minutes=30)

FIRST_RETRY = timedelta(seconds=30)
FAILURES_TO_OPEN = 5
FIRST_PROBE = timedelta(minutes=10)
LONGEST_PROBE = timedelta(hours=1)
LONGEST_HELD = timedelta(hours=24)
"""The longest wait that a source may ask for."""

_NOTHING = timedelta(0)
_SPREAD = 0.2  #: of a pause that is added to it by chance
_DAY = timedelta(days=1)


def next_reading(
    source: str,
    now: datetime,
    *,
    newest_day: date | None,
    breaker: Breaker,
    chance: Random,
) -> datetime:
    """When to read the source after a reading that ended at `now` (aware); later than `now`.

    `newest_day` is the newest arXiv list day read, `breaker` what the reading left.
    """
    if breaker.fail_count:
        return now + max(held(breaker, now), FIRST_RETRY)
    ordinary = now + _between(EVERY[source], chance)
    return _for_the_list(now, ordinary, newest_day, chance) if source == "arxiv" else ordinary


def held(breaker: Breaker, now: datetime) -> timedelta:
    """How long the source is still left alone; nothing when it may be read."""
    if breaker.open_until is None:
        return _NOTHING
    return max(_NOTHING, min(breaker.open_until - now, LONGEST_HELD))


def after_failure(
    breaker: Breaker,
    now: datetime,
    *,
    reason: str,
    retry_after: timedelta | None,
    chance: Random,
) -> Breaker:
    """The breaker after one more failure.

    The first four are followed by quick retries (30 s, 1, 2 and 4 min); from the fifth on the
    source is only probed, after 10 min, twice that, and so on up to an hour.  A longer wait that
    the source itself asked for (`retry_after`) is kept.
    """
    failures = breaker.fail_count + 1
    if failures < FAILURES_TO_OPEN:
        pause = FIRST_RETRY * float(2 ** (failures - 1))
    else:
        doublings = min(failures - FAILURES_TO_OPEN, 10)
        pause = min(FIRST_PROBE * float(2**doublings), LONGEST_PROBE)
    pause = max(pause * (1 + _SPREAD * chance.random()), retry_after or _NOTHING)
    return Breaker(fail_count=failures, open_until=now + min(pause, LONGEST_HELD), reason=reason)


def _for_the_list(
    now: datetime, ordinary: datetime, newest_day: date | None, chance: Random
) -> datetime:
    """Soon after a list has appeared, and again soon where it was not there yet."""
    today = now.astimezone(EASTERN).date()
    for day in (today, today + _DAY):
        appears = appears_at(day).astimezone(now.tzinfo)
        if not is_list_day(day) or ordinary < appears:
            continue
        ready = appears + LIST_IS_READY
        if now < ready:
            return ready + LIST_SPREAD * chance.random()
        awaited = newest_day is None or newest_day < day
        if awaited and now < ready + LIST_RETRIES_END:
            return now + _between(LIST_RETRIES, chance)
    return ordinary


def _between(bounds: tuple[timedelta, timedelta], chance: Random) -> timedelta:
    shortest, longest = bounds
    return shortest + (longest - shortest) * chance.random()
