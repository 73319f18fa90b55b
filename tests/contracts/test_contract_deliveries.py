"""What `bot.ports.Deliveries` and `bot.ports.Outbox` promise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import Ambiguous, NotSent, Owed, Reason, Refused, Sent
from bot.domain.papers import Paper, PaperId
from bot.ports import IngestPlan
from bot.query.values import Query, Word

HERE = ChannelRef(platform="local", workspace="local", channel="papers")
THERE = ChannelRef(platform="slack", workspace="T1", channel="C1")
LEASE = timedelta(minutes=1)
ONE, TWO = PaperId("arxiv:1"), PaperId("arxiv:2")


async def store_papers(store, *names: str, owed: tuple[Owed, ...] = ()) -> None:
    papers = tuple(Paper(id=PaperId(name), title=f"Title of {name}") for name in names)
    async with store.ingest.ingest() as transaction:
        await transaction.apply(IngestPlan(papers=papers, owed=owed, cursor=None))


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
        fields=("title", "abstract"),
    )


async def announce(store, channel: ChannelRef, name: str, *reasons: Reason) -> None:
    owed = Owed(channel=channel, paper=PaperId(name), reasons=reasons)
    await store_papers(store, name, owed=(owed,))


@pytest.fixture
async def splats(store):
    return await subscribe(store, HERE, "splats")


@pytest.fixture
async def nerf(store):
    return await subscribe(store, HERE, "nerf")


async def claim_one(store):
    (delivery,) = await store.outbox.claim(LEASE, 10)
    return delivery


# -- claiming -----------------------------------------------------------------


async def test_what_is_owed_comes_with_paper_and_reasons(store, clock, splats):
    reason = because(splats, "splats", "Splatting")
    await announce(store, HERE, ONE, reason)
    delivery = await claim_one(store)
    assert (delivery.channel, delivery.state, delivery.attempts) == (HERE, "sending", 1)
    assert delivery.paper == Paper(id=ONE, title="Title of arxiv:1")
    assert delivery.reasons == (reason,)
    assert (delivery.notice, delivery.message_id) == (None, None)
    assert delivery.created_at == delivery.attempt_started_at == clock.now()
    assert len(delivery.id) <= 25
    assert set(delivery.id) <= set("abcdefghijklmnopqrstuvwxyz234567")


async def test_one_card_for_one_paper_whatever_owes_it(store, splats, nerf):
    await announce(store, HERE, ONE, because(splats))
    await announce(store, HERE, ONE, because(nerf), because(splats))
    delivery = await claim_one(store)
    assert [reason.number for reason in delivery.reasons] == [1, 2]
    await store.outbox.settle(delivery.id, Sent("m"))
    await announce(store, HERE, ONE, because(splats, "other words"))
    assert await store.outbox.claim(LEASE, 10) == []


async def test_one_at_a_time_in_a_channel_oldest_first(store, clock, splats):
    there = await subscribe(store, THERE, "splats")
    await announce(store, HERE, ONE, because(splats))
    await announce(store, HERE, TWO, because(splats))
    await announce(store, THERE, TWO, because(there))
    first, other = await store.outbox.claim(LEASE, 10)
    assert [(one.channel, one.paper.id) for one in (first, other)] == [(HERE, ONE), (THERE, TWO)]
    assert await store.outbox.claim(LEASE, 10) == []
    await store.outbox.settle(first.id, Sent("m"))
    assert (await claim_one(store)).paper.id == TWO


async def test_no_more_than_the_limit(store):
    channels = [
        ChannelRef(platform="local", workspace="local", channel=f"c{number}") for number in range(5)
    ]
    await store_papers(store, ONE)
    for channel in channels:
        await store.deliveries.share(channel, ONE, by="you")
    assert [one.channel for one in await store.outbox.claim(LEASE, 3)] == channels[:3]
    assert [one.channel for one in await store.outbox.claim(LEASE, 3)] == channels[3:]


async def test_nothing_is_due_when_nothing_waits(store):
    assert await store.outbox.claim(LEASE, 10) == []
    assert await store.outbox.next_due() is None


# -- settling -----------------------------------------------------------------


async def test_sent(store, splats):
    await announce(store, HERE, ONE, because(splats))
    delivery = await claim_one(store)
    await store.outbox.settle(delivery.id, Sent("m1"))
    card = await store.deliveries.of_paper(HERE, ONE)
    assert (card.state, card.message_id) == ("sent", "m1")
    assert await store.outbox.next_due() is None


async def test_not_sent_waits_for_its_time(store, clock, splats):
    await announce(store, HERE, ONE, because(splats))
    retry_at = clock.now() + timedelta(minutes=5)
    await store.outbox.settle((await claim_one(store)).id, NotSent(retry_at, "busy"))
    assert (await store.deliveries.of_paper(HERE, ONE)).state == "pending"
    assert await store.outbox.claim(LEASE, 10) == []
    assert await store.outbox.next_due() == retry_at
    clock.at = retry_at
    again = await claim_one(store)
    assert (again.state, again.attempts) == ("sending", 1), "a time that was named is no failure"


async def test_one_that_waits_lets_the_next_go_first(store, clock, splats):
    await announce(store, HERE, ONE, because(splats))
    await announce(store, HERE, TWO, because(splats))
    retry_at = clock.now() + timedelta(minutes=5)
    await store.outbox.settle((await claim_one(store)).id, NotSent(retry_at, "busy"))
    assert (await claim_one(store)).paper.id == TWO


async def test_refused_is_dead(store, splats):
    await announce(store, HERE, ONE, because(splats))
    await store.outbox.settle((await claim_one(store)).id, Refused("archived"))
    assert await store.deliveries.counts(HERE) == {"dead": 1}
    assert await store.outbox.next_due() is None


async def test_a_cut_off_attempt_comes_back_ambiguous(store, clock, splats):
    """The process died between the post and its settling."""
    await announce(store, HERE, ONE, because(splats))
    await announce(store, HERE, TWO, because(splats))
    first = await claim_one(store)
    ends = clock.now() + LEASE
    assert await store.outbox.next_due() == ends
    clock.pass_by(seconds=59)
    assert await store.outbox.claim(LEASE, 10) == []
    clock.at = ends
    back = await claim_one(store)
    assert (back.id, back.state, back.message_id) == (first.id, "ambiguous", None)
    assert back.attempt_started_at == first.attempt_started_at
    clock.pass_by(minutes=2)
    twice = await claim_one(store)
    assert (twice.state, twice.attempt_started_at) == ("ambiguous", first.attempt_started_at)
    await store.outbox.settle(twice.id, Sent("m"))
    assert (await claim_one(store)).paper.id == TWO


async def test_an_ambiguous_outcome_is_looked_into_later(store, clock, splats):
    """Nothing is lost: it is claimed again once the request can no longer arrive."""
    await announce(store, HERE, ONE, because(splats))
    first = await claim_one(store)
    await store.outbox.settle(first.id, Ambiguous("reset"))
    assert (await store.deliveries.of_paper(HERE, ONE)).state == "ambiguous"
    assert await store.outbox.claim(LEASE, 10) == []
    due = await store.outbox.next_due()
    assert due > clock.now()
    clock.at = due
    back = await claim_one(store)
    assert (back.state, back.attempt_started_at) == ("ambiguous", first.attempt_started_at)
    await store.outbox.settle(back.id, Sent("m"))
    assert await store.outbox.next_due() is None


async def test_a_found_message_is_never_forgotten(store, clock, splats):
    await announce(store, HERE, ONE, because(splats))
    delivery = await claim_one(store)
    await store.outbox.settle(delivery.id, Ambiguous("cancelled"))
    await store.outbox.settle(delivery.id, Sent("m"))
    await store.outbox.settle(delivery.id, Refused("late"))
    await store.outbox.settle(delivery.id, NotSent(clock.now(), "late"))
    card = await store.deliveries.of_paper(HERE, ONE)
    assert (card.state, card.message_id) == ("sent", "m")


async def test_a_stop_while_it_is_being_sent_counts_when_it_was_not(store, clock, splats):
    await announce(store, HERE, ONE, because(splats))
    delivery = await claim_one(store)
    await store.subscriptions.stop(HERE, splats.id, by="you", notice=None)
    await store.outbox.settle(delivery.id, NotSent(clock.now(), "busy"))
    assert await store.deliveries.counts(HERE) == {"cancelled": 1}
    await store.subscriptions.restore(HERE, splats.id, by="you", notice=None)
    assert (await claim_one(store)).id == delivery.id


# -- edits --------------------------------------------------------------------


async def sent_card(store, splats):
    await announce(store, HERE, ONE, because(splats))
    delivery = await claim_one(store)
    await store.outbox.settle(delivery.id, Sent("m1"))
    return delivery


async def test_a_later_reason_edits_the_card(store, splats, nerf):
    card = await sent_card(store, splats)
    await announce(store, HERE, ONE, because(nerf))
    edit = await claim_one(store)
    assert (edit.id, edit.message_id) == (card.id, "m1")
    assert [reason.number for reason in edit.reasons] == [1, 2]
    await store.outbox.settle(edit.id, Sent("m1"))
    assert await store.outbox.claim(LEASE, 10) == []


async def test_a_reason_that_comes_while_it_is_being_sent_edits_it_afterwards(store, splats, nerf):
    await announce(store, HERE, ONE, because(splats))
    delivery = await claim_one(store)
    await announce(store, HERE, ONE, because(nerf))
    assert await store.outbox.claim(LEASE, 10) == []
    await store.outbox.settle(delivery.id, Sent("m1"))
    assert (await claim_one(store)).message_id == "m1"


async def test_an_edit_that_fails_leaves_the_card_posted(store, clock, splats, nerf):
    card = await sent_card(store, splats)
    await announce(store, HERE, ONE, because(nerf))
    retry_at = clock.now() + timedelta(minutes=5)
    await store.outbox.settle((await claim_one(store)).id, NotSent(retry_at, "busy"))
    assert (await store.deliveries.of_paper(HERE, ONE)).state == "sent"
    assert await store.outbox.next_due() == retry_at
    clock.at = retry_at
    await store.outbox.settle((await claim_one(store)).id, Ambiguous("reset"))
    clock.at = await store.outbox.next_due()
    again = await claim_one(store)
    assert (again.id, again.message_id) == (card.id, "m1")
    await store.outbox.settle(again.id, Refused("deleted"))
    assert (await store.deliveries.of_paper(HERE, ONE)).state == "sent"
    assert await store.outbox.next_due() is None


async def test_a_cut_off_edit_is_made_again(store, clock, splats, nerf):
    await sent_card(store, splats)
    await announce(store, HERE, ONE, because(nerf))
    await claim_one(store)
    clock.pass_by(minutes=1)
    assert (await claim_one(store)).message_id == "m1"


# -- sharing ------------------------------------------------------------------


async def test_a_share_is_the_channels_card(store, clock, splats):
    await store_papers(store, ONE)
    shared = await store.deliveries.share(HERE, ONE, by="student")
    assert (shared.state, shared.paper.id) == ("pending", ONE)
    assert shared.reasons == (Reason(subscription=None, number=None, query="student"),)
    assert await store.deliveries.share(HERE, ONE, by="student") is None
    posted = await claim_one(store)
    assert posted.id == shared.id
    await store.outbox.settle(posted.id, Sent("m1"))
    await announce(store, HERE, ONE, because(splats))
    edit = await claim_one(store)
    assert edit.message_id == "m1"
    assert [reason.number for reason in edit.reasons] == [1, None]


async def test_what_is_here_is_shared_again_only_on_demand(store, splats):
    await sent_card(store, splats)
    assert await store.deliveries.share(HERE, ONE, by="student") is None
    again = await store.deliveries.share(HERE, ONE, by="student", again=True)
    posted = await claim_one(store)
    assert (posted.id, posted.paper.id, posted.message_id) == (again.id, ONE, None)
    await store.outbox.settle(posted.id, Sent("m2"))
    card = await store.deliveries.of_paper(HERE, ONE)
    assert card.message_id == "m1"


async def test_a_cancelled_card_can_be_shared(store, splats):
    await announce(store, HERE, ONE, because(splats))
    await store.subscriptions.stop(HERE, splats.id, by="you", notice=None)
    shared = await store.deliveries.share(HERE, ONE, by="student")
    assert [reason.query for reason in shared.reasons] == ["student"]
    await store.subscriptions.restore(HERE, splats.id, by="you", notice=None)
    assert [reason.number for reason in (await claim_one(store)).reasons] == [1, None]


async def test_a_refused_card_can_be_shared_anew(store, splats):
    await announce(store, HERE, ONE, because(splats))
    dead = await claim_one(store)
    await store.outbox.settle(dead.id, Refused("archived"))
    shared = await store.deliveries.share(HERE, ONE, by="student")
    assert (shared.id, shared.state, shared.attempts) == (dead.id, "pending", 0)
    assert (await claim_one(store)).id == dead.id


async def test_a_refused_card_that_is_shared_names_no_stopped_subscription(store, splats, nerf):
    await announce(store, HERE, ONE, because(splats), because(nerf))
    await store.outbox.settle((await claim_one(store)).id, Refused("archived"))
    await store.subscriptions.stop(HERE, splats.id, by="you", notice=None)
    await store.deliveries.share(HERE, ONE, by="student")
    assert [reason.number for reason in (await claim_one(store)).reasons] == [2, None]


async def test_a_refused_card_is_not_owed_again_by_a_match(store, splats, nerf):
    await announce(store, HERE, ONE, because(splats))
    await store.outbox.settle((await claim_one(store)).id, Refused("archived"))
    await announce(store, HERE, ONE, because(nerf))
    assert await store.outbox.claim(LEASE, 10) == []


async def test_a_cancelled_card_that_matches_again_is_owed_again(store, splats, nerf):
    await announce(store, HERE, ONE, because(splats))
    await store.subscriptions.stop(HERE, splats.id, by="you", notice=None)
    await announce(store, HERE, ONE, because(nerf))
    assert [reason.number for reason in (await claim_one(store)).reasons] == [2]


async def test_a_paper_must_be_stored_to_be_shared(store):
    with pytest.raises(LookupError):
        await store.deliveries.share(HERE, ONE, by="student")


async def test_no_other_channel_sees_a_delivery(store, splats):
    await announce(store, HERE, ONE, because(splats))
    assert await store.deliveries.of_paper(THERE, ONE) is None
    assert await store.deliveries.counts(THERE) == {}
    await subscribe(store, THERE, "splats")
    assert await store.deliveries.of_paper(THERE, ONE) is None
    assert await store.deliveries.of_paper(HERE, TWO) is None
