"""When sources are read: cadences, the night's list, retries and probes, for any moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.announcements import EASTERN, appears_at, is_list_day
from bot.domain.breakers import CLOSED, Breaker
from bot.pipeline.schedule import EVERY, after_failure, held, next_reading

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SUMMER = datetime(2026, 6, 12, 12, tzinfo=UTC)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))
chances = st.integers(0, 2**32).map(Random)
days_ago = st.none() | st.integers(0, 9)


def eastern(day: str, at: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(at), EASTERN).astimezone(
        UTC
    )


@given(moments, chances, days_ago, st.sampled_from(sorted(EVERY)))
def test_a_reading_follows_within_the_bounds_of_its_source(now, chance, ago, source):
    newest = None if ago is None else now.astimezone(EASTERN).date() - timedelta(days=ago)
    due = next_reading(source, now, newest_day=newest, breaker=CLOSED, chance=chance)
    shortest, longest = EVERY[source]
    if source == "arxiv":
        # Sooner where a list is awaited; later where it would fall into the rush after midnight.
        shortest, longest = timedelta(0), longest + 35 * MINUTE
    assert shortest <= due - now <= longest
    assert due > now


@given(moments, chances, st.booleans())
def test_arxiv_is_not_asked_in_the_half_hour_after_a_list_has_appeared(now, chance, read):
    newest = now.astimezone(EASTERN).date() if read else None
    due = next_reading("arxiv", now, newest_day=newest, breaker=CLOSED, chance=chance)
    day = due.astimezone(EASTERN).date()
    assert not is_list_day(day) or due - appears_at(day) >= 30 * MINUTE


@given(st.dates(date(2026, 1, 1), date(2027, 12, 1)), chances)
def test_every_list_is_read_between_half_past_midnight_and_five_minutes_later(day, chance):
    """From the noon before, through both changes of the clocks."""
    now = datetime.combine(day - timedelta(days=1), time(12), EASTERN).astimezone(UTC)
    read: date | None = None
    readings = []
    while now < appears_at(day).astimezone(UTC) + 6 * HOUR:
        readings.append(now)
        if is_list_day(day) and now >= appears_at(day):
            read = day
        now = next_reading("arxiv", now, newest_day=read, breaker=CLOSED, chance=chance)
    night = [(at - appears_at(day)) / MINUTE for at in readings if at >= appears_at(day)]
    if is_list_day(day):
        assert 30 <= night[0] <= 35
        assert 25 <= night[1] - night[0] <= 35  # it was there: no retries
    assert 8 <= len(night) <= 14


@given(chances)
def test_a_list_that_is_late_is_asked_for_two_or_three_times_more(chance):
    now = eastern("2026-06-11", "23:50")
    readings = []
    while now < eastern("2026-06-12", "04:00"):
        now = next_reading(
            "arxiv", now, newest_day=date(2026, 6, 11), breaker=CLOSED, chance=chance
        )
        readings.append(now)
    gaps = [(later - earlier) / MINUTE for earlier, later in pairwise(readings)]
    retries = [gap for gap in gaps if gap < 25]
    assert retries == gaps[: len(retries)]
    assert 2 <= len(retries) <= 3
    assert all(10 <= gap <= 15 for gap in retries)
    assert all(25 <= gap <= 35 for gap in gaps[len(retries) :])


@pytest.mark.parametrize("day", ["2026-06-13", "2026-06-14", "2026-06-22"])
def test_a_night_without_a_list_has_no_rush(day):
    """Saturday, Sunday, and the Monday after the holiday of Friday 19 June."""
    spread = {
        next_reading(
            "arxiv",
            eastern(day, "00:01"),
            newest_day=date(2026, 6, 12),
            breaker=CLOSED,
            chance=Random(seed),
        )
        - eastern(day, "00:01")
        for seed in range(50)
    }
    assert min(spread) < 27 * MINUTE
    assert max(spread) > 33 * MINUTE


def test_the_same_chance_gives_the_same_times_and_another_gives_others():
    def times(seed: int) -> list[datetime]:
        chance = Random(seed)
        return [
            next_reading(name, SUMMER, newest_day=None, breaker=CLOSED, chance=chance)
            for name in EVERY
        ]

    assert times(1) == times(1)
    assert not set(times(1)) & set(times(2))


# -- failures -----------------------------------------------------------------


def failing(times: int, chance: Random, **more) -> list[timedelta]:
    """The pauses after that many failures in a row."""
    breaker, pauses = CLOSED, []
    for number in range(1, times + 1):
        breaker = after_failure(
            breaker, SUMMER, reason="down", chance=chance, **{"retry_after": None, **more}
        )
        assert (breaker.fail_count, breaker.reason) == (number, "down")
        pauses.append(held(breaker, SUMMER))
    return pauses


@given(chances)
def test_four_quick_retries_then_probes_that_become_rare(chance):
    least = [0.5, 1, 2, 4, 10, 20, 40, 60, 60, 60]
    pauses = failing(len(least), chance)
    for low, pause in zip(least, pauses, strict=True):
        assert low * MINUTE <= pause <= 1.2 * low * MINUTE


def test_a_source_that_is_away_for_a_year_is_still_probed():
    assert failing(20_000, Random(1))[-1] <= 72 * MINUTE


@given(chances, st.timedeltas(timedelta(0), timedelta(hours=30)), st.integers(1, 9))
def test_what_a_source_asks_for_is_kept(chance, asked, failures):
    pause = failing(failures, chance, retry_after=asked)[-1]
    assert pause >= min(asked, timedelta(hours=24))
    assert pause <= max(min(asked, timedelta(hours=24)), 72 * MINUTE)


@given(moments, chances, st.integers(1, 50), st.timedeltas(-9 * HOUR, timedelta(days=99)))
def test_a_source_that_failed_is_read_when_its_breaker_says(now, chance, failures, ahead):
    breaker = Breaker(fail_count=failures, open_until=now + ahead, reason="down")
    for source in EVERY:
        due = next_reading(source, now, newest_day=None, breaker=breaker, chance=chance)
        # Bounded: the machine's clock may have been set back.
        assert due == now + min(max(ahead, timedelta(seconds=30)), timedelta(hours=24))
