"""The main job on invented papers, so that it is shown without ../shared too."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date

from invented import printing
from scenario_world import berlin, living

CARD = """Kites on a String: Gaussian Splatting from a Single Flight
Mei Sand, Ada Lamplight, Rene Quill +2
arXiv, Friday 12 June · cs.CV, cs.RO
A kite carries one camera over a harbour, once. From that flight alone we reconstruct the quay \
with Gaussian splatting, and let the string, whose length we know, fix the scale. Errors stay \
below 2% of the kite's height. Code and flights are available.
Matches "gaussian splatting" in the title and the abstract (subscription 1)
[Abstract] [Cite]"""

SUMMARY = (
    "New paper: Kites on a String: Gaussian Splatting from a Single Flight. "
    "Mei Sand and 4 others. arXiv, Friday 12 June. "
    'Matches "gaussian splatting" in the title and the abstract (subscription 1). '
    "https://arxiv.org/abs/2606.90020"
)


@asynccontextmanager
async def thursday(folder, **settings):
    """Thursday 11 June, 07:00 in Berlin, with that day's list read."""
    morning = berlin("2026-06-11T07:00")
    async with printing() as press, living(folder, morning, press.url, **settings) as world:
        await world.polls()
        yield press, world


async def subscribed(world, query: str) -> None:
    await world.says(f"subscribe {query}")
    await world.presses("Subscribe")
    await world.posts()


async def test_a_card_says_what_it_is_and_why_it_is_there(tmp_path) -> None:
    async with thursday(tmp_path, DEFAULT_TIMEZONE="Europe/Berlin") as (press, world):
        await subscribed(world, '"gaussian splatting"')
        press.day = date(2026, 6, 12)
        world.clock.set(berlin("2026-06-12T06:30"))
        await world.polls()
        notice, card = await world.wall()
        assert card == CARD
        assert (await world.shown())[-1].summary == SUMMARY
        assert "last posted today" in await world.says("subscriptions")
        world.clock.set(berlin("2026-06-12T07:30"))
        await world.polls()
        assert await world.wall() == [notice, card]


async def test_a_later_reason_edits_the_card_that_was_sent(tmp_path) -> None:
    async with thursday(tmp_path) as (press, world):
        await subscribed(world, "kites")
        await subscribed(world, "upvotes>=10")
        press.day = date(2026, 6, 12)
        press.upvotes = {"2606.90020": 3}
        world.clock.set(berlin("2026-06-12T06:30"))
        await world.polls()
        notice, card = await world.wall()
        assert "Matches kites" in card
        assert "upvotes>=10" not in card
        press.upvotes = {"2606.90020": 12}
        world.clock.set(berlin("2026-06-12T07:30"))
        await world.polls()
        same_notice, edited = await world.wall()
        assert same_notice == notice
        assert "12 upvotes" in edited
        assert "Matches kites in the title and the abstract (subscription 1)" in edited
        assert "Matches upvotes>=10: 12 upvotes (subscription 2)" in edited


async def test_sharing_first_makes_the_match_a_reason_of_that_card(tmp_path) -> None:
    async with thursday(tmp_path, DEFAULT_TIMEZONE="Europe/Berlin") as (press, world):
        await subscribed(world, "kites")
        other = await _another_world_knows_kites(world)
        assert "Kites on a String" in other
        await world.presses("Share")
        await world.posts()
        press.day = date(2026, 6, 12)
        world.clock.set(berlin("2026-06-12T06:30"))
        await world.polls()
        *_, card = await world.wall()
        assert len(await world.wall()) == 2, "the notice and one card"
        assert "@student shared this" in card
        assert "Matches kites in the title and the abstract (subscription 1)" in card


async def _another_world_knows_kites(world) -> str:
    """The paper is known by a lookup before its list is read."""
    from bot.domain.papers import Paper, PaperId

    title = "Kites on a String: Gaussian Splatting from a Single Flight"
    await world.knows(
        Paper(id=PaperId("arxiv:2606.90020"), title=title, sources=frozenset({"arxiv"}))
    )
    return await world.says("kites")


async def test_a_card_that_waits_takes_a_stop_and_its_undo(tmp_path) -> None:
    async with thursday(tmp_path, DEFAULT_TIMEZONE="Europe/Berlin") as (press, world):
        await subscribed(world, "kites")
        press.day = date(2026, 6, 12)
        world.clock.set(berlin("2026-06-12T06:30"))
        feed = next(one for one in world.program.sources if one.name == "arxiv")
        await world.program.ingestion.poll(feed)
        await world.says("unsubscribe 1")
        stopped = world.reply
        await world.posts()
        assert not [one for one in await world.wall() if one.startswith("Kites")]
        await world.presses("Undo", of=stopped)
        await world.posts()
        assert len([one for one in await world.wall() if one.startswith("Kites")]) == 1
