"""`paperboy outbox`: dead letters are seen, tried again and dropped from the terminal."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from adapters.cli import Exit
from adapters.storage import open_store
from bot.clock import SystemClock
from bot.domain.channels import ChannelRef
from bot.domain.deliveries import Refused, Scope
from bot.domain.papers import Paper, PaperId
from bot.pipeline.relay import LEASE
from bot.ports import IngestPlan

CHANNEL = ChannelRef(platform="local", workspace="local", channel="papers")
OTHER = ChannelRef(platform="local", workspace="local", channel="archive")


@pytest.fixture
def letter(paperboy):
    """The id of the one dead letter; another channel is left alone."""

    async def refuse() -> str:
        async with open_store(None, paperboy.folder / "data", SystemClock()) as store:
            paper = Paper(id=PaperId("arxiv:1"), title="Splatting\x1b[31m")
            async with store.ingest.ingest() as transaction:
                await transaction.apply(IngestPlan(papers=(paper,), owed=(), cursor=None))
            for channel in (CHANNEL, OTHER):
                await store.deliveries.share(channel, paper.id, by="you")
            dead, waits = await store.outbox.claim(LEASE, 5)
            await store.outbox.settle(dead.id, Refused("the message is too long"))
            await store.outbox.settle(waits.id, Refused("archived", Scope.CHANNEL))
            return dead.id

    return asyncio.run(refuse())


def rows(paperboy, sql):
    with closing(sqlite3.connect(paperboy.folder / "data" / "paperboy.db")) as database:
        return database.execute(sql).fetchall()


def test_list_says_what_was_given_up_and_what_is_left_alone(paperboy, letter):
    said = paperboy("outbox", "list")
    assert (said.returncode, said.stderr) == (Exit.OK, "")
    assert letter in said.stdout
    assert "local/local/papers" in said.stdout
    assert "the message is too long" in said.stdout
    assert "\x1b" not in said.stdout
    assert "local/local/archive is left alone until" in said.stdout
    assert "1 waiting: archived" in said.stdout


def test_list_of_nothing(paperboy):
    assert paperboy("outbox", "list").stdout == "No dead letters: there is no database yet.\n"
    paperboy("migrate")
    assert paperboy("outbox", "list").stdout == "No dead letters: nothing was given up.\n"


def test_a_retried_letter_is_posted_by_the_next_process(paperboy, letter):
    said = paperboy("outbox", "retry", letter)
    assert said.returncode == Exit.OK
    assert said.stdout == f"{letter} waits again: `paperboy run` posts it.\n"
    states = "SELECT state, attempts FROM deliveries ORDER BY position LIMIT 1"
    assert rows(paperboy, states) == [("pending", 0)]
    paperboy("ask", "/papers help")
    assert rows(paperboy, states) == [("sent", 0)]
    assert len(rows(paperboy, "SELECT 1 FROM local_messages")) == 1


def test_a_dropped_letter_is_cancelled_and_on_record(paperboy, letter):
    said = paperboy("outbox", "drop", letter)
    assert (said.returncode, said.stdout) == (
        Exit.OK,
        f"{letter} is dropped: it will not be posted.\n",
    )
    assert rows(paperboy, "SELECT state FROM deliveries LIMIT 1") == [("cancelled",)]
    ((action, before, by),) = rows(paperboy, 'SELECT action, before, "by" FROM audit')
    assert action == "dropped"
    assert letter in before
    assert by.endswith(" (terminal)")


@pytest.mark.parametrize("action", ["retry", "drop"])
def test_an_unknown_letter_is_named(paperboy, letter, action):
    said = paperboy("outbox", action, "nothing")
    assert said.returncode == Exit.USAGE
    assert said.stderr == (
        "paperboy: There is no dead letter nothing: `paperboy outbox list` shows those that "
        "there are.\n"
    )


def test_while_paperboy_runs_it_lists_and_says_who_has_the_database(paperboy, letter):
    process = paperboy.start("run", PORT="0")
    process.stdout.readline()
    assert letter in paperboy("outbox", "list").stdout
    for action in ("retry", "drop"):
        refused = paperboy("outbox", action, letter)
        assert refused.returncode == Exit.STORE
        assert f"pid {process.pid}" in refused.stderr
