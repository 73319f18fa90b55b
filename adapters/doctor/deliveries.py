"""Judges what is owed: cards that could not be posted, and cards that wait too long."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters.doctor.database import Facts
from adapters.doctor.findings import Check, Finding, counted, ok, warn

TOO_LONG = timedelta(hours=1)
"""Beyond the time at which a card was due; the relay looks every few seconds."""


def check(facts: Facts | None, now: datetime, *, running: bool) -> list[Finding]:
    if facts is None:
        return [ok(Check.DELIVERIES, "Nothing is owed, as far as it can be read.")]
    found = []
    if facts.dead:
        found.append(
            warn(
                Check.DELIVERIES,
                f"{counted(facts.dead, 'card', 'cards')} could not be posted and will not be "
                "tried again by themselves.",
                why=f"The oldest one's reason: {facts.dead_reason or 'none was given'}",
                fix="See each with `paperboy outbox list`; then `paperboy outbox retry ID` or "
                "`paperboy outbox drop ID`.",
            )
        )
    waited = now - facts.oldest_waiting_at if facts.oldest_waiting_at else timedelta(0)
    if waited > TOO_LONG:
        found.append(
            warn(
                Check.DELIVERIES,
                f"{counted(facts.waiting, 'card waits', 'cards wait')}, the oldest for "
                f"{duration(waited)} longer than it should.",
                why="It is posted while `paperboy run` runs."
                if not running
                else "The process that has the lock does not post it.",
                fix="Start `paperboy run`."
                if not running
                else "Look in the log of the running process, and start it again.",
            )
        )
    elif not facts.dead:
        what = f"{counted(facts.waiting, 'card waits', 'cards wait')}; none is dead."
        found.append(ok(Check.DELIVERIES, what))
    return found


def duration(length: timedelta) -> str:
    """The length in its largest unit: `3 days`, `2 hours`, `5 minutes`, `20 seconds`."""
    seconds = int(length.total_seconds())
    for unit, one, many in (
        (86400, "day", "days"),
        (3600, "hour", "hours"),
        (60, "minute", "minutes"),
    ):
        if seconds >= unit:
            return counted(seconds // unit, one, many)
    return counted(seconds, "second", "seconds")
