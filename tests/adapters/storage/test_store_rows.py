"""What stands in the tables and is not seen through a port."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

from adapters.storage import open_store
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.papers import Paper, PaperId
from bot.ports import IngestPlan
from bot.query.values import Query, Word

HERE = ChannelRef(platform="slack", workspace="T1", channel="C1")


def sql(data_dir, statement):
    with closing(sqlite3.connect(data_dir / "paperboy.db")) as database:
        return database.execute(statement).fetchall()


async def write(store, **fields) -> None:
    paper = Paper(id=PaperId("arxiv:1"), title="One", **fields)
    async with store.ingest.ingest() as transaction:
        await transaction.apply(IngestPlan(papers=(paper,), owed=(), cursor=None))


async def test_numbers_have_a_history_of_their_changes(data_dir, clock):
    async with open_store(None, data_dir, clock) as store:
        await write(store, upvotes=3)
        clock.at += timedelta(hours=1)
        await write(store, upvotes=3, stars=0)
        clock.at += timedelta(hours=1)
        await write(store, upvotes=2, stars=0)
        rows = sql(data_dir, "SELECT paper, kind, value, at FROM signals ORDER BY id")
    assert rows == [
        ("arxiv:1", "upvotes", 3, "2026-06-11 06:00:00.000000"),
        ("arxiv:1", "stars", 0, "2026-06-11 07:00:00.000000"),
        ("arxiv:1", "upvotes", 2, "2026-06-11 08:00:00.000000"),
    ]


async def test_a_lists_first_time_stays(data_dir, clock):
    async with open_store(None, data_dir, clock) as store:
        await write(store, lists=frozenset({"daily"}))
        clock.at += timedelta(hours=1)
        await write(store, lists=frozenset({"daily", "trending"}))
        rows = sql(data_dir, "SELECT list, first_listed_at FROM paper_lists ORDER BY list")
    assert rows == [
        ("daily", "2026-06-11 06:00:00.000000"),
        ("trending", "2026-06-11 07:00:00.000000"),
    ]


async def test_every_change_of_a_subscription_is_on_record(data_dir, clock):
    async with open_store(None, data_dir, clock) as store:
        subscriptions = store.subscriptions
        for _ in range(2):
            made, _ = await subscriptions.subscribe(
                HERE, Query(Word(text="a")), owner=ActorId("U1"), owner_name="one"
            )
        await subscriptions.stop(HERE, made.id, by="U2", notice=None)
        await subscriptions.stop(HERE, made.id, by="U3", notice=None)
        await subscriptions.restore(HERE, made.id, by="U1", notice=None)
        rows = sql(
            data_dir,
            "SELECT platform, name, subscription, by, action FROM audit"
            " JOIN workspaces ON workspaces.id = audit.workspace ORDER BY audit.id",
        )
    assert rows == [
        ("slack", "T1", made.id, "one", "subscribed"),
        ("slack", "T1", made.id, "U2", "stopped"),
        ("slack", "T1", made.id, "U1", "restored"),
    ]
