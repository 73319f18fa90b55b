"""A breaker: whether something that failed may be tried, as a value that survives a restart.

What counts as a failure and how long the pauses are is decided by those who keep one
(`bot.pipeline.schedule` for sources).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How often in a row something failed, until when it is left alone (aware UTC), and why."""

    fail_count: int = 0
    open_until: datetime | None = None
    reason: str | None = None


CLOSED = Breaker()
"""Nothing failed, nothing is waited for."""
