"""What people and forged buttons can send: each a sentence, and never a fault of ours."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest
from scenario_world import World, berlin, living

from bot.domain.channels import Actor, ActorId, ChannelRef
from bot.domain.invocations import Invocation, InvocationKind
from bot.domain.papers import Paper, PaperId
from bot.domain.replies import Action, Button, Reply, plain

HARBOUR = (
    ("2606.00001", "Splatting harbours", date(2026, 6, 3)),
    ("2606.00002", "Splatting kites", date(2026, 6, 4)),
    ("2606.00003", "Kites without wind", date(2026, 6, 5)),
)
FORGED = [
    "",
    "x",
    "9" * 5_000,
    "\ud800",
    "\x00",
    "a:b",
    "arxiv:",
    "-1",
    "²",
    "١",
    "::",
    "1:1",
    "🪁",
]


def harbour() -> list[Paper]:
    return [
        Paper(
            id=PaperId(f"arxiv:{number}"),
            title=title,
            authors=("Mei Sand",),
            list_day=day,
            sources=frozenset({"arxiv"}),
        )
        for number, title, day in HARBOUR
    ]


@pytest.fixture
async def quay(empty):
    """Three papers are known, no source was ever read."""
    await empty.knows(*harbour())
    return empty


def faults(world: World) -> list[BaseException]:
    """What is reported as a bug from now on."""
    found: list[BaseException] = []
    world.program.bot._dispatcher._report = lambda _, error: found.append(error)
    return found


@pytest.mark.parametrize("action", Action)
async def test_a_forged_button_is_answered_with_a_sentence(quay, action: Action) -> None:
    found = faults(quay)
    for ref in FORGED:
        assert await quay.press(Button(action=action, ref=ref, label="forged"))
    assert not found


async def test_buttons_of_another_channel_reach_nothing_here(quay) -> None:
    await quay.says("subscribe splatting")
    await quay.presses("Subscribe")
    await quay.says("splatting")
    listing = quay.reply
    quay.channel = "elsewhere"
    assert (await quay.presses("Subscribe to this", of=listing)).startswith("That button is too")
    for action in (Action.UNDO_SUBSCRIBE, Action.UNDO_STOP, Action.SAMPLE):
        answer = await quay.press(Button(action=action, ref="1", label="forged"))
        assert answer == "That subscription is not one of #elsewhere."
    quay.channel = "gaussians"
    assert "**1** splatting" in await quay.says("subscriptions")


async def test_two_presses_at_once_store_one_subscription(quay) -> None:
    await quay.says("subscribe splatting")
    preview = quay.reply
    answers = await asyncio.gather(*(quay.presses("Subscribe", of=preview) for _ in range(5)))
    assert sorted(answer.split(":")[0] for answer in answers) == ["Already here"] * 4 + ["Done"]
    assert (await quay.says("subscriptions")).startswith("**1 subscription**")
    await quay.posts()
    (notice,) = await quay.wall()
    assert notice.count("@student subscribed") == 1


async def test_who_may_not_change_the_channel_changes_nothing(quay) -> None:
    await quay.says("subscribe splatting")
    preview = quay.reply
    await quay.presses("Subscribe")
    said = "You cannot change what #gaussians gets. Ask a member of it who may."
    (press,) = (one for one in preview.parts[0].buttons if one.action is Action.SUBSCRIBE)
    attempts = [
        {"kind": InvocationKind.COMMAND, "text": "subscribe kites"},
        {"kind": InvocationKind.COMMAND, "text": "unsubscribe 1"},
        {"kind": InvocationKind.BUTTON, "action": press.action, "ref": press.ref},
        {"kind": InvocationKind.BUTTON, "action": Action.UNDO_SUBSCRIBE, "ref": "1"},
        {"kind": InvocationKind.BUTTON, "action": Action.UNDO_STOP, "ref": "1"},
    ]
    for attempt in attempts:
        assert (await quay.program.bot.handle(invoked(**attempt))).summary == said
    assert (await quay.says("subscriptions")).startswith("**1 subscription**")


def invoked(*, kind: InvocationKind, number: str = "", **what) -> Invocation:
    return Invocation(
        id=number or f"guest-{what}",
        kind=kind,
        actor=Actor(id=ActorId("guest"), name="guest", may_change=False),
        channel=ChannelRef(platform="local", workspace="local", channel="gaussians"),
        channel_name="gaussians",
        **what,
    )


async def test_one_invocation_delivered_twice_is_carried_out_once(quay) -> None:
    twice = invoked(kind=InvocationKind.BUTTON, action=Action.SHARE, ref="arxiv:2606.00001")
    first, second = await asyncio.gather(*(quay.program.bot.handle(twice) for _ in range(2)))
    assert first == second == await quay.program.bot.handle(twice)
    await quay.posts()
    assert len(await quay.wall()) == 1


async def test_what_was_begun_is_finished_when_the_edge_stops_waiting(quay) -> None:
    share = invoked(kind=InvocationKind.BUTTON, action=Action.SHARE, ref="arxiv:2606.00001")
    waiting = asyncio.create_task(quay.program.bot.handle(share))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await quay.program.bot.close()
    await quay.posts()
    assert len(await quay.wall()) == 1


async def test_a_bug_of_ours_is_an_apology_with_a_reference(quay, monkeypatch) -> None:
    found = faults(quay)

    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(type(quay.program.store.memory), "keep_listing", breaks)
    answer = await quay.says("splatting")
    assert answer.startswith("Something went wrong on my side. It is in the log as `i")
    assert [str(error) for error in found] == ["a bug"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-survey", "This only says what to leave out. Add a word to find: `/papers splatting -s"),
        ("subscribe -survey", "This only says what to leave out. Add a word to find: `/papers sub"),
        ("search", "There is nothing to search for. Add a word to find: `/papers splatting`."),
        ("-a" + "b" * 90, "This only says what to leave out. Add a word to find.\n"),
        ("#99999", "#99999 is a number of your last list here, and you had none for 30 minutes. A"),
        ('author ""', "Say whose papers.\n[/papers author Bernhard Kerbl]"),
        ("author -", '"-" has no letter or digit to search for.\nusage: /papers author NAME'),
        ('cite "x', "Say which paper: an arXiv id, a link, a DOI, or #2 of your last list.\nusag"),
        ("help \u202enothing", "nothing is no command. There are `search`"),
        ("unsubscribe x", "No subscription x in #gaussians. It has none."),
        ("unsubscribe " + "9" * 400, f"No subscription {'9' * 38} … in #gaussians."),
        ("https://huggingface.co/papers/kites", "I have not seen kites. Search for its title"),
        ("2606.00009", "I have not seen 2606.00009, and its source does not answer."),
        ("unsubscibe kites", "Did you mean `/papers unsubscribe kites`?\n[Unsubscribe kites]"),
    ],
)
async def test_a_mistake_says_what_to_do(quay, typed: str, said: str) -> None:
    assert (await quay.says(typed)).startswith(said)


async def test_a_number_that_the_list_has_not_says_how_many_it_has(quay) -> None:
    await quay.says("splatting")
    for number in ("0", "3", "99999"):
        answer = await quay.says(f"#{number}")
        assert answer.startswith("Your last list here has 2 papers, and none has the number")


async def test_a_misread_unsubscribe_offers_to_unsubscribe(quay) -> None:
    await quay.says('subscribe "splatting kites"')
    await quay.presses("Subscribe")
    answer = await quay.says('unsubscribe "splatting kites')
    assert "usage: /papers unsubscribe NUMBER or QUERY" in answer
    assert (await quay.presses('Unsubscribe "splatting kites"')).startswith("Stopped 1.")


async def test_a_subscription_is_named_by_its_query_where_no_number_is_meant(quay) -> None:
    await quay.says("subscribe 2026")
    await quay.presses("Subscribe")
    assert (await quay.says("unsubscribe 2026")).startswith("Stopped 1.")


async def test_the_label_of_a_long_correction_fits_a_button(quay) -> None:
    await quay.says(f"authr {'Kerbl ' * 40}")
    assert all(len(button.label) <= 75 for button in quay.reply.parts[0].buttons)


async def test_dates_that_exclude_everything_are_named_as_the_reason(quay) -> None:
    assert await quay.says("splatting after:2026-06-05") == (
        "No paper of those days has splatting. On all days: 2.\n[Search splatting]"
    )
    assert (await quay.presses("Search splatting")).startswith("**2 papers** for splatting")


async def test_a_command_that_finds_nothing_as_words_is_named_all_the_same(quay) -> None:
    answer = await quay.says("cite harbours kites")
    assert "(Searched as words. The command is `/papers cite PAPER" in answer


async def test_an_author_is_shown_newest_first_also_when_asked_again(quay) -> None:
    answer = await quay.says("author Mei Sand")
    titles = [plain(row.title) for row in quay.reply.parts[0].rows]
    assert titles == [title for _, title, _ in reversed(HARBOUR)], answer
    listings = quay.program.store.memory
    channel = ChannelRef(platform="local", workspace="local", channel="gaussians")
    last = await listings.last_listing(channel, ActorId("student"), berlin("2026-06-05T11:00"))
    assert last.text == 'search author:"mei sand" sort:new'


async def test_before_any_list_was_read_the_first_one_is_promised(quay) -> None:
    answer = await quay.says("subscribe kites")
    assert "First papers: with the first list that I read. Nothing older is posted." in answer
    assert (await quay.presses("Subscribe")).startswith(
        "Done: subscription 1, first papers with the first list that I read."
    )


async def test_a_withdrawn_paper_says_so_on_its_card_and_in_lists(empty) -> None:
    gone = Paper(id=PaperId("arxiv:2606.00004"), title="Sunken kites", withdrawn=True, version=3)
    await empty.knows(gone)
    card = await empty.says("2606.00004v1")
    assert "Withdrawn by its authors. You linked v1; v3 is current." in card
    await empty.says("sunken")
    assert empty.reply.parts[0].rows[0].meta == "withdrawn"


async def test_a_sample_card_is_private_and_says_why(quay) -> None:
    await quay.says("subscribe kites")
    await quay.presses("Subscribe")
    card = await quay.presses("Show me a sample card")
    assert card.startswith("Kites without wind\n")
    assert "Matches kites in the title (subscription 1)\nA sample: not posted." in card
    await quay.posts()
    assert all("Kites without wind" not in message for message in await quay.wall())


async def test_a_notice_is_undone_by_its_button(quay) -> None:
    await quay.says("subscribe kites")
    await quay.presses("Subscribe")
    await quay.posts()
    (notice,) = await quay.shown()
    assert await quay.presses("Undo", of=notice, who="admin") == "Stopped 1.\n[Undo]"
    assert await quay.presses("Undo", who="admin") == "Subscription 1 is back."
    await quay.posts()
    assert (await quay.wall())[-1] == ("@admin stopped 1 (kites).\n@admin brought 1 (kites) back.")


async def test_a_restart_keeps_pages_buttons_and_numbers(tmp_path) -> None:
    async with living(tmp_path, berlin("2026-06-05T11:40")) as world:
        await world.knows(*many(7))
        first = await world.says("kite")
        listing: Reply = world.reply
    async with living(tmp_path, berlin("2026-06-05T11:45")) as world:
        second = await world.presses("Next 2", of=listing)
        assert second.startswith("**7 papers** for kite · 6–7\n6 ")
        assert not set(second.splitlines()[1:3]) & set(first.splitlines())
        assert (await world.says("#7")).startswith(second.splitlines()[2].split(" ", 1)[1][:6])
        assert (await world.presses("Subscribe to this", of=listing)).startswith("**Preview")


def many(number: int) -> list[Paper]:
    return [
        Paper(
            id=PaperId(f"arxiv:2606.{place:05}"),
            title=f"Kite {place}",
            submitted_at=datetime.fromisoformat("2026-06-01T00:00:00+00:00")
            + timedelta(hours=place),
        )
        for place in range(1, number + 1)
    ]


async def test_only_so_many_replies_are_remembered_and_none_that_is_under_way(
    quay, monkeypatch
) -> None:
    monkeypatch.setattr("bot.service.REMEMBERED", 2)
    bot = quay.program.bot
    lines = [
        invoked(kind=InvocationKind.COMMAND, number=f"line-{n}", text="status") for n in range(5)
    ]
    begun = [asyncio.create_task(bot.handle(one)) for one in lines]
    await asyncio.sleep(0)
    assert len(bot._replies) == 5
    await asyncio.gather(*begun)
    await bot.handle(invoked(kind=InvocationKind.COMMAND, number="another", text="status"))
    assert len(bot._replies) == 2
