"""What follows from an attempt that failed: the error table of the outbox, as pure functions.

It decides when a delivery is tried again, when it is given up, and how long a channel or a
workspace is left alone.  It neither waits nor stores.  What a platform's answer means is decided by
its messenger, in the words of `Outcome`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.domain.breakers import Breaker
from bot.domain.deliveries import Ambiguous, NotSent, Refused, Scope

GRACE = timedelta(seconds=60)
"""How long after an attempt of unknown end the request may still arrive: only then is it looked
for, and tried again if it is not there (reference/reliability.md 0 and 1.2)."""

FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=24)
GIVE_UP_ATTEMPTS = 10
"""A delivery is given up after both, so that a day during which nothing ran costs none."""

FIRST_PROBE = timedelta(minutes=1)
LONGEST_PROBE = timedelta(hours=24)
CRASHES = 3
"""As many attempts in a row that ended the process put a delivery into quarantine."""

BUCKETS = (Scope.CHANNEL, Scope.WORKSPACE)
"""Failures of these say nothing about the message: all that goes there waits."""

Chance = Callable[[], float]
"""Draws uniformly from [0, 1)."""

Failed = NotSent | Ambiguous | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The attempts so far, the failed one included, and when the first of them began."""

    attempts: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Retry:
    """It was certainly not posted: try again at `at`.  `counted` is False when nobody's attempt
    failed, such as at a rate limit."""

    at: datetime
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """It may have been posted: look for it at `at`, then try again if it is not there."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Dead:
    """Give it up; a person decides what becomes of it."""

    reason: str


Decision = Retry | Look | Dead


def decide(outcome: Failed, tried: Tried, now: datetime, chance: Chance) -> Decision:
    """What becomes of the delivery."""
    spent = tried.attempts >= GIVE_UP_ATTEMPTS and now - tried.since >= GIVE_UP_AFTER
    given_up = Dead(f"given up after {tried.attempts} attempts: {outcome.reason}")
    match outcome:
        case NotSent(retry_at=None, scope=scope) if scope not in BUCKETS:
            return given_up if spent else Retry(now + backoff(tried.attempts, chance))
        case NotSent():
            return Retry(outcome.retry_at or now, counted=False)
        case Ambiguous():
            later = now + GRACE + backoff(tried.attempts - 1, chance)
            return given_up if spent else Look(max(later, outcome.retry_at or later))
        case Refused(scope=scope) if scope in BUCKETS and now - tried.since < GIVE_UP_AFTER:
            return Retry(now)
        case Refused():
            return Dead(outcome.reason)
        case _:
            assert_never(outcome)


def leave_alone(outcome: Failed, breaker: Breaker, now: datetime, chance: Chance) -> Breaker | None:
    """The breaker of the outcome's channel or workspace after it; None when it says nothing of
    them.  A refusal is probed with growing gaps, anything else tried again with backoff."""
    if outcome.scope not in BUCKETS:
        return None
    until = breaker.open_until or now
    if not isinstance(outcome, Refused) and outcome.retry_at is not None:
        return replace(breaker, open_until=max(until, outcome.retry_at), reason=outcome.reason)
    if until > now:
        return breaker  # several were under way when the first one failed: that is one failure
    failures = breaker.fail_count + 1
    gap = (
        _probe_gap(failures, chance) if isinstance(outcome, Refused) else backoff(failures, chance)
    )
    return Breaker(fail_count=failures, open_until=now + gap, reason=outcome.reason)


def after_crashes(crashes: int) -> Dead | None:
    """What becomes of a delivery that was being sent when the process ended that often in a row."""
    if crashes < CRASHES:
        return None
    return Dead(f"quarantined: Paperboy stopped {crashes} times in a row while it was being sent")


def backoff(failures: int, chance: Chance) -> timedelta:
    """Full jitter (reference/reliability.md 1.3): uniform up to a limit that doubles; none before
    the first failure."""
    if failures < 1:
        return timedelta(0)
    return _doubled(FIRST_PAUSE, failures, LONGEST_PAUSE) * chance()


def _probe_gap(failures: int, chance: Chance) -> timedelta:
    # Half of it is certain: 5,000 channels that are gone must not add up to a ban.
    return _doubled(FIRST_PROBE, failures, LONGEST_PROBE) * (0.5 + chance() / 2)


def _doubled(first: timedelta, failures: int, longest: timedelta) -> timedelta:
    # The exponent is bounded, or a timedelta overflows after a few dozen failures.
    return min(longest, first * (1 << min(failures - 1, 20)))
