"""How fresh arXiv's lists are here, as values: what was read, what that amounts to, an outage.

What a reading amounts to is decided in `bot.pipeline.freshness`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from bot.domain.pages import ListDay


class State(StrEnum):
    """OK: the list that is due was read, or may be awaited.  QUIET: no list is due today.
    STALE: an older list is served.  PARTIAL: the list is far too small.  LATE: none is served.
    DOWN: arXiv cannot be read."""

    OK = "ok"
    QUIET = "quiet"
    STALE = "stale"
    PARTIAL = "partial"
    LATE = "late"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is known of arXiv's lists: the cursor, what failed, and the list days of two months."""

    first_day: date | None = None  #: the day of the feed that was read first
    newest_day: date | None = None  #: the newest list read
    read_at: datetime | None = None
    total: int = 0  #: papers on the list that was served last
    failing_since: datetime | None = None
    failure: str | None = None
    days: Mapping[date, ListDay] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """What a reading amounts to at a time."""

    state: State
    due_day: date  #: the newest list day that the calendar has let appear
    newest_day: date | None = None
    current: bool = False  #: the list that is due was read
    holiday: bool = False  #: quiet because of a holiday, not of a weekend
    failure: str | None = None
    size: int = 0  #: papers on the list that is due …
    usual: int = 0  #: … and the median of that weekday's lists, where both are known
    fault_since: datetime | None = None  #: a list is missing or too small since then
    missing: tuple[date, ...] = ()  #: list days to be fetched by date, oldest first
    background: tuple[date, ...] = ()  #: of the days before the first list, those not known yet
    background_done: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A fault that was told of.  `days` and `papers`: the late lists read since then, and their
    papers that go out."""

    state: State
    day: date  #: the list day that was missing or too small
    noticed_at: datetime
    days: int = 0
    papers: int = 0
