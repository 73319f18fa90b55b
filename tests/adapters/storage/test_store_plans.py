"""No statement of everyday work reads a whole table that grows: its plan says so."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event

from adapters.storage import open_store
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import Owed, Reason, Sent
from bot.domain.pages import Cursor
from bot.domain.papers import Paper, PaperId
from bot.domain.references import PaperRef
from bot.ports import Found, IngestPlan
from bot.query.values import Count, Has, Link, Number, Query, Word

HERE = ChannelRef(platform="local", workspace="local", channel="papers")
GROWING = {
    "papers",
    "paper_aliases",
    "paper_lists",
    "signals",
    "replaced_papers",
    "subscriptions",
    "deliveries",
    "delivery_reasons",
    "listings",
    "drafts",
    "local_messages",
    "sending",  # deliveries by another name
}
MEANT = (
    "SELECT count(*) AS count_1 FROM papers",
    # All active subscriptions are asked for.
    "WHERE subscriptions.stopped_at IS NULL ORDER BY subscriptions.id",
)


@pytest.fixture
def statements():
    """What is run, with its values."""
    seen: dict[str, tuple] = {}

    def note(_connection, _cursor, statement, parameters, _context, executemany):
        seen[statement] = parameters[0] if executemany else parameters

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


async def everyday_work(store, clock) -> None:
    day = date(2026, 6, 11)
    paper = Paper(id=PaperId("arxiv:1"), title="One", list_day=day, lists=frozenset({"daily"}))
    subscription, _ = await store.subscriptions.subscribe(
        HERE, Query(Word(text="one")), owner=ActorId("u"), owner_name="u"
    )
    reason = Reason(subscription=subscription.id, number=1, query="one")
    owed = Owed(channel=HERE, paper=paper.id, reasons=(reason,))
    cursor = Cursor(source="arxiv", read_at=clock.now(), newest_day=day)
    for title in ("One", "Two"):
        async with store.ingest.ingest() as transaction:
            await transaction.known([paper])
            await transaction.subscriptions()
            changed = Paper(id=paper.id, title=title, list_day=day, upvotes=len(title))
            await transaction.apply(IngestPlan(papers=(changed,), owed=(owed,), cursor=cursor))
    (delivery,) = await store.outbox.claim(timedelta(minutes=1), 20)
    await store.outbox.settle(delivery.id, Sent("m"))
    await store.outbox.next_due()
    await store.deliveries.share(HERE, paper.id, by="u", again=True)
    await store.deliveries.of_paper(HERE, paper.id)
    await store.deliveries.counts(HERE)
    await store.subscriptions.stop(HERE, subscription.id, by="u", notice=None)
    await store.subscriptions.restore(HERE, subscription.id, by="u", notice=None)
    await store.subscriptions.of_channel(HERE, stopped=True)
    await store.papers.get([paper.id, PaperId("arxiv:2")])
    await store.papers.resolve(PaperRef("arxiv", "1"))
    await store.papers.list_days(3)
    await store.papers.on_days(day, day, 5)
    await store.papers.count()
    await store.papers.changed_since(0, 10)
    await store.papers.replaced_since(0)
    await store.papers.ids_where(Number(count=Count.UPVOTES, least=2))
    await store.papers.ids_where(Has(link=Link.CODE))
    await store.papers.ids_where(Has(link=Link.PROJECT))
    await store.papers.upvotes([paper.id])
    listing = await store.memory.keep_listing(HERE, ActorId("u"), "t", Found(ids=(), total=0))
    await store.memory.listing(HERE, listing.id)
    await store.memory.last_listing(HERE, ActorId("u"), clock.now())
    draft = await store.memory.keep_draft(HERE, ActorId("u"), "t")
    await store.memory.draft(HERE, draft)
    message, _ = await store.local_messages.post("d", "papers", "{}")
    await store.local_messages.edit(message.id, "papers", "{}")
    await store.local_messages.find("d", "papers", clock.now())
    await store.local_messages.page("papers", before=9, limit=5)
    await store.local_messages.changes(0, limit=5)


async def test_no_growing_table_is_read_as_a_whole(data_dir, clock, statements):
    async with open_store(None, data_dir, clock) as store:
        await everyday_work(store, clock)
    whole = []
    with closing(sqlite3.connect(data_dir / "paperboy.db")) as database:
        for statement, values in statements.items():
            folded = " ".join(statement.split())
            if not re.match("(WITH|SELECT|UPDATE|DELETE|INSERT) ", folded):
                continue
            plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            scanned = {
                found.group(1) for *_, step in plan if (found := re.match(r"SCAN (\w+)", step))
            }
            if scanned & GROWING and not any(meant in folded for meant in MEANT):
                whole.append((folded, plan))
    assert whole == []
    assert len(statements) > 50, "the statements were seen"
