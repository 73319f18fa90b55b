"""The stores that the contract suites run on."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from adapters.storage import open_store

START = datetime(2026, 6, 11, 6, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    async def sleep(self, duration: timedelta) -> None:
        self.at += duration

    def pass_by(self, **duration: float) -> None:
        self.at += timedelta(**duration)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A migrated database without rows: migrating it anew for every test takes longer than them."""
    folder = tmp_path_factory.mktemp("empty")

    async def create() -> None:
        async with open_store(None, folder, FakeClock()):
            pass

    asyncio.run(create())
    return folder / "paperboy.db"


@pytest.fixture
async def store(empty_database, tmp_path, clock):
    shutil.copy(empty_database, tmp_path)
    async with open_store(None, tmp_path, clock) as opened:
        yield opened
