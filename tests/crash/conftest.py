"""An empty database to begin with, and a clock that moves when it is told to."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.storage import open_store


class StillClock:
    def __init__(self) -> None:
        self.at = datetime(2026, 6, 11, 6, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, duration: timedelta) -> None:
        self.at += duration


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A migrated database without rows."""
    folder = tmp_path_factory.mktemp("empty")

    async def create() -> None:
        async with open_store(None, folder, StillClock()):
            pass

    asyncio.run(create())
    return folder / "paperboy.db"
