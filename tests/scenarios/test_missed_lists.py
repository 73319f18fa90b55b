"""A week with a holiday and weeks with faults (dialogues f): what is said, and what still arrives.

Replayed lists of June 2026; the clock moves only when the scenario says so.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json
import re
from collections.abc import Coroutine
from functools import cache
from typing import Any

import pytest
from replayed import Replayed, replaying
from scenario_world import SHARED, World, berlin, living

from bot.domain.replies import Card
from bot.pipeline.upkeep import Upkeep

pytestmark = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="needs ../shared: real papers"
)

QUERY = "gaussian splatting"
HOLIDAY = "2026-06-22"


@cache
def first_listed() -> dict[str, tuple[dt.date, dict[str, Any]]]:
    """By id, the day of the first recorded list that has the paper, and the paper."""
    found: dict[str, tuple[dt.date, dict[str, Any]]] = {}
    for path in sorted((SHARED / "data" / "announcements").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for paper in map(json.loads, lines):
                found.setdefault(paper["id"], (dt.date.fromisoformat(path.name[:10]), paper))
    return found


def wanted(first: str, last: str) -> set[str]:
    """An independent reading: the papers of those lists that have both words and are in cs.  Those
    that were first recorded on a Saturday stand on no list, but arXiv gives them for Monday."""
    days = (dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    return {
        f"arxiv:{number}"
        for number, (day, paper) in first_listed().items()
        if days[0] <= day <= days[1]
        and day.weekday() < 5
        and any(name.startswith("cs.") for name in paper["categories"])
        and all(
            re.search(rf"\b{word}", f"{paper['title']} {paper['abstract']}".lower())
            for word in ("gaussian", "splat")
        )
    }


async def passing(world: World, doing: Coroutine[Any, Any, Any]) -> None:
    """Let the time pass that it takes: turns at arXiv's gate, and second askings."""
    task = asyncio.ensure_future(doing)
    while not task.done():
        await asyncio.sleep(0.002)
        world.clock.set(world.clock.now() + dt.timedelta(seconds=1))
    await task


async def at(world: World, replay: Replayed, moment: str) -> None:
    """Move to a moment of Berlin's, where the feed of that date stands from 06:00; read arXiv's
    feed, look after the lists, and post."""
    await replay.turn_to(moment[:10])
    world.clock.set(max(world.clock.now(), berlin(moment)))
    await passing(world, world.polls("arxiv"))
    await passing(world, world.program.upkeep.tend())
    await world.posts()


async def posted(world: World) -> list[str]:
    return [
        part.paper
        for reply in await world.shown()
        for part in reply.parts
        if isinstance(part, Card)
    ]


async def subscribed_on(world: World, replay: Replayed, day: str) -> None:
    """Read the list of a day, and subscribe after it."""
    await at(world, replay, f"{day}T06:30")
    await world.says(f"subscribe {QUERY}")
    await world.presses("Subscribe")
    await world.posts()


async def test_a_holiday_is_quiet(tmp_path) -> None:
    async with (
        replaying("2026-06-18") as replay,
        living(tmp_path, berlin("2026-06-18T06:00"), replay.url) as world,
    ):
        await subscribed_on(world, replay, "2026-06-18")
        for day in ("19", "20", "21"):
            await at(world, replay, f"2026-06-{day}T06:30")
        before = await world.wall()
        assert set(await posted(world)) == wanted("2026-06-19", "2026-06-19")
        assert "arXiv: ok, quiet (weekend), last list Friday 19 June, next Tuesday 23 June" in (
            (await world.says("status")).replace("**", "")
        )
        for hour in ("06", "09", "12", "23"):
            await at(world, replay, f"{HOLIDAY}T{hour}:30")
        assert await world.wall() == before
        assert await world.wall("notices") == []

        status = (await world.says("status")).replace("**", "")
        assert (
            "arXiv: ok, quiet (holiday), last list Friday 19 June, "
            "next Tuesday 23 June about 06:00." in status
        )
        shown = await world.says("today")
        assert shown.startswith(
            "**Friday 19 June, the newest list** "
            "(arXiv had a holiday; next: Tuesday 23 June about 06:00)"
        )
        await at(world, replay, "2026-06-23T06:30")
        assert await world.wall("notices") == []
        assert set(await posted(world)) == wanted("2026-06-19", "2026-06-23")


