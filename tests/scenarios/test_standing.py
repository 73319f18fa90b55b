"""Standing queries after they were made: the due lines of dialogues c and e, and their mistakes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from invented import Entry, printing
from scenario_world import World, berlin, living
from test_dialogues import said

from bot.domain.papers import Paper, PaperId
from bot.domain.replies import Card

SPLATS = '"gaussian splatting"'


@pytest.fixture
async def saturday(tmp_path):
    """Saturday 13 June: five invented lists were read, and #gaussians gets gaussian since the
    Sunday before."""
    async with (
        printing() as press,
        living(tmp_path, berlin("2026-06-07T11:40"), press.url) as world,
    ):
        await subscribed(world, "gaussian")
        for day in press.lists:
            press.day = day
            world.clock.set(berlin(f"{day}T06:10"))
            await world.polls("arxiv")
        world.clock.set(berlin("2026-06-13T11:40"))
        world.press_of_lists = press
        yield world


class Reading(World):
    """A world with a press."""

    __slots__ = ("press_of_lists",)


@pytest.fixture(autouse=True)
def _worlds_have_a_press(monkeypatch):
    monkeypatch.setattr("scenario_world.World", Reading)


async def subscribed(world: World, query: str) -> None:
    await world.says(f"subscribe {query}")
    await world.presses("Subscribe")
    await world.posts()


async def reads(world, day: str, *entries: Entry) -> None:
    """Read another list."""
    world.press_of_lists.day = date.fromisoformat(day)
    world.press_of_lists.lists[world.press_of_lists.day] = entries
    world.clock.set(berlin(f"{day}T06:10"))
    await world.polls("arxiv")


def splat(number: int, title: str = "Gaussian Splatting of Paper Boats") -> Entry:
    return Entry(
        number=f"2606.9100{number}", title=title, abstract="We fold it.", authors="Mei Sand"
    )


async def cards(world: World) -> list[str]:
    return [
        part.paper
        for reply in await world.shown()
        for part in reply.parts
        if isinstance(part, Card)
    ]


# -- c. edit -------------------------------------------------------------------------


async def test_an_edit_is_shown_used_told_and_undone(saturday) -> None:
    said(
        "**Nothing is changed yet.**\n"
        f"1 would become {SPLATS} (now gaussian). 8 → 5 this week.\n"
        f"#gaussians will get every new paper with the phrase {SPLATS} in title, abstract or "
        "keywords, as it is announced.\n"
        "Nothing older is posted.\n"
        "[Use this] [Cancel]",
        await saturday.says(f"edit 1 {SPLATS}"),
    )
    said(
        f"1 is now {SPLATS} (was gaussian). Nothing older is posted.\n[Undo]",
        await saturday.presses("Use this"),
    )
    done = saturday.reply
    assert done.replaces
    await saturday.posts()
    assert (await saturday.wall())[-1] == f"@student narrowed 1 to {SPLATS}\n[Undo]"
    said("1 is gaussian again.", await saturday.presses("Undo", of=done))
    assert "**1** gaussian" in await saturday.says("subscriptions")


async def test_an_exclusion_alone_is_added_to_the_old_query(saturday) -> None:
    await saturday.says(f"edit 1 {SPLATS}")
    await saturday.presses("Use this")
    said(
        "An edit's query replaces the old one. `-survey` alone finds nothing. Did you mean "
        f"{SPLATS} -survey? 5 → 5 this week.\n[Use this] [Cancel]",
        await saturday.says("edit 1 -survey"),
    )
    await saturday.presses("Use this")
    await saturday.posts()
    assert (await saturday.wall())[-1] == (
        f"@student narrowed 1 to {SPLATS}\n@student narrowed 1 to {SPLATS} -survey\n[Undo]"
    )


async def test_an_edit_that_finds_nothing_says_so_and_widening_is_a_change(saturday) -> None:
    answer = await saturday.says("edit 1 zeppelin")
    assert "8 → 0 this week." in answer
    assert "It finds nothing in the 5 lists of the last 30 days that I know." in answer
    await saturday.says("edit 1 gaussian OR lanterns")
    await saturday.presses("Use this")
    await saturday.posts()
    assert (await saturday.wall())[-1].startswith("@student changed 1 to gaussian OR lanterns")


async def test_an_edit_to_a_query_of_the_channel_answers_with_that(saturday) -> None:
    await subscribed(saturday, "lanterns")
    said(
        "Already here: subscription 2, by @student.\n[Edit 2]",
        await saturday.says("edit 1 LANTERNS"),
    )
    said("1 is gaussian already.", await saturday.says("edit 1 gaussian"))
    said(
        "2 is lanterns. Write what it is to be: `/papers edit 2 QUERY`.\n"
        "usage: /papers edit NUMBER QUERY",
        (await saturday.says("subscribe lanterns")) and await saturday.presses("Edit 2"),
    )


async def test_an_edited_subscription_brings_what_the_new_query_says(saturday) -> None:
    await saturday.says("edit 1 boats")
    await saturday.presses("Use this")
    before = await cards(saturday)
    await reads(saturday, "2026-06-15", splat(1), splat(2, "Gaussian Kites"))
    assert (await cards(saturday))[len(before) :] == ["arxiv:2606.91001"]


async def test_edit_distance_is_searched(saturday) -> None:
    answer = await saturday.says("edit gaussian")
    assert "edit" in answer
    assert "a subscription" not in answer


# -- c. stop, bring back, pause, resume --------------------------------------------------


async def test_what_was_stopped_can_be_brought_back_for_a_week(saturday) -> None:
    await saturday.says("unsubscribe 1")
    said(
        "No subscription 1 here (stopped by @student today).\n[Bring it back]",
        await saturday.says("unsubscribe 1"),
    )
    gone = saturday.reply
    assert "[Bring it back]" in await saturday.says("edit 1 nerf")
    saturday.clock.set(saturday.clock.time + timedelta(days=7, seconds=1))
    said(
        "No subscription 1 here (stopped by @student 13 June).",
        await saturday.says("unsubscribe 1"),
    )
    answer = await saturday.presses("Bring it back", of=gone)
    assert answer.startswith("1 was stopped more than 7 days ago. Subscribe again.")


async def test_all_are_stopped_only_after_they_were_named(saturday) -> None:
    await subscribed(saturday, "lanterns")
    said(
        "This stops 1 (gaussian) and 2 (lanterns) in #gaussians. Nothing is stopped yet.\n"
        "[Stop all 2] [Cancel]",
        await saturday.says("unsubscribe all"),
    )
    shown = saturday.reply
    assert "2 subscriptions" in await saturday.says("subscriptions")
    await subscribed(saturday, "nerf")
    said("Stopped 1 and 2.", await saturday.presses("Stop all 2", of=shown))
    assert "**3** nerf" in await saturday.says("subscriptions")
    await saturday.posts()
    assert "@student stopped 1 (gaussian) and 2 (lanterns)." in (await saturday.wall())[-1]


async def test_a_pause_until_a_day_is_told_holds_and_ends(saturday) -> None:
    said(
        "Paused 1 until Monday 22 June. What waits for it is kept, nothing new comes.\n[Resume 1]",
        await saturday.says("pause 1 until 2026-06-22"),
    )
    await saturday.posts()
    assert (await saturday.wall())[-1] == "@student paused 1 until Monday 22 June"
    assert "paused until Monday 22 June" in await saturday.says("subscriptions")
    before = await cards(saturday)
    await reads(saturday, "2026-06-16", splat(1))
    await reads(saturday, "2026-06-23", splat(2))
    assert (await cards(saturday))[len(before) :] == ["arxiv:2606.91002"]
    assert (await saturday.says("why 2606.91001")).endswith("1 was paused 13–22 June.\n[Share it]")


async def test_resuming_says_what_was_missed(saturday) -> None:
    await saturday.says("pause 1")
    await reads(saturday, "2026-06-15", splat(1), splat(2))
    await reads(saturday, "2026-06-16", splat(3), splat(4, "Nothing of the kind"))
    said(
        "Resumed 1. The 3 that matched meanwhile are not posted.\n"
        "[/papers gaussian after:2026-06-13]",
        await saturday.says("resume 1"),
    )
    found = await saturday.presses("/papers gaussian after:2026-06-13")
    assert found.startswith("**3 papers** for gaussian")
    await saturday.says("pause 1")
    said("Resumed 1. Nothing matched meanwhile.", await saturday.says("resume 1"))


async def test_what_another_subscription_posted_was_not_missed(saturday) -> None:
    await subscribed(saturday, "boats")
    await saturday.says("pause 1")
    await reads(saturday, "2026-06-15", splat(1), splat(2, "Gaussian Kites"))
    answer = await saturday.says("resume 1")
    assert answer.startswith("Resumed 1. The one that matched meanwhile is not posted.")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("edit 7 nerf", "No subscription 7 in #gaussians. It has 1."),
        ("pause 7", "No subscription 7 in #gaussians. It has 1."),
        ("edit", "Say which one to edit, by its number"),
        ("edit 1", "1 is gaussian. Write what it is to be: `/papers edit 1 QUERY`."),
        ('edit 1 "nerf', 'The quote before nerf is never closed. Did you mean "nerf"?'),
        ("pause", "Say which one to pause, by its number"),
        ("pause training", "Say which one to pause, by its number"),
        ("resume parsing", "Say which one to resume, by its number"),
        ("resume 1", "1 is not paused."),
        ("pause 1 for ever", "I cannot read for ever behind the number."),
        ("pause 1 until 2026-02-30", "2026-02-30 is no date: February 2026 has 28 days."),
        ("pause 1 until 30 February", "30 february is no date: February 2026 has 28 days."),
        ("pause 1 until yesterday", "yesterday is no date. Write `until 2026-06-20`"),
        ("pause 1 until 2026-06-13", "Saturday 13 June is not to come. Name a day after today."),
        ("settings tz:Mars/Olympus", "Mars/Olympus is no time zone. Write a place"),
        ("settings quiet", "I cannot set quiet. Write `tz:` and a zone."),
    ],
)
async def test_a_mistake_is_one_sentence_and_changes_nothing(saturday, typed, answer) -> None:
    wall = await saturday.wall()
    heard = await saturday.says(typed)
    assert heard.lower().startswith(answer.lower()), heard
    await saturday.posts()
    assert await saturday.wall() == wall
    assert "**1** gaussian · as announced" in await saturday.says("subscriptions")
    assert "no time zone of its own" in await saturday.says("settings")


@pytest.mark.parametrize(
    "typed", ["edit 1 nerf", "pause 1", "resume 1", "unsubscribe all", "settings tz:Asia/Tokyo"]
)
async def test_who_may_not_change_the_channel_changes_nothing(saturday, typed, monkeypatch) -> None:
    from scenario_world import Actor

    monkeypatch.setattr("scenario_world.Actor", lambda **given: Actor(**given, may_change=False))
    answer = await saturday.says(typed)
    assert answer.startswith("You cannot change what #gaussians gets."), answer


# -- settings ----------------------------------------------------------------------------


async def test_an_ambiguous_zone_lists_its_zones(saturday) -> None:
    said(
        "CST is several zones.\n[America/Chicago] [Asia/Shanghai] [America/Havana]",
        await saturday.says("settings tz:CST"),
    )
    said(
        "Times in #gaussians are those of Asia/Shanghai; it is 17:40 there.",
        await saturday.presses("Asia/Shanghai"),
    )
    await saturday.posts()
    assert (await saturday.wall())[-1] == (
        "@student set the time zone of #gaussians to Asia/Shanghai."
    )
    said(
        "#gaussians has the time zone Asia/Shanghai; it is 17:40 there.\n"
        "Set it: `/papers settings tz:Europe/Berlin`",
        await saturday.says("settings"),
    )
    said(
        "berln names no zone. Did you mean Europe/Berlin?\n[Europe/Berlin]",
        await saturday.says("settings tz:berln"),
    )


async def test_the_channels_zone_is_used_where_the_persons_is_not_known(saturday) -> None:
    saturday.timezone = None
    assert "about 04:00" in await saturday.says("subscribe nerf")
    await saturday.says("settings tz:asia/tokyo")
    assert "about 13:00" in await saturday.says("subscribe nerf")


async def test_a_channels_cards_tell_days_of_its_own_zone(tmp_path) -> None:
    paper = Paper(id=PaperId("arxiv:2612.90001"), title="Lanterns", list_day=date(2026, 12, 31))
    async with living(tmp_path, datetime(2026, 12, 31, 20, tzinfo=UTC)) as world:
        await world.knows(paper)
        await world.says("settings tz:Asia/Tokyo")
        await world.says("2612.90001")
        await world.presses("Share")
        await world.posts()
        assert "arXiv, Thursday 31 December 2026" in (await world.wall())[-1]


# -- e. why ------------------------------------------------------------------------------


async def test_why_names_each_failing_term_with_its_value_now(tmp_path) -> None:
    async with (
        printing() as press,
        living(tmp_path, berlin("2026-06-08T11:40"), press.url) as world,
    ):
        world.press_of_lists = press
        press.lists.clear()
        await reads(world, "2026-06-08")
        await subscribed(world, f"{SPLATS} upvotes>=10")
        await subscribed(world, "nerf")
        await reads(world, "2026-06-09", splat(1))
        world.clock.set(berlin("2026-06-09T11:00"))
        await world.polls("daily")
        press.upvotes = {"2606.91001": 6}
        world.clock.set(berlin("2026-06-09T11:40"))
        await world.polls("daily")
        said(
            "**Not posted here yet.** known: yes, arXiv, Tuesday 9 June {time}\n"
            f"**1** {SPLATS} upvotes>=10: words yes (title), upvotes 6 of 10 (read 11:40) → "
            "posted if it reaches 10 by 23 June.\n"
            '**2** nerf: no "nerf" in title, abstract or keywords.\n'
            "[Edit 1]",
            await world.says("why 2606.91001"),
        )
        press.upvotes = {"2606.91001": 10}
        world.clock.set(berlin("2026-06-10T09:00"))
        await world.polls("daily")
        answer = await world.says("why 2606.91001")
        assert answer == (
            "**Posted here** Wednesday 10 June 09:00 by 1 (@student): Gaussian Splatting in title."
        )


async def test_why_of_what_was_posted_stopped_shared_and_came_before(saturday) -> None:
    await reads(saturday, "2026-06-15", splat(1))
    said(
        "**Posted here** Monday 15 June 06:10 by 1 (@student): Gaussian in title.",
        await saturday.says("why 2606.91001"),
    )
    await subscribed(saturday, "lanterns")
    said(
        "**Not posted here.** known: yes, arXiv, Thursday 11 June 06:10\n"
        '**1** gaussian: no "gaussian" in title, abstract or keywords.\n'
        "It met 2 before 2 was subscribed (15 June).\n"
        "[Share it]",
        await saturday.says("why 2606.90011"),
    )
    await saturday.presses("Share it")
    await saturday.posts()
    said("@student shared it here today; no second card.", await saturday.says("why 2606.90011"))


async def test_why_of_what_waits_was_held_and_taken_back(saturday) -> None:
    saturday.press_of_lists.day = date(2026, 6, 15)
    saturday.press_of_lists.lists[date(2026, 6, 15)] = (splat(1),)
    saturday.clock.set(berlin("2026-06-15T06:10"))
    (feed,) = [one for one in saturday.program.sources if one.name == "arxiv"]
    await saturday.program.ingestion.poll(feed)
    assert (await saturday.says("why 2606.91001")).startswith(
        "**Waiting to be posted here** by 1 (@student)"
    )
    await saturday.says("pause 1 until 22 June")
    said("**Held here**: 1 is paused until Monday 22 June.", await saturday.says("why 2606.91001"))
    await saturday.says("edit 1 nerf")
    await saturday.presses("Use this")
    said(
        "**Taken back before it was posted.**\n1 was gaussian until it was edited today.",
        await saturday.says("why 2606.91001"),
    )


async def test_why_of_an_unknown_paper_asks_its_source(saturday, tmp_path) -> None:
    said(
        "I have not seen 2606.99999. arXiv says it does not exist.",
        await saturday.says("why 2606.99999"),
    )
    async with living(tmp_path / "away", berlin("2026-06-12T07:00")) as world:
        said(
            "I have not seen 2606.99999. arXiv does not answer; ask again in a minute.",
            await world.says("why 2606.99999"),
        )
