"""What a reading of arXiv's lists amounts to, and what is said about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.announcements import list_days_between
from bot.domain.freshness import Outage, Reading, State
from bot.domain.pages import ListDay
from bot.pipeline.freshness import (
    is_outage,
    is_over,
    is_whole_now,
    judge,
    outage_words,
    recovery_words,
)

MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)


def berlin(text: str) -> datetime:
    return (datetime.fromisoformat(f"2026-06-{text}") - timedelta(hours=2)).replace(tzinfo=UTC)


def lists(first: date, last: date, size: int = 200) -> dict[date, ListDay]:
    days = list_days_between(first, last)
    return {day: ListDay(day=day, papers=size, announced=True) for day in days}


def reading(newest: date = MONDAY, read: str = "09T07:00", **more: object) -> Reading:
    base = Reading(
        first_day=date(2026, 5, 11),
        newest_day=newest,
        read_at=berlin(read),
        total=200,
        days=lists(date(2026, 5, 11), newest),
    )
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("read", "now", "state"),
    [
        (reading(read="08T07:00"), "08T11:00", State.OK),
        (reading(read="09T05:00"), "09T06:10", State.OK),  # on its way
        (reading(), "09T07:10", State.STALE),
        (reading(total=0), "09T07:10", State.LATE),
        (reading(failure="x", failing_since=berlin("09T07:00")), "09T07:10", State.DOWN),
        (reading(TUESDAY), "09T07:10", State.OK),
        (reading(date(2026, 6, 12), read="13T07:00"), "13T12:00", State.QUIET),
        (reading(date(2026, 6, 12), read="14T07:00"), "14T12:00", State.QUIET),
        (reading(date(2026, 6, 19), read="22T07:00"), "22T12:00", State.QUIET),
        (reading(date(2026, 6, 11), read="13T07:00", total=0), "13T12:00", State.LATE),
        (Reading(), "09T12:00", State.OK),
        (Reading(first_day=date(2026, 6, 13), read_at=berlin("13T12:00")), "13T12:00", State.QUIET),
    ],
)
def test_the_states(read: Reading, now: str, state: State) -> None:
    assert judge(read, berlin(now)).state is state


def test_under_a_quarter_of_that_weekdays_median_is_partial() -> None:
    for size, state in ((49, State.PARTIAL), (50, State.OK)):
        days = lists(date(2026, 5, 11), MONDAY) | {TUESDAY: ListDay(day=TUESDAY, papers=size)}
        fresh = judge(reading(TUESDAY, days=days), berlin("09T07:00"))
        assert (fresh.state, fresh.size, fresh.usual) == (state, size, 200)


def test_without_two_lists_of_that_weekday_nothing_is_partial() -> None:
    days = {
        TUESDAY: ListDay(day=TUESDAY, papers=1),
        date(2026, 6, 2): ListDay(day=TUESDAY, papers=9),
    }
    assert judge(reading(TUESDAY, days=days), berlin("09T07:00")).state is State.OK


def test_only_a_holiday_is_called_one() -> None:
    assert judge(reading(date(2026, 6, 19)), berlin("22T12:00")).holiday
    assert not judge(reading(date(2026, 6, 19)), berlin("21T12:00")).holiday


def test_a_fault_is_told_three_hours_after_the_list_was_due() -> None:
    stale = judge(reading(), berlin("09T08:59"))
    assert not is_outage(stale, berlin("09T08:59"))
    assert is_outage(stale, berlin("09T09:00"))
    down = judge(reading(failure="x", failing_since=berlin("09T08:00")), berlin("09T10:59"))
    assert not is_outage(down, berlin("09T10:59"))
    assert is_outage(down, berlin("09T11:00"))


def test_an_interface_that_is_away_while_nothing_is_due_is_no_outage() -> None:
    read = reading(TUESDAY, failure="x", failing_since=berlin("09T07:00"))
    assert judge(read, berlin("09T23:00")).fault_since is None


def test_what_the_feed_can_no_longer_bring_is_missing() -> None:
    days = lists(date(2026, 5, 11), MONDAY) | {
        date(2026, 6, 10): ListDay(day=date(2026, 6, 10), papers=200),  # known, not announced
        date(2026, 6, 12): ListDay(day=date(2026, 6, 12), papers=200, announced=True),
    }
    read = reading(date(2026, 6, 12), days=days)
    missing = tuple(date(2026, 6, day) for day in (9, 10, 11))
    fresh = judge(read, berlin("12T07:00"))
    assert fresh.missing == missing
    assert not is_over(fresh)
    assert is_over(
        judge(replace(read, days=lists(date(2026, 5, 11), date(2026, 6, 12))), berlin("12T07:00"))
    )


def test_todays_own_list_is_left_to_the_feed() -> None:
    assert judge(reading(), berlin("09T23:00")).missing == ()
    assert judge(reading(), berlin("10T07:00")).missing == (TUESDAY,)


def test_at_most_thirty_days_are_filled() -> None:
    missing = judge(reading(first_day=date(2026, 1, 5), days={}), berlin("30T12:00")).missing
    assert missing[0] == date(2026, 6, 1)


def test_the_month_before_the_first_list_is_filled_newest_first() -> None:
    fresh = judge(reading(days=lists(MONDAY, MONDAY), first_day=MONDAY), berlin("08T12:00"))
    assert fresh.background[:2] == (date(2026, 6, 5), date(2026, 6, 4))
    assert fresh.background[-1] == date(2026, 5, 11)
    assert fresh.background_done == 0
    assert fresh.missing == ()


def test_the_words_of_an_outage() -> None:
    stale = judge(reading(), berlin("09T09:00"))
    assert outage_words(stale) == (
        "arXiv served Monday's list again on Tuesday. I try every 30 minutes; nothing is lost."
    )
    over = Outage(state=State.STALE, day=TUESDAY, noticed_at=berlin("09T09:00"), days=2, papers=31)
    assert recovery_words(over, None) == "arXiv is back: 2 days filled, 31 papers go out."
    one = replace(over, days=1, papers=1)
    assert recovery_words(one, None) == "arXiv is back: 1 day filled, 1 paper goes out."
    assert "no paper" in str(recovery_words(replace(over, papers=0), None))
    assert recovery_words(replace(over, days=0), None) == "arXiv is back: nothing was missed."


def test_a_list_that_stays_small_has_no_recovery_but_one_that_grows_has() -> None:
    over = Outage(state=State.PARTIAL, day=TUESDAY, noticed_at=berlin("09T09:00"))
    days = lists(date(2026, 5, 11), TUESDAY) | {TUESDAY: ListDay(day=TUESDAY, papers=9)}
    assert recovery_words(over, is_whole_now(over, reading(days=days))) is None
    days[TUESDAY] = ListDay(day=TUESDAY, papers=190)
    assert recovery_words(over, is_whole_now(over, reading(days=days))) == (
        "arXiv's list of Tuesday is whole now: 190 papers."
    )
