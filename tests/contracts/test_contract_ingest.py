"""What `bot.ports.IngestStore` and `Health` promise."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import Owed, Reason, Sent
from bot.domain.identity import merge
from bot.domain.pages import Cursor
from bot.domain.papers import Paper, PaperId
from bot.domain.references import PaperRef
from bot.ports import IngestPlan, SourceState
from bot.query.values import Query, Word

HERE = ChannelRef(platform="local", workspace="local", channel="papers")
THERE = ChannelRef(platform="slack", workspace="T1", channel="C1", thread="1.2")
NOTHING = IngestPlan(papers=(), owed=(), cursor=None)


def paper(name: str, **fields) -> Paper:
    return Paper(id=PaperId(name), **{"title": f"Title of {name}", **fields})


async def keep(store, *papers: Paper, owed: tuple[Owed, ...] = (), **plan) -> None:
    """As the pipeline does: what is known is merged with what is new."""
    async with store.ingest.ingest() as transaction:
        known = await transaction.known(papers)
        merged = tuple(merge(known[one.id], one) if one.id in known else one for one in papers)
        await transaction.apply(
            replace(NOTHING, papers=merged, owed=owed, **plan),
        )


async def known(store, *papers: Paper):
    async with store.ingest.ingest() as transaction:
        return dict(await transaction.known(papers))


async def subscribe(store, channel: ChannelRef, word: str):
    subscription, _ = await store.subscriptions.subscribe(
        channel, Query(Word(text=word)), owner=ActorId("u"), owner_name="you"
    )
    return subscription


def because(subscription, *words: str) -> Reason:
    return Reason(
        subscription=subscription.id,
        number=subscription.number,
        query=str(subscription.query),
        words=words,
        fields=("title",),
    )


# -- one transaction ----------------------------------------------------------


async def test_what_a_block_wrote_is_gone_when_it_raises(store):
    async def write() -> None:
        async with store.ingest.ingest() as transaction:
            await transaction.apply(replace(NOTHING, papers=(paper("arxiv:1"),)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write()
    assert await store.papers.count() == 0
    await keep(store, paper("arxiv:1"))
    assert await store.papers.count() == 1


async def test_what_a_block_wrote_is_gone_when_it_is_cancelled(store):
    written = asyncio.Event()

    async def write() -> None:
        async with store.ingest.ingest() as transaction:
            await transaction.apply(replace(NOTHING, papers=(paper("arxiv:1"),)))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.papers.count() == 0


async def test_a_transaction_reads_what_it_wrote(store):
    async with store.ingest.ingest() as transaction:
        cursor = Cursor(source="arxiv", value="etag")
        await transaction.apply(replace(NOTHING, cursor=cursor, papers=(paper("arxiv:1"),)))
        assert await transaction.cursor("arxiv") == cursor
        assert await transaction.known([paper("arxiv:1")])


# -- cursors and health -------------------------------------------------------


async def test_a_cursor_comes_back_as_it_was_written(store, clock):
    assert await store.ingest.cursor("arxiv") is None
    cursor = Cursor(
        source="arxiv",
        value='"etag"',
        first_day=date(2026, 6, 1),
        newest_day=date(2026, 6, 11),
        read_at=clock.now(),
        total=250,
    )
    await keep(store, cursor=cursor)
    assert await store.ingest.cursor("arxiv") == cursor
    assert await store.ingest.cursor("daily") is None


async def test_a_failure_is_remembered_from_its_first_time_until_a_reading(store, clock):
    since = clock.now()
    await store.ingest.note_failure("arxiv", "timed out", since)
    assert await store.ingest.cursor("arxiv") is None
    await store.ingest.note_failure("arxiv", "refused", since + timedelta(hours=1))
    assert await store.health.sources() == [
        SourceState(source="arxiv", failing_since=since, failure="refused")
    ]
    await keep(store, cursor=Cursor(source="arxiv", read_at=clock.now(), total=3))
    assert await store.health.sources() == [
        SourceState(source="arxiv", read_at=clock.now(), total=3)
    ]
    await store.ingest.note_failure("arxiv", "refused", clock.now())
    (state,) = await store.health.sources()
    assert (state.read_at, state.total, state.failure) == (clock.now(), 3, "refused")


# -- identity -----------------------------------------------------------------


async def test_known_by_its_own_id_by_doi_and_by_title(store):
    first = paper("arxiv:2606.1", doi="10.1/A")
    second = paper("title:abc", title="On Splats", authors=("A. Kerbl",))
    await keep(store, first, second)
    asked = [
        paper("arxiv:2606.1", title="Other"),
        paper("doi:10.1/a"),
        paper("arxiv:2606.2", title="on splats!", authors=("Bernhard Kerbl",)),
        paper("arxiv:2606.3", title="On Splats", authors=("Someone Else",)),
        paper("arxiv:2606.4"),
    ]
    assert await known(store, *asked) == {
        "arxiv:2606.1": first,
        "doi:10.1/a": first,
        "arxiv:2606.2": second,
    }


async def test_two_arxiv_ids_stay_two_papers_even_with_one_doi(store):
    await keep(store, paper("arxiv:1", doi="10.1/a", title="One"))
    await keep(store, paper("arxiv:2", doi="10.1/a", title="One"))
    assert await store.papers.count() == 2


async def test_a_late_identity_takes_everything_along(store, clock):
    """A file's paper without an id was shared; then arXiv shows that it is its own."""
    old = paper("title:abc", title="On Splats", upvotes=3, lists=frozenset({"daily"}))
    await keep(store, old)
    shared = await store.deliveries.share(HERE, old.id, by="you")
    mark = await store.papers.newest_seq()
    await keep(store, paper("arxiv:2606.1", title="On Splats", abstract="Text."))

    assert await store.papers.count() == 1
    (now,) = await store.papers.get([PaperId("arxiv:2606.1")])
    assert (now.upvotes, now.abstract, now.lists) == (3, "Text.", frozenset({"daily"}))
    assert await store.papers.get([old.id]) == [now]
    assert await store.papers.get([old.id, now.id]) == [now]
    assert await store.papers.resolve(PaperRef("title", "abc")) == now
    assert await store.papers.replaced_since(mark) == {"title:abc": "arxiv:2606.1"}
    assert [one for _, one in await store.papers.changed_since(mark, 9)] == [now]
    for name in (old.id, now.id):
        owed = await store.deliveries.of_paper(HERE, name)
        assert owed is not None
        assert (owed.id, owed.paper) == (shared.id, now)
    assert await store.deliveries.share(HERE, old.id, by="you") is None


