"""The main job: subscribe, and get a card when a matching paper is announced, once, with why."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Iterable

import pytest
from replayed import replaying
from scenario_world import SHARED, World, berlin, living, mission_papers

from bot.domain.deliveries import Sent
from bot.domain.replies import Card, Reply, Style, plain

pytestmark = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason="needs ../shared: real papers"
)

THURSDAY, FRIDAY = "2026-06-11", "2026-06-12"
QUERIES = {
    "gaussian splatting": lambda text: has(text, "gaussian") and has(text, "splat"),
    '"reinforcement learning" -survey': lambda text: (
        re.search(r"reinforcement[\s-]+learning", text) is not None and not has(text, "survey")
    ),
}


def has(text: str, beginning: str) -> bool:
    return re.search(rf"\b{beginning}", text) is not None


def announced(day: str) -> list[dict]:
    """An independent reading of the recorded lists: the papers that are new on that day."""
    before: set[str] = set()
    for path in sorted((SHARED / "data" / "announcements").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            papers = [json.loads(line) for line in lines]
        if path.name.startswith(day):
            return [one for one in papers if one["id"] not in before]
        before |= {one["id"] for one in papers}
    raise AssertionError(day)


def expected(day: str, wanted: Iterable[str]) -> dict[str, set[str]]:
    """By paper id, the queries that it meets."""
    found: dict[str, set[str]] = {}
    for paper in announced(day):
        if not any(category.split(".")[0] == "cs" for category in paper["categories"] or ["cs.LG"]):
            continue
        text = f"{paper['title']} {paper['abstract']}".lower()
        for query in wanted:
            if QUERIES[query](text):
                found.setdefault(f"arxiv:{paper['id']}", set()).add(query)
    return found


def shown_by_hugging_face(wanted: Iterable[str]) -> dict[str, set[str]]:
    """The same for Hugging Face's list of 12 June, as recorded: of its papers those that were
    submitted after Thursday's list closed (Wednesday, 14:00 Eastern) are new to the subscriptions.
    """
    path = SHARED / "data" / "recordings" / "hf" / "hf_daily_papers_2026-06-12.json"
    found: dict[str, set[str]] = {}
    for item in json.loads(path.read_text()):
        paper = item["paper"]
        if paper["publishedAt"] <= "2026-06-10T18:00:00":
            continue
        words = " ".join(paper.get("ai_keywords", ()))
        text = f"{paper['title']} {paper['summary']} {words}".lower()
        for query in wanted:
            if QUERIES[query](text):
                found.setdefault(f"arxiv:{paper['id']}", set()).add(query)
    return found


def cards(replies: list[Reply]) -> list[Card]:
    return [part for reply in replies for part in reply.parts if isinstance(part, Card)]


async def subscribed(world: World, *queries: str) -> None:
    for query in queries:
        await world.says(f"subscribe {query}")
        await world.presses("Subscribe")


async def test_exactly_the_right_papers_arrive_once_with_their_words_marked(tmp_path) -> None:
    async with (
        replaying(THURSDAY) as replay,
        living(tmp_path, berlin("2026-06-11T07:00"), replay.url) as world,
    ):
        await world.polls()
        await subscribed(world, *QUERIES)
        world.clock.set(berlin("2026-06-11T08:00"))
        await world.polls()
        assert not cards(await world.shown()), "the list of the day it was made on is the baseline"

        await replay.turn_to(FRIDAY)
        world.clock.set(berlin("2026-06-12T06:30"))
        await world.polls()
        came = cards(await world.shown())
        want = expected(FRIDAY, QUERIES)
        for paper, queries in shown_by_hugging_face(QUERIES).items():
            want.setdefault(paper, set()).update(queries)
        assert len(want) > 5, "the oracle must find something"
        assert sorted(card.paper for card in came) == sorted(want)
        for card in came:
            reasons = " ".join(map(plain, card.reasons))
            assert {query for query in QUERIES if query in reasons} == want[card.paper]
            marked = [span for span in (*card.title, *card.body) if span.style is Style.MARK]
            assert marked or "in abstract" in reasons, plain(card.title)

        world.clock.set(berlin("2026-06-12T07:30"))
        await world.polls()
        assert len(cards(await world.shown())) == len(came), "a second poll brings nothing"


async def test_a_restart_between_post_and_settle_doubles_nothing(tmp_path, monkeypatch) -> None:
    async with replaying(THURSDAY) as replay:
        async with living(tmp_path, berlin("2026-06-11T07:00"), replay.url) as world:
            await world.polls("arxiv")
            await subscribed(world, "gaussian splatting")
            await world.posts()
            await replay.turn_to(FRIDAY)
            world.clock.set(berlin("2026-06-12T06:30"))
            outbox = type(world.program.store.outbox)
            settle = outbox.settle

            async def dies(self, delivery, outcome) -> None:
                assert isinstance(outcome, Sent), "the card is posted"
                raise ConnectionAbortedError("the process ends between post and settle")

            monkeypatch.setattr(outbox, "settle", dies)
            with pytest.raises(ConnectionAbortedError):
                await world.polls("arxiv")
            monkeypatch.setattr(outbox, "settle", settle)
        posted = len(expected(FRIDAY, ["gaussian splatting"]))
        async with living(tmp_path, berlin("2026-06-12T06:35"), replay.url) as world:
            for _ in range(posted + 1):
                await world.posts()
            came = [card.paper for card in cards(await world.shown())]
            assert sorted(came) == sorted(expected(FRIDAY, ["gaussian splatting"]))


async def test_two_subscriptions_are_one_card_that_names_both(tmp_path) -> None:
    async with (
        replaying(THURSDAY) as replay,
        living(tmp_path, berlin("2026-06-11T07:00"), replay.url) as world,
    ):
        await world.polls("arxiv")
        await subscribed(world, "gaussian", "splatting")
        await replay.turn_to(FRIDAY)
        world.clock.set(berlin("2026-06-12T06:30"))
        await world.polls("arxiv")
        came = cards(await world.shown())
        assert len({card.paper for card in came}) == len(came)
        both = [card for card in came if len(card.reasons) == 2]
        assert both
        assert [plain(reason).split(" in ")[0] for reason in both[0].reasons] == [
            "Matches gaussian",
            "Matches splatting",
        ]


async def test_a_stopped_subscription_brings_nothing_more(tmp_path) -> None:
    async with (
        replaying(THURSDAY) as replay,
        living(tmp_path, berlin("2026-06-11T07:00"), replay.url) as world,
    ):
        await world.polls("arxiv")
        await subscribed(world, "gaussian splatting")
        await world.says("unsubscribe 1")
        await replay.turn_to(FRIDAY)
        world.clock.set(berlin("2026-06-12T06:30"))
        await world.polls("arxiv")
        assert not cards(await world.shown())


async def test_few_local_matches_ask_the_sources_and_keep_what_matches(tmp_path) -> None:
    async with (
        replaying(FRIDAY) as replay,
        living(tmp_path, berlin("2026-06-12T07:00"), replay.url, ARXIV_CATEGORIES="cs.GT") as world,
    ):
        await world.polls("arxiv")
        known = [one for one in mission_papers() if "Splatting" in one.title][:3]
        await world.knows(*known)
        answer = await world.says("splatting")
        number = int(re.match(r"\*\*(\d+) papers\*\*", answer)[1])
        assert number > 10
        assert not cards(await world.shown()), "a lookup posts nothing"
        assert (await world.says("splatting")) == answer


async def test_a_paper_that_had_to_be_asked_for_looks_the_same_the_second_time(tmp_path) -> None:
    async with (
        replaying(FRIDAY) as replay,
        living(tmp_path, berlin("2026-06-12T07:00"), replay.url, ARXIV_CATEGORIES="cs.GT") as world,
    ):
        await world.polls("arxiv")
        world.clock.set(berlin("2026-06-12T07:01"))
        asked_for = await world.says("2606.06690")
        assert "\narXiv, Monday 8 June · cs.CV\n" in asked_for
        assert await world.says("2606.06690") == asked_for


async def test_what_answers_late_stands_behind_more(tmp_path) -> None:
    async with (
        replaying(FRIDAY) as replay,
        living(tmp_path, berlin("2026-06-12T07:00"), replay.url, ARXIV_CATEGORIES="cs.GT") as world,
    ):
        await world.polls("arxiv")
        await replay.breaks("/api/papers/search", delay=1)
        await replay.breaks("/api/query", delay=1)
        asking = asyncio.create_task(world.says("splatting"))
        await replay.was_asked("/api/papers/search")
        world.clock.set(berlin("2026-06-12T07:01"))
        answer = await asking
        assert "[More]" in answer
        late = world.reply
        while not re.match(r"\*\*\d\d+ papers\*\*", answer):
            answer = await world.presses("More", of=late)
        assert "[More]" not in answer


async def test_the_program_answers_while_its_sources_are_away(tmp_path) -> None:
    async with living(tmp_path, berlin("2026-06-12T07:00")) as world:
        polled = await world.polls()
        assert all(one.failure for one in polled)
        world.clock.set(berlin("2026-06-12T07:30"))
        assert "away since" in await world.says("status")
        assert "From the starter catalogue of titles" in await world.says("splatting")
        answer = await world.says("2606.06690")
        assert answer.startswith("I have not seen 2606.06690, and its source does not answer.")


async def test_a_starter_paper_that_is_shared_becomes_knowledge(empty) -> None:
    await empty.says("splatting")
    await empty.presses("Share")
    await empty.posts()
    (card,) = cards(await empty.shown())
    assert card.paper.startswith("arxiv:")
    assert await empty.program.store.papers.count() == 1
    assert "From the starter catalogue" in await empty.says("splatting")


async def test_the_first_reading_of_a_list_of_hugging_face_is_silent(tmp_path) -> None:
    async with (
        replaying(THURSDAY) as replay,
        living(tmp_path, berlin("2026-06-11T07:00"), replay.url) as world,
    ):
        await world.polls("arxiv")
        await subscribed(world, "in:daily OR in:trending")
        await world.polls("daily", "trending")
        assert not cards(await world.shown())


async def test_a_reading_that_brings_nothing_new_is_a_reading(tmp_path) -> None:
    async with (
        replaying(THURSDAY) as replay,
        living(tmp_path, berlin("2026-06-11T07:00"), replay.url) as world,
    ):
        await world.polls("arxiv")
        world.clock.set(berlin("2026-06-11T07:30"))
        (again,) = await world.polls("arxiv")
        assert again.unchanged
        assert "ok, read 07:30, last list Thursday 11 June" in await world.says("status")


async def test_the_relay_is_woken_for_what_people_do(empty) -> None:
    """Without waiting for its next round: neither the notice nor the shared card."""
    relay = asyncio.create_task(empty.program.relay.run())
    try:
        await subscribed(empty, "kites")
        await appears(empty, "@student subscribed")
        await empty.says("splatting")
        await empty.presses("Share")
        await appears(empty, "@student shared")
        await empty.says("unsubscribe 1")
        await appears(empty, "@student stopped 1")
    finally:
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)


async def appears(world: World, words: str) -> None:
    async with asyncio.timeout(20):
        while not any(words in message for message in await world.wall()):
            await asyncio.sleep(0)
