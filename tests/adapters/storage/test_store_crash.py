"""Killing the process (SIGKILL) while it writes: what was committed is there, whole, and nothing
else is.  PAPERBOY_PROVE=1 kills fifty times.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from adapters.storage import open_store

ROOT = Path(__file__).parents[3]
KILLS = 50 if os.environ.get("PAPERBOY_PROVE") else 3

WRITER = """
import asyncio, sys
from pathlib import Path
from adapters.storage import open_store
from bot.clock import SystemClock
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import Owed, Reason
from bot.domain.pages import Cursor
from bot.domain.papers import Paper, PaperId
from bot.ports import IngestPlan
from bot.query.values import Query, Word

HERE = ChannelRef(platform="local", workspace="local", channel="papers")

async def main():
    async with open_store(None, Path(sys.argv[1]), SystemClock()) as store:
        subscription, _ = await store.subscriptions.subscribe(
            HERE, Query(Word(text="a")), owner=ActorId("u"), owner_name="u"
        )
        reason = Reason(subscription=subscription.id, number=1, query="a")
        cursor = await store.ingest.cursor("arxiv")
        batch = cursor.total if cursor else 0
        while True:
            batch += 1
            papers = tuple(
                Paper(id=PaperId(f"arxiv:{batch}.{n}"), title=f"{batch} {n}", upvotes=batch)
                for n in range(5)
            )
            owed = tuple(Owed(channel=HERE, paper=p.id, reasons=(reason,)) for p in papers)
            async with store.ingest.ingest() as transaction:
                await transaction.known(papers)
                await transaction.apply(
                    IngestPlan(
                        papers=papers,
                        owed=owed,
                        cursor=Cursor(source="arxiv", total=batch, value="v"),
                    )
                )
            print(batch, flush=True)

asyncio.run(main())
"""


def write_until_killed(data_dir: Path, seconds: float) -> int:
    """The last batch whose commit the process told of."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(data_dir)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        told = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines()
    assert process.returncode == -signal.SIGKILL
    # The last line may have been cut off in the middle only if the pipe was full, which it is not.
    return int((told.split() + rest)[-1])


@pytest.mark.timeout(600 if os.environ.get("PAPERBOY_PROVE") else 120)
async def test_a_killed_writer_leaves_whole_transactions(data_dir, clock):
    chance = random.Random(1)
    for _ in range(KILLS):
        told = write_until_killed(data_dir, chance.uniform(0, 0.3))
        copy = data_dir / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for file in data_dir.glob("paperboy.db*"):
            shutil.copy(file, copy)
        with closing(sqlite3.connect(copy / "paperboy.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
            (stored,) = database.execute("SELECT total FROM cursors").fetchone()
            for table in ("papers", "paper_aliases", "deliveries", "delivery_reasons", "signals"):
                (rows,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
                assert rows == 5 * stored, table
        assert stored in (told, told + 1), "one commit may have been made and not yet told"
    async with open_store(None, data_dir, clock) as store:
        assert await store.papers.count() == 5 * stored
