"""Decides the order of papers that match (DESIGN section 9).  Knows neither queries nor the index.

Within a tier a paper's worth is its text score over the tier's best, plus a little for being new,
plus a little for being upvoted; equal worth is settled by list day (newer first), then by id.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from bot.domain.papers import PaperId

RECENCY_WEIGHT = 0.1
RECENCY_DAYS = 365.0
UPVOTE_WEIGHT = 0.05


class Tier(IntEnum):
    """Where the words stand: better tiers come first whatever the score."""

    TITLE_IS_QUERY = 0
    ALL_IN_TITLE = 1
    REST = 2


class Candidate(
    NamedTuple
):  # a lookup makes a thousand: a dataclass would take a third of its time
    """A matching paper with what its place depends on; `score` is the index's, 0 or more.

    Not among these: its upvotes, which the store tells.
    """

    id: PaperId
    tier: Tier
    score: float
    list_day: date | None


Upvotes = Mapping[PaperId, int]


def by_relevance(candidates: Iterable[Candidate], upvotes: Upvotes, today: date) -> list[PaperId]:
    """The candidates' ids, best first."""
    found = list(candidates)
    best: dict[Tier, float] = {}
    for one in found:
        best[one.tier] = max(best.get(one.tier, 0.0), one.score)
    order = [
        (
            one.tier,
            -_worth(one, best[one.tier], upvotes.get(one.id, 0), today),
            _announcement(one.list_day),
            one.id,
        )
        for one in found
    ]
    order.sort()
    return [id_ for *_, id_ in order]


def by_list_day(candidates: Iterable[Candidate]) -> list[PaperId]:
    """The candidates' ids, newest list first, papers without a list day last."""
    return [one.id for one in sorted(candidates, key=lambda c: (_announcement(c.list_day), c.id))]


def by_upvotes(candidates: Iterable[Candidate], upvotes: Upvotes) -> list[PaperId]:
    """The candidates' ids, most upvoted first, then as `by_list_day`."""
    ordered = sorted(
        candidates, key=lambda c: (-upvotes.get(c.id, 0), _announcement(c.list_day), c.id)
    )
    return [one.id for one in ordered]


def _worth(candidate: Candidate, best: float, upvotes: int, today: date) -> float:
    text = candidate.score / best if best > 0 else 0.0
    return text + _recency(candidate.list_day, today) + _approval(upvotes)


def _recency(day: date | None, today: date) -> float:
    if day is None:
        return 0.0
    age = max(0, (today - day).days)
    return RECENCY_WEIGHT * math.exp(-age / RECENCY_DAYS)


def _approval(upvotes: int) -> float:
    return UPVOTE_WEIGHT * math.log10(1 + max(0, upvotes))


def _announcement(day: date | None) -> int:
    return -day.toordinal() if day else 0