async def test_other_names_of_a_known_paper_find_it(store):
    await keep(store, paper("arxiv:2606.1", title="On Splats"))
    await keep(store, paper("hf:on-splats", title="On Splats"))
    found = await store.papers.resolve(PaperRef("hf", "on-splats"))
    assert found is not None
    assert found.id == "arxiv:2606.1"
    assert await store.papers.count() == 1


async def test_a_paper_that_was_two_rows_becomes_one_with_one_card(store, clock):
    """Two rows were one paper all along: one card stays, and it names every reason."""
    here = await subscribe(store, HERE, "splats")
    also = await subscribe(store, HERE, "gaussian")
    await keep(
        store,
        paper("title:abc", title="On Splats", authors=("A. Kerbl",)),
        paper("doi:10.1/a", title="Splats, On"),
        owed=(
            Owed(channel=HERE, paper=PaperId("title:abc"), reasons=(because(here, "splats"),)),
            Owed(channel=HERE, paper=PaperId("doi:10.1/a"), reasons=(because(also, "gaussian"),)),
        ),
    )
    (first,) = await store.outbox.claim(timedelta(minutes=1), 10)
    await store.outbox.settle(first.id, Sent("m1"))
    await keep(store, paper("arxiv:2606.1", title="On Splats", authors=("A. Kerbl",), doi="10.1/A"))

    assert await store.papers.count() == 1
    (edit,) = await store.outbox.claim(timedelta(minutes=1), 10)
    assert (edit.id, edit.message_id) == (first.id, "m1")
    assert [reason.number for reason in edit.reasons] == [1, 2]
    await store.outbox.settle(edit.id, Sent("m1"))
    assert await store.outbox.claim(timedelta(minutes=1), 10) == []


