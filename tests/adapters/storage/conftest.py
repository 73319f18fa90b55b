"""A clock and an empty database for the tests of the store on SQLite."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from adapters.storage import open_store


class FakeClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 6, 11, 6, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, duration: timedelta) -> None:
        self.at += duration


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A migrated database without rows."""
    folder = tmp_path_factory.mktemp("empty")

    async def create() -> None:
        async with open_store(None, folder, FakeClock()):
            pass

    asyncio.run(create())
    return folder / "paperboy.db"


@pytest.fixture
def data_dir(empty_database, tmp_path):
    """A data folder with a database of this version."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(empty_database, folder)
    return folder
