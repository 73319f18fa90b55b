"""What `bot.ports.Breakers` promises."""

from __future__ import annotations

from datetime import timedelta

from adapters.storage import open_store
from bot.domain.breakers import CLOSED, Breaker


async def test_what_was_put_last_is_kept_under_its_scope(store, clock):
    assert await store.breakers.get("source:arxiv") == CLOSED
    once = Breaker(fail_count=1, open_until=clock.now() + timedelta(seconds=30), reason="503")
    await store.breakers.put("source:arxiv", once)
    assert await store.breakers.get("source:arxiv") == once
    assert await store.breakers.get("source:daily") == CLOSED
    twice = Breaker(fail_count=2, open_until=None, reason=None)
    await store.breakers.put("source:arxiv", twice)
    assert await store.breakers.get("source:arxiv") == twice
    await store.breakers.put("source:arxiv", CLOSED)
    assert await store.breakers.get("source:arxiv") == CLOSED


async def test_it_survives_a_restart(empty_database, tmp_path, clock):
    kept = Breaker(fail_count=5, open_until=clock.now(), reason="arXiv cannot be reached.")
    async with open_store(None, tmp_path, clock) as store:
        await store.breakers.put("gate:arxiv", kept)
    async with open_store(None, tmp_path, clock) as store:
        assert await store.breakers.get("gate:arxiv") == kept