async def test_two_rows_become_one_even_when_a_reading_says_nothing_new(store):
    await keep(
        store, paper("doi:10.1/a", title="Splats, On"), paper("title:abc", title="On Splats")
    )
    await keep(store, paper("doi:10.1/a", title="On Splats"))
    assert await store.papers.count() == 1
    await keep(store, paper("doi:10.1/b", title="A"), paper("title:def", title="B"))
    async with store.ingest.ingest() as transaction:
        known = await transaction.known([paper("doi:10.1/b", title="B")])
        assert known["doi:10.1/b"].title == "B"
        await transaction.apply(NOTHING)
    assert await store.papers.count() == 2
    assert await store.papers.get([PaperId("title:def")]) == [known["doi:10.1/b"]]


async def test_a_withdrawn_reason_survives_the_merging_and_makes_no_second_card(store, clock):
    first = await subscribe(store, HERE, "splats")
    second = await subscribe(store, HERE, "gaussian")
    await keep(
        store,
        paper("title:abc", title="On Splats"),
        paper("doi:10.1/a", title="Splats, On"),
        owed=(
            Owed(channel=HERE, paper=PaperId("title:abc"), reasons=(because(first),)),
            Owed(channel=HERE, paper=PaperId("doi:10.1/a"), reasons=(because(second),)),
        ),
    )
    await store.subscriptions.stop(HERE, second.id, by="you", notice=None)
    await keep(store, paper("arxiv:2606.1", title="On Splats", doi="10.1/A"))
    await store.subscriptions.restore(HERE, second.id, by="you", notice=None)
    (card,) = await store.outbox.claim(timedelta(minutes=1), 10)
    assert [reason.number for reason in card.reasons] == [1, 2]
    await store.outbox.settle(card.id, Sent("m1"))
    assert await store.outbox.claim(timedelta(minutes=1), 10) == []


async def test_numbers_are_the_newest_and_lists_are_never_lost(store, clock):
    await keep(store, paper("arxiv:1", upvotes=3, lists=frozenset({"daily"})))
    clock.pass_by(hours=1)
    await keep(store, paper("arxiv:1", upvotes=3, stars=1, lists=frozenset({"daily"})))
    clock.pass_by(hours=1)
    await keep(store, paper("arxiv:1", upvotes=5, lists=frozenset({"trending"})))
    (now,) = await store.papers.get([PaperId("arxiv:1")])
    assert (now.upvotes, now.stars, now.lists) == (5, 1, frozenset({"daily", "trending"}))


# -- subscriptions ------------------------------------------------------------


async def test_active_subscriptions_of_all_channels(store):
    first = await subscribe(store, HERE, "splats")
    second = await subscribe(store, THERE, "splats")
    stopped = await subscribe(store, HERE, "nerf")
    await store.subscriptions.stop(HERE, stopped.id, by="you", notice=None)
    async with store.ingest.ingest() as transaction:
        assert await transaction.subscriptions() == [first, second]


async def test_the_first_list_sets_the_baseline_of_those_that_wait_for_one(store):
    early = await subscribe(store, HERE, "splats")
    assert early.from_day is None
    day = date(2026, 6, 11)
    await keep(
        store, cursor=Cursor(source="arxiv", newest_day=day), baseline=day - timedelta(days=1)
    )
    late = await subscribe(store, HERE, "nerf")
    await keep(store, baseline=date(2026, 6, 20))
    assert [one.from_day for one in await store.subscriptions.of_channel(HERE)] == [
        date(2026, 6, 10),
        late.from_day,
    ]
    assert late.from_day == day
