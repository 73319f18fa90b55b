"""The lists of days, what a preview counts, and what status says, on a few known papers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from invented import printing
from scenario_world import World, berlin, living

from bot.domain.papers import Paper, PaperId
from bot.domain.replies import Listing, plain

FRIDAY = date(2026, 6, 5)
LONG_AGO = date(2026, 4, 1)


def papers(day: date, number: int, title: str, upvotes: int | None = None) -> list[Paper]:
    return [
        Paper(
            id=PaperId(f"arxiv:{day:%y%m}.{day.day:02}{place:03}"),
            title=f"{title} {place}",
            list_day=day,
            upvotes=upvotes,
        )
        for place in range(1, number + 1)
    ]


@pytest.fixture
async def harbour(empty):
    """Kites on 5 June 2026 (7), 3 June (2), 29 May (1), and very many on 1 April."""
    await empty.knows(
        *papers(FRIDAY, 7, "Kite"),
        *papers(date(2026, 6, 3), 2, "Kite at sea", upvotes=20),
        *papers(date(2026, 5, 29), 1, "Kite in May", upvotes=50),
        *papers(LONG_AGO, 40, "Kite of April"),
    )
    return empty


def heading(world: World) -> str:
    (listing,) = world.reply.parts
    assert isinstance(listing, Listing)
    return plain(listing.heading)


async def test_today_is_the_whole_newest_list_and_says_when_the_next_comes(harbour) -> None:
    answer = await harbour.says("today")
    assert heading(harbour) == "Friday 5 June, the newest list · 7 papers · 1–5"
    assert "\nThe next list comes Monday 8 June about 06:00.\n" in answer
    await harbour.presses("Next 2")
    assert heading(harbour) == "Friday 5 June · 7 papers · 6–7"


async def test_week_and_month_count_back_from_the_newest_list(harbour) -> None:
    assert "Kite in May" not in await harbour.says("week")
    assert heading(harbour).startswith("9 papers of the 7 days to Friday 5 June, most upvoted")
    assert "1 Kite at sea 1 " in (await harbour.says("week"))
    assert "1 Kite in May 1 " in await harbour.says("month")
    assert heading(harbour).startswith("10 papers of the 30 days to Friday 5 June, most upvoted")


async def test_a_preview_counts_the_last_thirty_days(harbour) -> None:
    said = "About 2 a day, up to 7 (1 to 7 on the 3 announcement days I know; 10 in all)."
    assert said in await harbour.says("subscribe kite")
    assert "None on the 3 announcement days I know." in await harbour.says("subscribe lantern")


async def test_a_preview_of_one_known_day_says_so(empty) -> None:
    await empty.knows(*papers(FRIDAY, 2, "Kite"))
    assert "\n2 papers on the one announcement day I know.\n" in await empty.says("subscribe kite")
    assert "\nNone on the one announcement day I know.\n" in await empty.says("subscribe lantern")


async def test_of_one_query_the_active_subscription_is_stopped(harbour) -> None:
    for _ in range(2):
        await harbour.says("subscribe kite")
        await harbour.presses("Subscribe")
        stopped = await harbour.says("unsubscribe kite")
    assert stopped.startswith("Stopped 2.")


async def test_a_list_that_is_due_and_was_not_read_is_promised(tmp_path) -> None:
    thursday = berlin("2026-06-11T07:00")
    async with printing() as press, living(tmp_path, thursday, press.url) as world:
        await world.polls("arxiv")
        world.clock.set(thursday + timedelta(days=1))
        due = "the list of Friday 12 June, as soon as it can be read"
        assert f"next {due}." in await world.says("status")
        assert f"First papers: with {due}. Nothing" in await world.says("subscribe kites")
        done = await world.presses("Subscribe")
        assert done.startswith(f"Done: subscription 1, first papers with {due}.")
        assert "1 subscription, 1 waiting." in await world.says("status")
        await world.posts()
        assert "1 subscription, nothing waiting." in await world.says("status")


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Los_Angeles", "Sunday 7 June about 21:00"),
        ("Asia/Tokyo", "Monday 8 June about 13:00"),
        ("Nowhere/At-All", "Monday 8 June about 04:00"),
        (None, "Monday 8 June about 04:00"),
    ],
)
async def test_the_next_list_is_told_in_the_persons_own_time(harbour, zone, words) -> None:
    harbour.timezone = zone
    assert f"The next list comes {words}." in await harbour.says("today")
