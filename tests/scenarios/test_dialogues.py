"""The golden dialogues, word for word: parts a, b and c as far as they are built.

Buttons and clauses of commands that are not in the catalogue yet are left out of the expected text.
"""

from __future__ import annotations

import re

import pytest

FIRST_PAGE = """**17 papers** for splatting · 1–5
1 {title} [⋯: Abstract, Cite, Share]
2 {title} [⋯: Abstract, Cite, Share]
3 {title} [⋯: Abstract, Cite, Share]
4 {title} [⋯: Abstract, Cite, Share]
5 {title} [⋯: Abstract, Cite, Share]
[Next 5] [Subscribe to this]"""


def like(expected: str) -> re.Pattern[str]:
    """`{…}` in an expected text is free."""
    pieces = re.split(r"\{[^}]*\}", expected)
    return re.compile(".*".join(map(re.escape, pieces)))


def said(expected: str, answer: str) -> None:
    assert like(expected).fullmatch(answer), f"expected:\n{expected}\n\nsaid:\n{answer}"


# -- b. lookup, paging, sharing ---------------------------------------------------


async def test_a_lookup_shows_five_of_seventeen(lab) -> None:
    said(FIRST_PAGE, await lab.says("splatting"))


async def test_pages_turn_in_the_same_message_and_skip_nothing(lab) -> None:
    seen = rows(await lab.says("splatting"))
    second = await lab.presses("Next 5")
    assert lab.reply.replaces
    assert second.startswith("**17 papers** for splatting · 6–10\n6 ")
    assert second.endswith("[Back] [Next 5]")
    seen += rows(second)
    seen += rows(await lab.presses("Next 5"))
    last = await lab.presses("Next 2")
    assert last.startswith("**17 papers** for splatting · 16–17")
    assert last.endswith("[Back]")
    seen += rows(last)
    assert [number for number, _ in seen] == list(range(1, 18))
    assert len({title for _, title in seen}) == 17
    assert rows(await lab.presses("Back"))[0][0] == 11


async def test_title_hits_come_before_abstract_hits(lab) -> None:
    seen = rows(await lab.says("splatting"))
    for label in ("Next 5", "Next 5", "Next 2"):
        seen += rows(await lab.presses(label))
    in_title = ["splat" in title.lower() for _, title in seen]
    assert in_title == [True] * 12 + [False] * 5


async def test_a_word_nobody_wrote_names_the_nearest(lab) -> None:
    said(
        "No paper has splattting. Nearest word: splatting (17).\n[Search splatting]",
        await lab.says("splattting"),
    )
    said(FIRST_PAGE, await lab.presses("Search splatting"))


async def test_words_that_never_meet_say_what_remains(lab) -> None:
    said(
        "No paper has all three words. Without underwater: {n}. Without robot: {n}.\n"
        "[Search splatting]",
        await lab.says("splatting underwater robot"),
    )


async def test_an_unreadable_lookup_command_is_searched(lab) -> None:
    answer = await lab.says("cite splatting")
    assert "(Searched as words. The command is `/papers cite PAPER [bibtex|ris|markdown]`.)" in (
        answer
    ) or answer.startswith("No paper has both words.")


async def test_a_misspelt_command_asks_and_stores_nothing(lab) -> None:
    said(
        "Did you mean `/papers subscribe splatting`?\n[Show the preview] [Search these words]",
        await lab.says("subcribe splatting"),
    )
    assert (await lab.presses("Show the preview")).startswith("**Preview: nothing is stored yet.**")
    assert await lab.says("subscriptions") == (
        '#gaussians has no subscriptions.\nAdd one: `/papers subscribe "gaussian splatting"`'
    )


async def test_typographic_marks_are_the_same_query(lab) -> None:
    typed = await lab.says("“gaussian splatting” –survey upvotes≥10")
    assert typed == await lab.says('"gaussian splatting" -survey upvotes>=10')
    typed = await lab.says("cat:<http://cs.CV|cs.CV> splatting")
    assert typed == await lab.says("cat:cs.CV splatting")


async def test_an_open_quote_is_one_sentence_and_a_button(lab) -> None:
    said(
        'The quote before gaussian is never closed. Did you mean "gaussian splatting"?\n'
        "[Search that]\n"
        "usage: /papers [search] QUERY [sort:new|upvotes|relevance] [after:DATE] [before:DATE]\n"
        '"gaussian splatting\n'
        "^",
        await lab.says('"gaussian splatting'),
    )
    assert (await lab.presses("Search that")).split(" · ")[0].endswith('for "gaussian splatting"')


async def test_only_exclusions_find_nothing_to_say(lab) -> None:
    answer = await lab.says("-survey")
    said(
        "This only says what to leave out. Add a word to find: `/papers splatting -survey`.",
        answer.splitlines()[0],
    )


