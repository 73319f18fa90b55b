"""The error table of the outbox, row by row (reference/reliability.md 1.2 and 1.3)."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.breakers import CLOSED, Breaker
from bot.domain.deliveries import Ambiguous, NotSent, Refused, Scope
from bot.pipeline.retrying import (
    CRASHES,
    GRACE,
    Dead,
    Look,
    Retry,
    Tried,
    after_crashes,
    backoff,
    decide,
    leave_alone,
)

NOW = datetime(2026, 6, 12, 5, tzinfo=UTC)
SOON = NOW + timedelta(seconds=30)
LATER = NOW + timedelta(hours=1)
FIRST = Tried(attempts=1, since=NOW)
FOURTH = Tried(attempts=4, since=NOW - timedelta(minutes=1))
SPENT = Tried(attempts=10, since=NOW - timedelta(hours=24))
FEW_IN_A_WEEK = Tried(attempts=9, since=NOW - timedelta(days=7))
AWAY = NotSent(None, "connection refused")
LOST = Ambiguous("timeout")


def all_of_it() -> float:
    return 1.0


def none_of_it() -> float:
    return 0.0


@pytest.mark.parametrize(
    ("outcome", "tried", "decision"),
    [
        # certainly not sent: full jitter, at most 2 s · 2^n and 15 minutes
        (AWAY, FIRST, Retry(NOW + timedelta(seconds=2))),
        (AWAY, FOURTH, Retry(NOW + timedelta(seconds=16))),
        (AWAY, FEW_IN_A_WEEK, Retry(NOW + timedelta(seconds=512))),
        (AWAY, SPENT, Dead("given up after 10 attempts: connection refused")),
        # a rate limit: its own time, no attempt, never given up for it
        (NotSent(SOON, "429"), FIRST, Retry(SOON, counted=False)),
        (NotSent(SOON, "429", Scope.CHANNEL), SPENT, Retry(SOON, counted=False)),
        # nobody can be reached there: that is not this message's failure
        (NotSent(None, "DNS", Scope.WORKSPACE), SPENT, Retry(NOW, counted=False)),
        # unknown: looked for after the grace, never before
        (LOST, FIRST, Look(NOW + GRACE)),
        (LOST, FOURTH, Look(NOW + GRACE + timedelta(seconds=8))),
        (
            Ambiguous("history: 429", NOW + timedelta(hours=1)),
            FIRST,
            Look(NOW + timedelta(hours=1)),
        ),
        (Ambiguous("history: 429", SOON), FIRST, Look(NOW + GRACE)),
        (LOST, SPENT, Dead("given up after 10 attempts: timeout")),
        # refused: dead, unless it is the channel or the credential that is refused
        (Refused("too long"), FIRST, Dead("too long")),
        (Refused("invalid_blocks", Scope.CONTENT), FIRST, Dead("invalid_blocks")),
        (Refused("archived", Scope.CHANNEL), FIRST, Retry(NOW)),
        (Refused("token_revoked", Scope.WORKSPACE), FOURTH, Retry(NOW)),
        (Refused("archived", Scope.CHANNEL), SPENT, Dead("archived")),
    ],
)
def test_what_becomes_of_a_delivery(outcome, tried, decision):
    assert decide(outcome, tried, NOW, all_of_it) == decision


def test_backoff_is_full_jitter_up_to_a_quarter_of_an_hour():
    assert [backoff(n, all_of_it).total_seconds() for n in (0, 1, 2, 9, 10, 10_000)] == [
        0,
        2,
        4,
        512,
        900,
        900,
    ]
    assert backoff(5, none_of_it) == timedelta(0)
    assert backoff(1, lambda: 0.25) == timedelta(seconds=0.5)


@pytest.mark.parametrize("outcome", [AWAY, LOST, Refused("too long"), NotSent(SOON, "slow down")])
def test_a_failure_of_a_message_leaves_nothing_alone(outcome):
    assert leave_alone(outcome, CLOSED, NOW, all_of_it) is None


def test_a_rate_limit_is_obeyed_and_is_no_failure():
    pause = leave_alone(NotSent(SOON, "429", Scope.CHANNEL), CLOSED, NOW, all_of_it)
    assert pause == Breaker(fail_count=0, open_until=SOON, reason="429")
    longer = Breaker(open_until=SOON + timedelta(hours=1))
    pause = leave_alone(NotSent(SOON, "429", Scope.CHANNEL), longer, NOW, all_of_it)
    assert pause is not None
    assert pause.open_until == longer.open_until


def test_a_refusal_is_probed_with_growing_gaps_up_to_a_day():
    refusal, breaker, at, gaps = Refused("archived", Scope.CHANNEL), CLOSED, NOW, []
    for _ in range(13):
        after = leave_alone(refusal, breaker, at, all_of_it)
        assert after is not None
        assert after.open_until is not None
        gaps.append((after.open_until - at) / timedelta(minutes=1))
        breaker, at = after, after.open_until
    assert gaps == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440]
    first = leave_alone(refusal, CLOSED, NOW, none_of_it)
    assert first == Breaker(fail_count=1, open_until=NOW + timedelta(seconds=30), reason="archived")


def test_failures_that_were_under_way_together_count_once():
    one = leave_alone(NotSent(None, "DNS", Scope.WORKSPACE), CLOSED, NOW, all_of_it)
    assert one == Breaker(fail_count=1, open_until=NOW + timedelta(seconds=2), reason="DNS")
    assert one is not None
    assert leave_alone(NotSent(None, "DNS", Scope.WORKSPACE), one, NOW, all_of_it) is one


def test_the_third_crash_in_a_row_is_the_last():
    assert CRASHES == 3
    assert after_crashes(2) is None
    assert after_crashes(3) == Dead(
        "quarantined: Paperboy stopped 3 times in a row while it was being sent"
    )