async def test_a_small_list_brings_at_most_one_notice(tmp_path) -> None:
    async with (
        replaying("2026-06-11") as replay,
        living(tmp_path, berlin("2026-06-11T06:00"), replay.url, ARXIV_CATEGORIES="cs.CV") as world,
    ):
        for day in range(11, 25):
            await at(world, replay, f"2026-06-{day}T06:30")
        await at(world, replay, "2026-06-25T06:45")
        status = await world.says("status")
        assert re.search(r"partial \(Thursday's list has \d+ papers of about \d+\)", status)
        assert await world.wall("notices") == []
        for moment in ("25T09:30", "25T20:00", "26T06:30", "27T06:30", "29T06:30", "30T06:30"):
            await at(world, replay, f"2026-06-{moment}")
        (notice,) = await world.wall("notices")
        assert re.match(
            r"arXiv's list of Thursday has \d+ papers, where Thursdays have about \d+", notice
        )


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"stale": 1}, "arXiv served Monday's list again on Tuesday."),
        ({"empty": True}, "arXiv has not served Tuesday's list."),
        ({"drop": True}, "arXiv cannot be read, Tuesday's list is missing ("),
        ({"truncate": 900}, "arXiv cannot be read, Tuesday's list is missing ("),
        ({"html": True}, "arXiv cannot be read, Tuesday's list is missing ("),
        ({"status": 503}, "arXiv cannot be read, Tuesday's list is missing ("),
        ({"status": 429, "body": "Rate exceeded."}, "arXiv cannot be read, Tuesday's list is"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
async def test_a_fault_on_a_working_day_is_told_once_and_so_is_its_end(
    tmp_path, fault, said
) -> None:
    async with (
        replaying("2026-06-08") as replay,
        living(tmp_path, berlin("2026-06-08T06:00"), replay.url) as world,
    ):
        await subscribed_on(world, replay, "2026-06-08")
        await replay.breaks("/rss", **fault, times=1_000)
        for moment in ("06:50", "08:59"):
            await at(world, replay, f"2026-06-09T{moment}")
        assert await world.wall("notices") == [], "before three hours only status says so"
        assert "arXiv: ok" not in (await world.says("status")).replace("**", "")
        for moment in ("09:55", "12:30", "15:30"):
            await at(world, replay, f"2026-06-09T{moment}")
        (notice,) = await world.wall("notices")
        assert notice.startswith(said)
        assert notice.endswith("I try every 30 minutes; nothing is lost.")
        await replay.mends()
        await at(world, replay, "2026-06-09T20:30")
        await at(world, replay, "2026-06-09T21:00")
        number = len(wanted("2026-06-09", "2026-06-09"))
        assert await world.wall("notices") == [
            notice,
            f"arXiv is back: 1 day filled, {number} papers go out.",
        ]
        assert sorted(await posted(world)) == sorted(wanted("2026-06-09", "2026-06-09"))


async def test_days_that_were_missed_are_filled_by_date(tmp_path) -> None:
    """Both interfaces are away from Tuesday to Thursday; the program is restarted meanwhile."""
    async with replaying("2026-06-08") as replay:
        async with living(tmp_path, berlin("2026-06-08T06:00"), replay.url) as world:
            await subscribed_on(world, replay, "2026-06-08")
            await replay.breaks("/rss", status=503, times=1_000)
            await replay.breaks("/api/query", drop=True, times=1_000)
            for moment in ("09T06:30", "09T10:30", "10T06:30"):
                await at(world, replay, f"2026-06-{moment}")
        async with living(tmp_path, berlin("2026-06-10T12:00"), replay.url) as world:
            for moment in ("10T12:30", "11T06:30", "11T18:30"):
                await at(world, replay, f"2026-06-{moment}")
            assert await posted(world) == []
            assert len(await world.wall("notices")) == 1
            assert "Filling 2 missed lists." in await world.says("status")

            await replay.mends()
            await at(world, replay, "2026-06-12T06:50")
            assert len(await world.wall("notices")) == 2
            missed = wanted("2026-06-09", "2026-06-11")
            assert (await world.wall("notices"))[-1] == (
                f"arXiv is back: 3 days filled, {len(missed)} papers go out."
            )
            came = await posted(world)
            assert sorted(came) == sorted(wanted("2026-06-09", "2026-06-12"))
            at_once = [day for day in map(listed, came) if day < dt.date(2026, 6, 12)]
            assert at_once == sorted(at_once), "oldest first"
            await at(world, replay, "2026-06-12T12:50")
            assert await posted(world) == came
            assert len(await world.wall("notices")) == 2


def listed(paper: str) -> dt.date:
    return first_listed()[paper.removeprefix("arxiv:")][0]


async def test_a_week_without_a_process_misses_and_repeats_nothing(tmp_path) -> None:
    async with replaying("2026-06-09") as replay:
        async with living(tmp_path, berlin("2026-06-09T06:00"), replay.url) as world:
            await subscribed_on(world, replay, "2026-06-09")
        async with living(tmp_path, berlin("2026-06-16T12:00"), replay.url) as world:
            await replay.breaks("/api/query", empty=True)  # is confirmed before it is believed
            await at(world, replay, "2026-06-16T12:00")
            came = await posted(world)
            assert len(came) == len(set(came))
            assert set(came) == wanted("2026-06-10", "2026-06-16")
            assert await world.wall("notices") == [], "no source was at fault"


async def test_an_outage_over_a_weekend_is_not_told_twice(tmp_path) -> None:
    """Friday's list never comes; on Saturday it is filled by date, though the feed is empty."""
    async with (
        replaying("2026-06-11") as replay,
        living(tmp_path, berlin("2026-06-11T06:00"), replay.url) as world,
    ):
        await subscribed_on(world, replay, "2026-06-11")
        await replay.breaks("/rss", stale=1, times=3)
        for moment in ("12T06:50", "12T09:50", "12T20:00", "13T07:00", "14T07:00", "15T06:50"):
            await at(world, replay, f"2026-06-{moment}")
        assert len(await world.wall("notices")) == 2
        assert set(await posted(world)) == wanted("2026-06-12", "2026-06-15")


async def test_a_first_run_on_a_weekend_does_not_lose_mondays_list(tmp_path) -> None:
    async with replaying("2026-06-13") as replay:
        async with living(tmp_path, berlin("2026-06-13T12:00"), replay.url) as world:
            await subscribed_on(world, replay, "2026-06-13")
        async with living(tmp_path, berlin("2026-06-16T12:00"), replay.url) as world:
            await at(world, replay, "2026-06-16T12:00")
            assert set(await posted(world)) == wanted("2026-06-15", "2026-06-16")


async def test_the_last_30_days_are_filled_in_the_background_and_post_nothing(tmp_path) -> None:
    async def some(upkeep: Upkeep, number: int) -> None:
        for _ in range(number):
            await upkeep.fill_background()

    async with replaying("2026-06-30") as replay:
        async with living(tmp_path, berlin("2026-06-30T06:30"), replay.url) as world:
            await subscribed_on(world, replay, "2026-06-30")
            await passing(world, some(world.program.upkeep, 3))
            assert "Filling the last 30 days: 3 done, 17 to go." in await world.says("status")
            days = await world.program.store.papers.list_days(4)
            assert days == [dt.date(2026, 6, day) for day in (30, 29, 26, 25)]
        async with living(tmp_path, berlin("2026-06-30T08:30"), replay.url) as world:
            await passing(world, some(world.program.upkeep, 17))
            assert not await world.program.upkeep.fill_background()
            assert "Filling" not in await world.says("status")
            stored = wanted("2026-06-01", "2026-06-29")
            known = await world.program.store.papers.get(sorted(stored))
            assert {one.id for one in known} == stored
            await at(world, replay, "2026-06-30T23:00")
            assert await posted(world) == []
            assert await world.wall("notices") == []
