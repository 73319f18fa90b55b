from __future__ import annotations

import asyncio
import shutil

import pytest
from replayed import replaying
from scenario_world import SHARED, berlin, living, mission_papers


def _needs_shared() -> None:
    if not (SHARED / "data").is_dir():
        pytest.skip("needs ../shared: real papers")


@pytest.fixture
async def lab(tmp_path):
    """Vision Lab on Friday 5 June 2026, Berlin, with the 65 mission papers loaded."""
    _needs_shared()
    async with living(tmp_path, berlin("2026-06-05T11:40")) as world:
        await world.knows(*mission_papers())
        yield world


@pytest.fixture
async def empty(tmp_path):
    """A world that has read nothing yet, on the same Friday."""
    async with living(tmp_path, berlin("2026-06-05T11:40")) as world:
        yield world


@pytest.fixture(scope="session")
def first_week_of_june(tmp_path_factory):
    """A data folder that has read arXiv's lists of 1 to 5 June 2026."""
    _needs_shared()
    folder = tmp_path_factory.mktemp("june")

    async def read() -> None:
        async with (
            replaying("2026-06-01") as replay,
            living(folder, berlin("2026-06-01T06:30"), replay.url) as world,
        ):
            for day in range(1, 6):
                await replay.turn_to(f"2026-06-0{day}")
                world.clock.set(berlin(f"2026-06-0{day}T06:30"))
                await world.polls("arxiv")

    asyncio.run(read())
    return folder


@pytest.fixture
async def feed_of_friday(first_week_of_june, tmp_path):
    """The same Friday with the week's lists read; no source answers now."""
    folder = tmp_path / "data"
    shutil.copytree(first_week_of_june, folder)
    async with living(folder, berlin("2026-06-05T11:40")) as world:
        yield world
