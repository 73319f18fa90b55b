"""What the local channel asks of the store (`adapters.web.messages`)."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.channels import ActorId, ChannelRef
from bot.ports import Found


async def test_messages_are_kept_in_order(store, clock):
    first, new = await store.local_messages.post("d1", "papers", '{"summary":"one"}')
    assert new
    assert (first.channel, first.reply, first.posted_at) == (
        "papers",
        '{"summary":"one"}',
        clock.now(),
    )
    assert first.id == str(first.position)
    second, _ = await store.local_messages.post("d2", "papers", "2")
    assert second.position > first.position
    assert await store.local_messages.page("papers", before=None, limit=9) == [first, second]
    assert await store.local_messages.page("papers", before=None, limit=1) == [second]
    page = await store.local_messages.page("papers", before=second.position, limit=9)
    assert page == [first]
    assert await store.local_messages.page("nowhere", before=None, limit=9) == []


async def test_a_delivery_is_posted_once(store, clock):
    first, _ = await store.local_messages.post("d1", "papers", "1")
    clock.pass_by(seconds=9)
    assert await store.local_messages.post("d1", "papers", "2") == (first, False)
    assert await store.local_messages.changes(first.sequence, limit=9) == []


async def test_an_edit_replaces_the_content_and_is_told_as_a_change(store, clock):
    first, _ = await store.local_messages.post("d1", "papers", "1")
    second, _ = await store.local_messages.post("d2", "other", "2")
    clock.pass_by(minutes=1)
    edited = await store.local_messages.edit(first.id, "papers", "new")
    assert (edited.position, edited.reply, edited.edited_at) == (
        first.position,
        "new",
        clock.now(),
    )
    assert edited.sequence > second.sequence
    assert await store.local_messages.changes(0, limit=9) == [second, edited]
    assert await store.local_messages.changes(0, limit=1) == [second]
    assert await store.local_messages.newest_sequence() == edited.sequence


async def test_an_edit_of_what_is_not_there_changes_nothing(store):
    first, _ = await store.local_messages.post("d1", "papers", "1")
    for message, channel in ((first.id, "other"), ("999", "papers"), ("x", "papers")):
        assert await store.local_messages.edit(message, channel, "new") is None
    await store.local_messages.add_channel("other")
    assert await store.local_messages.edit(first.id, "other", "new") is None
    assert await store.local_messages.page("papers", before=None, limit=1) == [first]


async def test_a_posted_delivery_is_found(store, clock):
    first, _ = await store.local_messages.post("d1", "papers", "1")
    now = clock.now()
    assert await store.local_messages.find("d1", "papers", now) == first.id
    assert await store.local_messages.find("d1", "papers", now + timedelta(seconds=1)) is None
    assert await store.local_messages.find("d1", "other", now) is None
    assert await store.local_messages.find("d2", "papers", now) is None


async def test_channels_are_shown_once_added_or_posted_to(store):
    assert await store.local_messages.channels() == []
    assert await store.local_messages.newest_sequence() == 0
    quiet = ChannelRef(platform="local", workspace="local", channel="quiet")
    await store.memory.keep_listing(quiet, ActorId("you"), "t", Found(ids=(), total=0))
    assert await store.local_messages.add_channel("papers") is True
    assert await store.local_messages.add_channel("papers") is False
    await store.local_messages.post("d1", "zoo", "1")
    await store.local_messages.post("d2", "zoo", "2")
    await store.local_messages.add_channel("quiet")
    shown = await store.local_messages.channels()
    assert [(one.name, one.count) for one in shown] == [("papers", 0), ("zoo", 2), ("quiet", 0)]
    assert [one.newest for one in shown] == [0, 2, 0]
