"""What `bot.ports.Outbox` promises of failures: what waits, is left alone, or is given up."""

from __future__ import annotations

import shutil
from datetime import timedelta

from adapters.storage import open_store
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import Ambiguous, NotSent, Owed, Reason, Refused, Scope, Sent
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import SubscriptionId
from bot.pipeline.relay import LEASE
from bot.ports import IngestPlan
from bot.query.parser import parse


def channel(name: str, workspace: str = "T1") -> ChannelRef:
    return ChannelRef(platform="slack", workspace=workspace, channel=name)


A, B, ELSEWHERE = channel("a"), channel("b"), channel("a", "T2")


async def owe(store, *where: ChannelRef, papers: int = 1) -> None:
    known = tuple(Paper(id=PaperId(f"arxiv:{n}"), title=f"Title {n}") for n in range(papers))
    async with store.ingest.ingest() as transaction:
        await transaction.apply(IngestPlan(papers=known, owed=(), cursor=None))
    for paper in known:
        for one in where:
            await store.deliveries.share(one, paper.id, by="you")


async def claim(store):
    return await store.outbox.claim(LEASE, 20)


async def where(store):
    return [one.channel for one in await claim(store)]


async def fail(store, outcome):
    """Settle what is claimed first with `outcome`, all else as sent."""
    first, *others = await claim(store)
    await store.outbox.settle(first.id, outcome)
    for one in others:
        await store.outbox.settle(one.id, Sent(one.id))
    return first


async def test_a_limited_channel_waits_and_the_others_do_not(store, clock):
    await owe(store, A, B, papers=2)
    until = clock.now() + timedelta(minutes=5)
    limited = await fail(store, NotSent(until, "429", Scope.CHANNEL))
    assert limited.channel == A
    assert await where(store) == [B]
    assert await claim(store) == []
    clock.at = until
    again, _ = await claim(store)
    assert again.id == limited.id
    assert again.attempts == 1, "a rate limit is no attempt"


async def test_a_limited_workspace_waits_and_the_others_do_not(store, clock):
    await owe(store, A, B, ELSEWHERE, papers=2)
    until = clock.now() + timedelta(minutes=5)
    await fail(store, NotSent(until, "429", Scope.WORKSPACE))
    (other,) = await claim(store)
    assert other.channel == ELSEWHERE
    await store.outbox.settle(other.id, Sent("m"))
    assert await claim(store) == []
    assert await store.outbox.next_due() == until
    clock.at = until
    assert await where(store) == [A, B], "a limit that has passed holds nothing back"


async def test_what_is_left_alone_stays_so_after_a_restart(empty_database, tmp_path, clock):
    folder = tmp_path / "again"
    folder.mkdir()
    shutil.copy(empty_database, folder)
    until = clock.now() + timedelta(hours=2)
    async with open_store(None, folder, clock) as first:
        await owe(first, A)
        await fail(first, NotSent(until, "429", Scope.WORKSPACE))
    async with open_store(None, folder, clock) as second:
        assert await claim(second) == []
        assert await second.outbox.next_due() == until
        clock.at = until
        assert await where(second) == [A]


async def test_a_refused_credential_is_probed_by_one_delivery(store, clock):
    await owe(store, A, B)
    first, second = await claim(store)
    for one in (first, second):
        await store.outbox.settle(one.id, Refused("token_revoked", Scope.WORKSPACE))
    assert (await store.deliveries.counts(A), await store.deliveries.counts(B)) == (
        {"pending": 1},
        {"pending": 1},
    )
    clock.at = await store.outbox.next_due()
    (probe,) = await claim(store)
    await store.outbox.settle(probe.id, Refused("token_revoked", Scope.WORKSPACE))
    assert await claim(store) == []
    clock.at = await store.outbox.next_due()
    (probe,) = await claim(store)
    await store.outbox.settle(probe.id, Sent("m"))
    assert len(await claim(store)) == 1, "it works again"


async def test_a_refused_channel_gives_its_delivery_up_after_a_day(store, clock):
    await owe(store, A)
    began = clock.now()
    probes = 0
    while (due := await store.outbox.next_due()) is not None:
        clock.at = max(clock.now(), due)
        await fail(store, Refused("archived", Scope.CHANNEL))
        probes += 1
    assert clock.now() - began >= timedelta(days=1)
    assert probes < 15
    (letter,) = await store.dead_letters.all()
    assert (letter.reason, letter.at) == ("archived", clock.now())


async def test_what_cannot_be_sent_is_given_up_after_a_day_with_its_reason(store, clock):
    store.outbox._chance = lambda: 1.0  # the longest pauses: fewer of them
    await owe(store, A)
    began = clock.now()
    while (due := await store.outbox.next_due()) is not None:
        clock.at = max(clock.now(), due)
        await fail(store, NotSent(None, "connection refused"))
    assert timedelta(days=1) <= clock.now() - began < timedelta(days=1, minutes=16)
    (letter,) = await store.dead_letters.all()
    assert letter.reason.endswith("connection refused")