async def test_number_seven_of_the_last_list_lasts_half_an_hour(lab) -> None:
    first = rows(await lab.says("splatting"))
    card = await lab.says("#2")
    assert card.startswith(first[1][1])
    lab.clock.set(lab.clock.time.replace(hour=10, minute=11))
    answer = await lab.says("#2")
    assert answer.startswith("#2 is a number of your last list here, and you had none for 30 min")


async def test_a_share_is_posted_once_and_may_be_repeated_on_purpose(lab) -> None:
    await lab.says("splatting")
    listing = lab.reply
    said("Shared in #gaussians.", await lab.presses("Share", nth=2))
    await lab.posts()
    (card,) = await lab.wall()
    title = rows_of(listing)[1]
    assert card.startswith(title)
    assert "@student shared" in card
    said("Already here today.\n[Share again]", await lab.presses("Share", of=listing, nth=2))
    await lab.presses("Share again")
    await lab.posts()
    assert len(await lab.wall()) == 2


# -- a. the front page -------------------------------------------------------------


async def test_nothing_typed_shows_the_newest_list(feed_of_friday) -> None:
    said(
        "**Friday 5 June**: 336 papers on arXiv, 5 most upvoted{pages}\n"
        "1 {title} [⋯: Abstract, Cite, Share]\n"
        "2 {title} [⋯: Abstract, Cite, Share]\n"
        "3 {title} [⋯: Abstract, Cite, Share]\n"
        "4 {title} [⋯: Abstract, Cite, Share]\n"
        "5 {title} [⋯: Abstract, Cite, Share]\n"
        'Try: `/papers splatting` · `/papers subscribe "gaussian splatting"` · `/papers help`.\n'
        "#gaussians has no subscriptions.\n"
        "[Subscribe this channel]",
        await feed_of_friday.says(""),
    )


# -- c. a subscription ---------------------------------------------------------------


async def test_a_preview_says_what_it_would_bring(feed_of_friday) -> None:
    said(
        "**Preview: nothing is stored yet.**\n"
        "#gaussians will get every new paper with gaussian (any form) in title, abstract or "
        "keywords, as it is announced.\n"
        "About 9 a day, up to 30 (6 to 30 on the 5 announcement days I know; 66 in all).\n"
        "1 {title}\n2 {title}\n3 {title}\n"
        "First papers: Monday 8 June about 06:00. Nothing older is posted.\n"
        "[Subscribe] [Cancel]",
        await feed_of_friday.says("subscribe gaussian"),
    )


async def test_subscribing_is_one_answer_and_one_visible_notice(feed_of_friday) -> None:
    lab = feed_of_friday
    await lab.says("subscribe gaussian")
    said(
        "Done: subscription 1, first papers Monday about 06:00.\n[Show me a sample card]",
        await lab.presses("Subscribe"),
    )
    assert lab.reply.replaces
    await lab.posts()
    said(
        "@student subscribed #gaussians to gaussian (1), as announced.\n"
        "Change or stop: `/papers edit 1` · `/papers unsubscribe 1`\n"
        "[Undo]",
        (await lab.wall())[-1],
    )
    said(
        "Already here: subscription 1, by @student.\n[Edit 1]", await lab.says("subscribe GAUSSIAN")
    )


async def test_cancel_stores_nothing(feed_of_friday) -> None:
    await feed_of_friday.says("subscribe gaussian")
    said("Cancelled. Nothing was stored.", await feed_of_friday.presses("Cancel"))
    assert "no subscriptions" in await feed_of_friday.says("subscriptions")


async def test_stopping_and_undoing_keeps_the_number(feed_of_friday) -> None:
    lab = feed_of_friday
    for query in ('"gaussian splatting"', "nerf"):
        await lab.says(f"subscribe {query}")
        await lab.presses("Subscribe")
    said("Stopped 1.\n[Undo]", await lab.says("unsubscribe 1"))
    stopped = lab.reply
    said(
        "No subscription 1 here (stopped by @student today).\n[Bring it back]",
        await lab.says("unsubscribe 1"),
    )
    said("Subscription 1 is back.", await lab.presses("Undo", of=stopped))
    listed = await lab.says("subscriptions")
    assert '**1** "gaussian splatting"' in listed
    assert "**2** nerf" in listed
    await lab.posts()
    assert "@student stopped 1" in "\n".join(await lab.wall())


@pytest.mark.parametrize(
    "typed",
    [
        "subscribe flood mapping in Singapore",
        "subscribe imagenet top 1",
        "subscribe neural graphics instant",
    ],
)
async def test_every_word_is_the_query(empty, typed: str) -> None:
    answer = await empty.says(typed)
    for word in typed.lower().split()[1:]:
        assert word in answer


def rows(answer: str) -> list[tuple[int, str]]:
    found = re.findall(r"^(\d+) (.*) \[⋯", answer, re.MULTILINE)
    return [(int(number), title) for number, title in found]


def rows_of(reply) -> list[str]:
    from bot.domain.replies import plain

    return [plain(row.title) for row in reply.parts[0].rows]
