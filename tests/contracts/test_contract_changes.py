"""What `bot.ports.Changes`, `Channels` and the records of deliveries promise."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from test_contract_subscriptions import (
    ELSEWHERE,
    HERE,
    LEASE,
    NERF,
    SPLATS,
    announce,
    made,
    notice,
    post_all,
)

from bot.domain.deliveries import NoticeBody, NotSent, Refused, Sent
from bot.domain.pages import Cursor
from bot.domain.papers import PaperId
from bot.domain.subscriptions import Pause
from bot.ports import ChannelSettings, IngestPlan
from bot.query.values import Query, Word

MESH = Query(Word(text="mesh"))
FIRST, SECOND = date(2026, 6, 10), date(2026, 6, 11)


async def read_list(store, clock, day: date) -> None:
    cursor = Cursor(source="arxiv", read_at=clock.now(), newest_day=day)
    plan = IngestPlan(papers=(), owed=(), cursor=cursor)
    async with store.ingest.ingest() as transaction:
        await transaction.apply(plan)


async def edit(store, one, query, *, keeps=lambda paper: False, told=None, channel=HERE):
    return await store.changes.edit(channel, one.id, query, by="student", notice=told, keeps=keeps)


async def pause(store, one, until=None, told=None, channel=HERE):
    return await store.changes.pause(channel, one.id, until=until, by="student", notice=told)


async def resume(store, one, told=None, channel=HERE):
    return await store.changes.resume(channel, one.id, by="student", notice=told)


def audited(store) -> list[tuple]:
    with closing(sqlite3.connect(store.path)) as database:
        rows = database.execute("SELECT action, by, before, after FROM audit ORDER BY id")
        return [
            (action, by, *(json.loads(one) if one else None for one in facts))
            for action, by, *facts in rows
        ]


# -- editing ------------------------------------------------------------------


async def test_an_edit_keeps_the_number_and_begins_a_new_baseline(store, clock):
    await read_list(store, clock, FIRST)
    one = await made(store, HERE, SPLATS)
    await read_list(store, clock, SECOND)
    edited = await edit(store, one, NERF)
    assert edited.subscription.query == NERF
    assert (edited.subscription.number, edited.subscription.from_day) == (one.number, SECOND)
    assert await store.subscriptions.of_channel(HERE) == [edited.subscription]


async def test_an_edit_takes_its_reason_from_what_no_longer_matches(store):
    one, other = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    for name in ("arxiv:1", "arxiv:2", "arxiv:3"):
        await announce(store, one, name)
    await announce(store, other, "arxiv:2")
    await edit(store, one, MESH, keeps=lambda paper: paper.id == "arxiv:3")
    assert await store.deliveries.counts(HERE) == {"pending": 2, "cancelled": 1}
    posted = {one.paper.id: [why.number for why in one.reasons] for one in await post_all(store)}
    assert posted == {"arxiv:2": [2], "arxiv:3": [1]}


async def test_undoing_an_edit_restores_query_baseline_and_deliveries(store, clock):
    await read_list(store, clock, FIRST)
    one = await made(store, HERE, SPLATS)
    await announce(store, one, "arxiv:1")
    await read_list(store, clock, SECOND)
    edited = await edit(store, one, NERF)
    clock.pass_by(minutes=1)
    back = await store.changes.undo_edit(HERE, edited.change, by="student", notice=None)
    assert back == one
    assert await store.subscriptions.of_channel(HERE) == [one]
    assert [card.paper.id for card in await post_all(store)] == ["arxiv:1"]
    again = await store.changes.undo_edit(HERE, edited.change, by="student", notice=None)
    assert again is None


async def test_bringing_a_stopped_one_back_leaves_alone_what_an_edit_took(store, clock):
    one = await made(store, HERE, SPLATS)
    await announce(store, one, "arxiv:1")
    await edit(store, one, NERF)
    clock.pass_by(minutes=1)
    await announce(store, one, "arxiv:2")
    await store.subscriptions.stop(HERE, one.id, by="student", notice=None)
    clock.pass_by(minutes=1)
    await store.subscriptions.restore(HERE, one.id, by="student", notice=None)
    assert [card.paper.id for card in await post_all(store)] == ["arxiv:2"]


async def test_an_edit_to_a_query_of_the_channel_changes_nothing(store):
    one, _ = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    assert await edit(store, one, NERF, told=notice("student", "no")) is None
    assert [each.query for each in await store.subscriptions.of_channel(HERE)] == [SPLATS, NERF]
    assert await post_all(store) == []


async def test_an_edit_that_was_changed_again_cannot_be_undone(store, clock):
    one = await made(store, HERE, SPLATS)
    first = await edit(store, one, NERF)
    await edit(store, one, MESH)
    assert await store.changes.undo_edit(HERE, first.change, by="x", notice=None) is None
    second = await edit(store, one, NERF)
    await made(store, HERE, MESH)
    assert await store.changes.undo_edit(HERE, second.change, by="x", notice=None) is None


async def test_the_notice_of_an_edit_undoes_that_edit(store):
    one = await made(store, HERE, SPLATS)
    body = NoticeBody(actor_name="student", lines=("changed {n}",), undo=("undo-edit", ""))
    edited = await edit(store, one, NERF, told=body)
    (told,) = await post_all(store)
    assert told.notice.lines == ("changed 1",)
    assert told.notice.undo == ("undo-edit", str(edited.change))


@pytest.mark.parametrize("other", ELSEWHERE)
async def test_no_other_channel_changes_a_subscription(store, other):
    one = await made(store, HERE, SPLATS)
    await made(store, other, NERF)
    assert await edit(store, one, MESH, channel=other) is None
    assert await pause(store, one, channel=other) is None
    change = (await edit(store, one, MESH)).change
    assert await store.changes.undo_edit(other, change, by="x", notice=None) is None
    await pause(store, one)
    assert await resume(store, one, channel=other) is None
    assert await store.subscriptions.stop_all(other, [one.id], by="x", notice=None) == []
    assert await store.deliveries.record(other, PaperId("arxiv:1")) is None


# -- pausing ------------------------------------------------------------------


async def test_a_pause_holds_what_waits_for_it_alone_and_owes_nothing_new(store, clock):
    one, other = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    await announce(store, one, "arxiv:1")
    await announce(store, one, "arxiv:2")
    await announce(store, other, "arxiv:2")
    await pause(store, one)
    async with store.ingest.ingest() as transaction:
        assert [each.id for each in await transaction.subscriptions()] == [other.id]
    assert [card.paper.id for card in await post_all(store)] == ["arxiv:2"]
    assert await store.outbox.next_due() is None, "the relay would never rest"
    assert await store.deliveries.counts(HERE) == {"pending": 1, "sent": 1}
    held = await resume(store, one)
    assert held == Pause(began_at=clock.now(), ends_at=clock.now())
    assert await store.outbox.next_due() is not None
    assert [card.paper.id for card in await post_all(store)] == ["arxiv:1"]


async def test_a_pause_ends_by_its_date_by_itself(store, clock):
    one = await made(store, HERE, SPLATS)
    await announce(store, one, "arxiv:1")
    until = clock.now() + timedelta(days=2)
    paused = await pause(store, one, until)
    assert paused.pause(clock.now()) == Pause(began_at=clock.now(), ends_at=until)
    clock.pass_by(days=2, seconds=-1)
    assert await post_all(store) == []
    clock.pass_by(seconds=1)
    async with store.ingest.ingest() as transaction:
        assert [each.id for each in await transaction.subscriptions()] == [one.id]
    assert [card.paper.id for card in await post_all(store)] == ["arxiv:1"]
    assert await resume(store, one) is None


async def test_a_paused_one_is_given_another_end(store, clock):
    one = await made(store, HERE, SPLATS)
    await pause(store, one)
    until = clock.now() + timedelta(days=1)
    clock.pass_by(hours=1)
    paused = await pause(store, one, until)
    assert [each.ends_at for each in paused.pauses] == [until]


async def test_an_attempt_that_had_begun_is_settled_and_then_held(store, clock):
    one = await made(store, HERE, SPLATS)
    await announce(store, one, "arxiv:1")
    (claimed,) = await store.outbox.claim(LEASE, 10)
    await pause(store, one)
    await store.outbox.settle(claimed.id, NotSent(clock.now(), "busy"))
    assert await post_all(store) == []


async def test_notices_and_shares_are_not_held(store):
    one = await made(store, HERE, SPLATS)
    await announce(store, one, "arxiv:1")
    await announce(store, await made(store, ELSEWHERE[0], SPLATS), "arxiv:2")
    await pause(store, one, told=notice("student", "paused"))
    await store.deliveries.share(HERE, PaperId("arxiv:2"), by="student")
    posted = [one.paper.id if one.paper else "notice" for one in await post_all(store)]
    assert sorted(posted) == ["arxiv:2", "arxiv:2", "notice"]


# -- all at once, records, settings, audit ------------------------------------------


async def test_all_are_stopped_with_one_notice(store):
    one, two = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    three = await made(store, HERE, MESH)
    await announce(store, one, "arxiv:1")
    stopped = await store.subscriptions.stop_all(
        HERE, [one.id, two.id], by="student", notice=NoticeBody(actor_name="s", lines=("all",))
    )
    assert [each.id for each in stopped] == [one.id, two.id]
    assert [each.id for each in await store.subscriptions.of_channel(HERE)] == [three.id]
    assert [told.notice.lines for told in await post_all(store)] == [("all",)]


async def test_a_record_tells_what_became_of_a_delivery(store, clock):
    one = await made(store, HERE, SPLATS)
    await announce(store, one, "arxiv:1")
    (claimed,) = await store.outbox.claim(LEASE, 10)
    clock.pass_by(seconds=3)
    await store.outbox.settle(claimed.id, Sent("m"))
    record = await store.deliveries.record(HERE, PaperId("arxiv:1"))
    assert (record.delivery.state, record.sent_at) == ("sent", clock.now())
    await announce(store, one, "arxiv:2")
    await store.subscriptions.stop(HERE, one.id, by="student", notice=None)
    record = await store.deliveries.record(HERE, PaperId("arxiv:2"))
    assert record.delivery.state == "cancelled"
    assert [(gone.reason.number, gone.at) for gone in record.withdrawn] == [(1, clock.now())]
    await store.subscriptions.restore(HERE, one.id, by="student", notice=None)
    (claimed,) = await store.outbox.claim(LEASE, 10)
    await store.outbox.settle(claimed.id, Refused("channel archived"))
    record = await store.deliveries.record(HERE, PaperId("arxiv:2"))
    assert (record.failure, record.withdrawn) == ("channel archived", ())
    assert await store.deliveries.record(HERE, PaperId("arxiv:3")) is None


async def test_among_names_what_the_channel_has_or_awaits(store):
    one = await made(store, HERE, SPLATS)
    for name in ("arxiv:1", "arxiv:2"):
        await announce(store, one, name)
    ids = [PaperId(f"arxiv:{n}") for n in (1, 2, 3)]
    assert await store.deliveries.among(HERE, ids) == {"arxiv:1", "arxiv:2"}
    assert await store.deliveries.among(ELSEWHERE[0], ids) == frozenset()
    await store.subscriptions.stop(HERE, one.id, by="student", notice=None)
    assert await store.deliveries.among(HERE, ids) == frozenset()


async def test_settings_change_only_what_is_named(store):
    assert await store.channels.settings(HERE) == ChannelSettings()
    zone = ChannelSettings(timezone="Europe/Berlin")
    await store.channels.change(HERE, zone, by="student", notice=notice("student", "zone"))
    both = ChannelSettings(timezone="Europe/Berlin", notices="ops")
    told = await store.channels.change(
        HERE, ChannelSettings(notices="ops"), by="student", notice=None
    )
    assert told == both == await store.channels.settings(HERE)
    for other in ELSEWHERE:
        assert await store.channels.settings(other) == ChannelSettings()
    assert len(await post_all(store)) == 1


async def test_every_change_is_written_down_once_with_before_and_after(store, clock):
    one = await made(store, HERE, SPLATS)
    change = (await edit(store, one, NERF)).change
    await store.changes.undo_edit(HERE, change, by="admin", notice=None)
    until = clock.now() + timedelta(days=1)
    await pause(store, one, until)
    await resume(store, one)
    await store.subscriptions.stop(HERE, one.id, by="student", notice=None)
    await store.subscriptions.restore(HERE, one.id, by="student", notice=None)
    await store.subscriptions.stop_all(HERE, [one.id], by="student", notice=None)
    zone = ChannelSettings(timezone="Europe/Berlin")
    await store.channels.change(HERE, zone, by="student", notice=None)
    splats, nerf = (
        {"query": "splats", "from_day": None},
        {"query": "nerf", "from_day": None},
    )
    held = {"paused": f"until {until.isoformat()}"}
    assert audited(store) == [
        ("subscribed", "student", None, {"query": "splats"}),
        ("edited", "student", splats, nerf),
        ("edit undone", "admin", nerf, splats),
        ("paused", "student", {"paused": None}, held),
        ("resumed", "student", held, {"paused": None}),
        ("stopped", "student", {"query": "splats"}, None),
        ("restored", "student", None, {"query": "splats"}),
        ("stopped", "student", {"query": "splats"}, None),
        ("set", "student", {"timezone": None}, {"timezone": "Europe/Berlin"}),
    ]


async def test_a_change_that_is_refused_is_not_written_down(store):
    one, _ = await made(store, HERE, SPLATS), await made(store, HERE, NERF)
    await edit(store, one, NERF)
    await resume(store, one)
    await store.changes.undo_edit(HERE, 1, by="student", notice=None)
    assert [action for action, *_ in audited(store)] == ["subscribed", "subscribed"]