async def test_a_platform_that_is_away_for_longer_than_a_day_kills_nothing(store, clock):
    store.outbox._chance = lambda: 1.0  # the longest pauses: fewer of them
    await owe(store, A)
    ends = clock.now() + timedelta(hours=30)
    while clock.now() < ends:
        await fail(store, NotSent(None, "no route", Scope.WORKSPACE))
        clock.at = max(clock.now(), await store.outbox.next_due())
    (waiting,) = await claim(store)
    await store.outbox.settle(waiting.id, Sent("m"))
    assert await store.deliveries.counts(A) == {"sent": 1}


async def crash(store, clock):
    """The process ends while everything that is claimed is being sent."""
    claimed = await claim(store)
    clock.at += LEASE
    return claimed


async def test_the_third_crash_quarantines_only_what_was_alone(store, clock):
    """All of a batch are suspects until the poisonous one is tried alone."""
    await owe(store, A, B, ELSEWHERE)
    assert len(await crash(store, clock)) == 3
    assert len(await crash(store, clock)) == 3
    (innocent,) = await claim(store)
    await store.outbox.settle(innocent.id, Sent("m"))
    (poison,) = await crash(store, clock)
    (other,) = await claim(store)
    assert {innocent.channel, poison.channel, other.channel} == {A, B, ELSEWHERE}
    (letter,) = await store.dead_letters.all()
    assert letter.delivery.id == poison.id
    assert letter.reason.startswith("quarantined")
    assert letter.at == clock.now()


async def test_crashes_count_in_a_row_only(store, clock):
    await owe(store, A)
    for _ in range(4):
        await crash(store, clock)
        (one,) = await claim(store)
        await store.outbox.settle(one.id, Ambiguous("timeout"))
        clock.at = await store.outbox.next_due()
    assert await store.dead_letters.all() == []


async def test_an_edit_that_crashes_is_given_up_and_its_card_stays(store, clock):
    await owe(store, A)
    (one,) = await claim(store)
    await store.outbox.settle(one.id, Sent("m"))
    await store.subscriptions.subscribe(A, parse("title"), owner=ActorId("u"), owner_name="u")
    reason = Reason(subscription=SubscriptionId(1), number=1, query="title")
    owed = Owed(channel=A, paper=PaperId("arxiv:0"), reasons=(reason,))
    async with store.ingest.ingest() as transaction:
        await transaction.apply(IngestPlan(papers=(), owed=(owed,), cursor=None))
    for _ in range(3):
        (edit,) = await crash(store, clock)
        assert edit.message_id == "m"
    assert await claim(store) == []
    assert await store.deliveries.counts(A) == {"sent": 1}


async def test_a_retried_letter_that_may_have_arrived_is_looked_for(store, clock):
    await owe(store, A)
    for _ in range(3):
        (one,) = await crash(store, clock)
    assert await claim(store) == []
    assert await store.dead_letters.retry(one.id, by="me") == "pending"
    (again,) = await claim(store)
    assert (again.state, again.attempts) == ("ambiguous", 1)


async def test_a_shared_letter_that_may_have_arrived_is_looked_for(store, clock):
    await owe(store, A)
    for _ in range(3):
        await crash(store, clock)
    assert await claim(store) == []
    await store.deliveries.share(A, PaperId("arxiv:0"), by="you")
    (again,) = await claim(store)
    assert again.state == "ambiguous"


async def test_a_retried_letter_that_was_refused_is_simply_posted(store):
    await owe(store, A)
    refused = await fail(store, Refused("too long"))
    await store.dead_letters.retry(refused.id, by="me")
    (again,) = await claim(store)
    assert (again.state, again.attempts) == ("sending", 1)


async def test_a_dropped_letter_is_cancelled(store):
    await owe(store, A)
    refused = await fail(store, Refused("too long"))
    assert await store.dead_letters.drop(refused.id, by="me")
    assert await store.deliveries.counts(A) == {"cancelled": 1}
    assert not await store.dead_letters.drop(refused.id, by="me")
    assert await store.dead_letters.retry(refused.id, by="me") is None


async def test_a_renewed_lease_runs_from_then_on(store, clock):
    await owe(store, A)
    (one,) = await claim(store)
    clock.pass_by(seconds=30)
    await store.outbox.renew(one.id, LEASE)
    ends = clock.now() + LEASE
    clock.at = ends - timedelta(seconds=1)
    assert await claim(store) == []
    clock.at = ends
    assert len(await claim(store)) == 1
