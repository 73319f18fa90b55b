"""arXiv's calendar: the table of its "Availability of submissions" page, and June 2026."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.announcements import (
    EASTERN,
    appears_at,
    is_list_day,
    last_list_day,
    list_day_of,
    next_list,
    window_of,
)


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("submitted", "listed"),
    [
        ("2026-06-08T13:59", "2026-06-09"),  # Monday before the closing: Tuesday's list
        ("2026-06-08T14:00", "2026-06-09"),
        ("2026-06-08T14:01", "2026-06-10"),  # after it: Wednesday's
        ("2026-06-11T15:00", "2026-06-15"),  # Thursday after the closing: announced on Sunday
        ("2026-06-12T13:00", "2026-06-15"),
        ("2026-06-12T15:00", "2026-06-16"),  # Friday after the closing: Tuesday's
        ("2026-06-13T10:00", "2026-06-16"),
        ("2026-06-14T23:00", "2026-06-16"),
        ("2026-06-18T15:00", "2026-06-23"),  # Friday 19 June is a holiday: Monday's list is empty
        ("2026-06-19T10:00", "2026-06-23"),
        ("2026-11-25T15:00", "2026-11-30"),  # Thanksgiving
    ],
)
def test_a_submission_time_gives_the_list_day(submitted: str, listed: str) -> None:
    assert list_day_of(eastern(submitted)) == date.fromisoformat(listed)


def test_monday_22_june_2026_has_no_list() -> None:
    assert not is_list_day(date(2026, 6, 22))
    assert is_list_day(date(2026, 6, 19))
    assert is_list_day(date(2026, 6, 23))


def test_the_next_list_after_a_friday_is_mondays_at_six_in_berlin() -> None:
    coming = next_list(datetime(2026, 6, 5, 10, tzinfo=UTC), date(2026, 6, 5))
    assert coming.day == date(2026, 6, 8)
    assert coming.at == datetime(2026, 6, 8, 4, tzinfo=UTC)
    assert not coming.after_holiday


def test_a_holiday_is_named() -> None:
    coming = next_list(datetime(2026, 6, 22, 12, tzinfo=UTC), date(2026, 6, 19))
    assert coming.day == date(2026, 6, 23)
    assert coming.after_holiday


def test_a_list_that_is_due_but_unread_is_the_next_one() -> None:
    now = datetime(2026, 6, 9, 12, tzinfo=UTC)
    coming = next_list(now, date(2026, 6, 8))
    assert coming.day == date(2026, 6, 9)
    assert coming.at < now


def test_after_a_long_silence_the_next_list_lies_ahead() -> None:
    coming = next_list(datetime(2026, 6, 9, 12, tzinfo=UTC), date(2026, 1, 5))
    assert coming.day == date(2026, 6, 10)


@given(st.datetimes(datetime(2025, 3, 1), datetime(2026, 12, 20)))
def test_a_paper_stands_on_a_list_day_that_comes_after_it(naive: datetime) -> None:
    submitted = naive.replace(tzinfo=UTC)
    day = list_day_of(submitted)
    assert is_list_day(day)
    assert submitted < appears_at(day) <= submitted + timedelta(days=8)


@given(st.datetimes(datetime(2025, 3, 1), datetime(2026, 12, 20)))
def test_a_window_holds_exactly_what_its_list_day_says(naive: datetime) -> None:
    submitted = naive.replace(tzinfo=UTC)
    day = list_day_of(submitted)
    after, until = window_of(day)
    assert after < submitted <= until
    assert list_day_of(until) == day
    assert list_day_of(after) < day
    assert list_day_of(after + timedelta(microseconds=1)) == day


@pytest.mark.parametrize(
    ("day", "after", "until"),
    [
        ("2026-06-09", "2026-06-05T14:00", "2026-06-08T14:00"),
        ("2026-06-08", "2026-06-04T14:00", "2026-06-05T14:00"),
        ("2026-06-23", "2026-06-18T14:00", "2026-06-22T14:00"),  # over the holiday
        ("2026-03-10", "2026-03-06T14:00", "2026-03-09T14:00"),  # the clocks went forward
    ],
)
def test_the_window_of_a_list_day(day: str, after: str, until: str) -> None:
    assert window_of(date.fromisoformat(day)) == (eastern(after), eastern(until))


def test_a_day_without_a_list_has_no_window() -> None:
    for day in (date(2026, 6, 22), date(2026, 6, 13)):
        with pytest.raises(ValueError, match="no list day"):
            window_of(day)


def test_the_newest_list_day_that_has_appeared() -> None:
    assert last_list_day(eastern("2026-06-08T23:59")) == date(2026, 6, 8)
    assert last_list_day(eastern("2026-06-09T00:00")) == date(2026, 6, 9)
    assert last_list_day(eastern("2026-06-22T12:00")) == date(2026, 6, 19)
