"""What `bot.ports.Memory` promises, on the database and on the one that a reading process has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.storage.memory import ProcessMemory
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.papers import PaperId
from bot.domain.replies import DraftId, ListingId
from bot.ports import Found

HERE = ChannelRef(platform="local", workspace="local", channel="papers")
OTHERS = (
    ChannelRef(platform="local", workspace="local", channel="other"),
    ChannelRef(platform="local", workspace="other", channel="papers"),
)
YOU, THEM = ActorId("you"), ActorId("them")
FOUND = Found(ids=(PaperId("arxiv:2"), PaperId("arxiv:1")), total=1000, exact=False)


@pytest.fixture(params=["stored", "process"])
def memory(request, store, clock):
    return store.memory if request.param == "stored" else ProcessMemory(clock)


async def test_a_listing_comes_back(memory, clock):
    saved = await memory.keep_listing(HERE, YOU, "splatting", FOUND)
    assert (saved.channel, saved.actor, saved.text) == (HERE, YOU, "splatting")
    assert (saved.ids, saved.total, saved.exact) == (FOUND.ids, 1000, False)
    assert saved.created_at == clock.now()
    assert await memory.listing(HERE, saved.id) == saved


async def test_a_draft_comes_back(memory, clock):
    draft = await memory.keep_draft(HERE, YOU, "subscribe splatting")
    saved = await memory.draft(HERE, draft)
    assert saved is not None
    assert (saved.id, saved.channel, saved.actor) == (draft, HERE, YOU)
    assert (saved.text, saved.created_at) == ("subscribe splatting", clock.now())


@pytest.mark.parametrize("other", OTHERS)
async def test_no_other_channel_sees_them(memory, other):
    saved = await memory.keep_listing(HERE, YOU, "splatting", FOUND)
    draft = await memory.keep_draft(HERE, YOU, "subscribe splatting")
    await memory.keep_draft(other, YOU, "subscribe splatting")
    assert await memory.listing(other, saved.id) is None
    assert await memory.draft(other, draft) is None
    assert await memory.last_listing(other, YOU, saved.created_at) is None


async def test_the_last_listing_of_a_person_here_since_a_time(memory, clock):
    await memory.keep_listing(HERE, YOU, "one", FOUND)
    two = await memory.keep_listing(HERE, YOU, "two", FOUND)
    await memory.keep_listing(HERE, THEM, "three", FOUND)
    assert await memory.last_listing(HERE, YOU, clock.now()) == two
    assert await memory.last_listing(HERE, YOU, clock.now() + timedelta(seconds=1)) is None


async def test_unknown_ids_find_nothing(memory):
    await memory.keep_listing(HERE, YOU, "one", FOUND)
    assert await memory.listing(HERE, ListingId("x")) is None
    assert await memory.draft(HERE, DraftId("' OR 1=1")) is None


async def test_ids_are_short_and_speak_no_words(memory):
    ids = [await memory.keep_draft(HERE, YOU, f"text {number}") for number in range(20)]
    ids += [(await memory.keep_listing(HERE, YOU, "t", FOUND)).id for _ in range(20)]
    assert len(set(ids)) == 40
    assert all(len(one) == 8 and set(one) <= set("abcdefghijklmnopqrstuvwxyz234567") for one in ids)


async def test_kept_for_thirty_days(memory, clock):
    saved = await memory.keep_listing(HERE, YOU, "one", FOUND)
    draft = await memory.keep_draft(HERE, YOU, "text")
    clock.pass_by(days=30)
    await memory.keep_listing(HERE, YOU, "two", FOUND)
    await memory.keep_draft(HERE, YOU, "other")
    assert await memory.listing(HERE, saved.id) == saved
    assert await memory.draft(HERE, draft) is not None


async def test_text_that_no_database_can_store(memory):
    saved = await memory.keep_listing(HERE, YOU, "a\ud800b\0", FOUND)
    draft = await memory.keep_draft(HERE, YOU, "a\ud800b\0")
    assert saved == await memory.listing(HERE, saved.id)
    assert saved.text == (await memory.draft(HERE, draft)).text == "a\ufffdb\ufffd"


async def test_stored_memory_forgets_after_thirty_days(store, clock):
    saved = await store.memory.keep_listing(HERE, YOU, "one", FOUND)
    draft = await store.memory.keep_draft(HERE, YOU, "text")
    kept = await store.memory.keep_draft(HERE, YOU, "used")
    clock.pass_by(days=20)
    assert await store.memory.keep_draft(HERE, YOU, "used") == kept
    clock.pass_by(days=10, seconds=1)
    await store.memory.keep_listing(HERE, YOU, "two", FOUND)
    await store.memory.keep_draft(HERE, YOU, "other")
    assert await store.memory.listing(HERE, saved.id) is None
    assert await store.memory.draft(HERE, draft) is None
    assert await store.memory.draft(HERE, kept) is not None
