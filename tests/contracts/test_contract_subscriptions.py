"""What `bot.ports.Subscriptions` promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import NoticeBody, Owed, Reason, Sent
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import SubscriptionId
from bot.ports import IngestPlan
from bot.query.values import Query, Word

HERE = ChannelRef(platform="local", workspace="local", channel="papers")
ELSEWHERE = (
    ChannelRef(platform="local", workspace="local", channel="other"),
    ChannelRef(platform="local", workspace="other", channel="papers"),
    ChannelRef(platform="slack", workspace="local", channel="papers"),
    ChannelRef(platform="local", workspace="local", channel="papers", thread="1"),
)
LEASE = timedelta(minutes=1)
SPLATS = Query(Word(text="splats"))
NERF = Query(Word(text="nerf"))


async def subscribe(store, channel: ChannelRef, query: Query, notice: NoticeBody | None = None):
    return await store.subscriptions.subscribe(
        channel, query, owner=ActorId("u1"), owner_name="student", notice=notice
    )


async def made(store, channel: ChannelRef, query: Query):
    return (await subscribe(store, channel, query))[0]


async def announce(store, subscription, name: str) -> None:
    paper = Paper(id=PaperId(name), title=f"Title of {name}")
    reason = Reason(
        subscription=subscription.id, number=subscription.number, query=str(subscription.query)
    )
    owed = Owed(channel=subscription.channel, paper=paper.id, reasons=(reason,))
    async with store.ingest.ingest() as transaction:
        await transaction.apply(IngestPlan(papers=(paper,), owed=(owed,), cursor=None))


async def post_all(store) -> list:
    """What a relay posts, in order."""
    posted = []
    while claimed := await store.outbox.claim(LEASE, 10):
        for delivery in claimed:
            posted.append(delivery)
            await store.outbox.settle(delivery.id, Sent(f"m{len(posted)}"))
    return posted


async def test_a_subscription_comes_back_as_it_was_made(store, clock):
    subscription, new = await subscribe(store, HERE, SPLATS)
    assert new
    assert (subscription.channel, subscription.number, subscription.query) == (HERE, 1, SPLATS)
    assert (subscription.owner, subscription.owner_name) == ("u1", "student")
    assert subscription.created_at == clock.now()
    assert subscription.from_day is None
    assert await store.subscriptions.of_channel(HERE) == [subscription]


async def test_the_same_query_is_not_stored_twice(store):
    first, _ = await subscribe(store, HERE, SPLATS)
    notice = NoticeBody(actor_name="student", lines=("no",))
    assert await subscribe(store, HERE, SPLATS, notice) == (first, False)
    assert await post_all(store) == []
    other, new = await subscribe(store, ELSEWHERE[0], SPLATS)
    assert new
    assert other.number == 1


async def test_numbers_are_never_given_twice(store):
    for expected in (1, 2, 3):
        subscription = await made(store, HERE, SPLATS)
        assert subscription.number == expected
        await store.subscriptions.stop(HERE, subscription.id, by="you", notice=None)
    assert await store.subscriptions.of_channel(HERE) == []
    every = await store.subscriptions.of_channel(HERE, stopped=True)
    assert [one.number for one in every] == [1, 2, 3]


@pytest.mark.parametrize("other", ELSEWHERE)
async def test_no_other_channel_reaches_a_subscription(store, other):
    subscription = await made(store, HERE, SPLATS)
    await made(store, other, NERF)
    assert [one.query for one in await store.subscriptions.of_channel(other)] == [NERF]
    stop = await store.subscriptions.stop(other, subscription.id, by="x", notice=None)
    assert stop is None
    await store.subscriptions.stop(HERE, subscription.id, by="you", notice=None)
    back = await store.subscriptions.restore(other, subscription.id, by="x", notice=None)
    assert back is None


async def test_what_is_not_there_cannot_be_stopped_or_restored(store):
    unknown = SubscriptionId(7)
    assert await store.subscriptions.stop(HERE, unknown, by="you", notice=None) is None
    assert await store.subscriptions.restore(HERE, unknown, by="you", notice=None) is None
    subscription = await made(store, HERE, SPLATS)
    assert await store.subscriptions.restore(HERE, subscription.id, by="x", notice=None) is None
    await store.subscriptions.stop(HERE, subscription.id, by="you", notice=None)
    assert await store.subscriptions.stop(HERE, subscription.id, by="x", notice=None) is None


async def test_stop_and_restore_tell_when_and_by_whom(store, clock):
    subscription = await made(store, HERE, SPLATS)
    clock.pass_by(days=1)
    stopped = await store.subscriptions.stop(HERE, subscription.id, by="you", notice=None)
    assert stopped is not None
    assert (stopped.stopped_at, stopped.stopped_by) == (clock.now(), "you")
    assert await store.subscriptions.of_channel(HERE, stopped=True) == [stopped]
    back = await store.subscriptions.restore(HERE, subscription.id, by="you", notice=None)
    assert back == subscription
    assert await store.subscriptions.of_channel(HERE) == [subscription]


async def test_a_query_that_is_active_again_keeps_the_old_one_from_coming_back(store):
    old = await made(store, HERE, SPLATS)
    await store.subscriptions.stop(HERE, old.id, by="you", notice=None)
    await made(store, HERE, SPLATS)
    assert await store.subscriptions.restore(HERE, old.id, by="you", notice=None) is None


# -- what is owed -------------------------------------------------------------


async def test_stopping_cancels_what_waits_for_it_alone(store):
    first, second = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    await announce(store, first, "arxiv:1")
    await announce(store, first, "arxiv:2")
    await announce(store, second, "arxiv:2")
    await store.subscriptions.stop(HERE, first.id, by="you", notice=None)
    assert await store.deliveries.counts(HERE) == {"pending": 1, "cancelled": 1}
    (posted,) = await post_all(store)
    assert posted.paper is not None
    assert posted.paper.id == "arxiv:2"
    assert [reason.number for reason in posted.reasons] == [2]


async def test_restoring_brings_back_what_stopping_cancelled(store):
    first, second = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    await announce(store, first, "arxiv:1")
    await announce(store, first, "arxiv:2")
    await announce(store, second, "arxiv:2")
    await store.subscriptions.stop(HERE, first.id, by="you", notice=None)
    await store.subscriptions.restore(HERE, first.id, by="you", notice=None)
    posted = await post_all(store)
    assert [[reason.number for reason in one.reasons] for one in posted] == [[1], [1, 2]]


async def test_stopping_takes_nothing_from_what_was_posted(store):
    subscription = await made(store, HERE, SPLATS)
    await announce(store, subscription, "arxiv:1")
    await post_all(store)
    await store.subscriptions.stop(HERE, subscription.id, by="you", notice=None)
    card = await store.deliveries.of_paper(HERE, PaperId("arxiv:1"))
    assert card is not None
    assert (card.state, len(card.reasons)) == ("sent", 1)
    await store.subscriptions.restore(HERE, subscription.id, by="you", notice=None)
    assert await post_all(store) == []


async def test_a_reason_that_comes_back_after_the_post_edits_the_card(store):
    first, second = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    await announce(store, first, "arxiv:1")
    await announce(store, second, "arxiv:1")
    await store.subscriptions.stop(HERE, first.id, by="you", notice=None)
    await post_all(store)
    await store.subscriptions.restore(HERE, first.id, by="you", notice=None)
    (edit,) = await post_all(store)
    assert edit.message_id == "m1"
    assert [reason.number for reason in edit.reasons] == [1, 2]


async def test_last_delivery_is_that_of_the_message_that_first_names_it(store, clock):
    first, second = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    await announce(store, first, "arxiv:1")
    posted_at = clock.now()
    await post_all(store)
    clock.pass_by(hours=1)
    await announce(store, second, "arxiv:1")
    await post_all(store)
    told = [one.last_delivery_at for one in await store.subscriptions.of_channel(HERE)]
    assert told == [posted_at, clock.now()]


# -- notices ------------------------------------------------------------------


def notice(actor: str, line: str) -> NoticeBody:
    return NoticeBody(actor_name=actor, lines=(line,), undo=("undo-subscribe", ""))


async def test_a_notice_speaks_of_the_number_and_undoes_the_subscription(store):
    await made(store, HERE, NERF)
    subscription, _ = await subscribe(store, HERE, SPLATS, notice("student", "splats ({n}), {n}"))
    (told,) = await post_all(store)
    assert told.paper is None
    assert told.notice == NoticeBody(
        actor_name="student",
        lines=("splats (2), 2",),
        undo=("undo-subscribe", str(subscription.id)),
    )


async def test_one_persons_changes_within_ten_minutes_are_one_notice(store, clock):
    first, _ = await subscribe(store, HERE, SPLATS, notice("student", "one"))
    clock.pass_by(minutes=4)
    await store.subscriptions.stop(HERE, first.id, by="you", notice=notice("student", "two"))
    (told,) = await post_all(store)
    assert told.notice is not None
    assert told.notice.lines == ("one", "two")
    clock.pass_by(minutes=6)
    await subscribe(store, HERE, NERF, notice("student", "three"))
    (edit,) = await post_all(store)
    assert (edit.id, edit.message_id) == (told.id, "m1")
    assert edit.notice is not None
    assert edit.notice.lines == ("one", "two", "three")
    clock.pass_by(seconds=1)
    await store.subscriptions.restore(HERE, first.id, by="you", notice=notice("student", "four"))
    (later,) = await post_all(store)
    assert later.id != told.id
    assert later.message_id is None


async def test_another_person_or_channel_has_its_own_notice(store):
    await subscribe(store, HERE, SPLATS, notice("student", "one"))
    await subscribe(store, HERE, NERF, notice("admin", "two"))
    await subscribe(store, ELSEWHERE[0], NERF, notice("student", "three"))
    assert sorted(one.notice.lines for one in await post_all(store)) == [
        ("one",),
        ("three",),
        ("two",),
    ]
