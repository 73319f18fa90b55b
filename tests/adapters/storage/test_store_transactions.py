"""The SQLite rules of the engine, and what cancelling a writer leaves behind."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from contextlib import asynccontextmanager, closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from adapters.storage.engine import open_database, open_writer
from bot.errors import StoreError

CANCELLATIONS = 300
ROWS = 4
"""How many rows one transaction writes: a transaction is whole when all of them are there."""


@asynccontextmanager
async def opened(path):
    async with open_writer(path) as writer:
        await writer.command("CREATE TABLE IF NOT EXISTS entry (batch INT, place INT)")
        await writer.command("PRAGMA application_id=0x50617062")
        async with open_database(path, writer) as database:
            yield database


async def run_sql(database, sql, **values):
    async with database.write() as connection:
        return await connection.execute(text(sql), values)


async def pragma(connection, name):
    return (await connection.command(f"PRAGMA {name}")).scalar_one()


async def test_the_pragmas_of_writer_and_readers(tmp_path):
    async with (
        opened(tmp_path / "a.db") as database,
        database.write() as writer,
        database.read() as reader,
    ):
        for connection in (writer, reader):
            assert await pragma(connection, "journal_mode") == "wal"
            assert await pragma(connection, "synchronous") == 2  # FULL
            assert await pragma(connection, "foreign_keys") == 1
            assert await pragma(connection, "trusted_schema") == 0
            assert await pragma(connection, "busy_timeout") == 5000
            assert await pragma(connection, "journal_size_limit") == 64 * 1024 * 1024
        assert await pragma(reader, "query_only") == 1
        assert await pragma(writer, "query_only") == 0


async def test_a_reading_connection_cannot_write(tmp_path):
    async with opened(tmp_path / "a.db") as database, database.read() as reader:
        with pytest.raises(StoreError, match="cannot be written"):
            await reader.command("DELETE FROM entry")


async def test_a_write_takes_its_lock_at_once(tmp_path):
    """A transaction that begins by reading could not become a writing one once another wrote."""
    path = tmp_path / "a.db"
    async with opened(path) as database, database.write() as connection:
        await connection.execute(text("SELECT 1"))
        with (
            closing(sqlite3.connect(path, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")


async def test_writers_wait_for_one_another(tmp_path):
    async with opened(tmp_path / "a.db") as database:

        async def count_up(number: int) -> None:
            async with database.write() as connection:
                found = await connection.execute(text("SELECT count(*) FROM entry"))
                place = found.scalar_one()
                await connection.execute(
                    text("INSERT INTO entry VALUES (:batch, :place)"),
                    {"batch": number, "place": place},
                )

        await asyncio.gather(*(count_up(number) for number in range(30)))
        async with database.read() as connection:
            rows = await connection.execute(text("SELECT place FROM entry ORDER BY place"))
            assert list(rows.scalars()) == list(range(30))


async def test_a_snapshot_sees_one_state(tmp_path):
    count = text("SELECT count(*) FROM entry")
    async with opened(tmp_path / "a.db") as database:
        async with database.read(snapshot=True) as held, database.read() as current:
            assert (await held.execute(count)).scalar_one() == 0
            await run_sql(database, "INSERT INTO entry VALUES (1, 1)")
            assert (await held.execute(count)).scalar_one() == 0
            assert (await current.execute(count)).scalar_one() == 1
        async with database.read(snapshot=True) as connection:
            assert (await connection.execute(count)).scalar_one() == 1


async def test_a_broken_constraint_is_a_bug_and_is_rolled_back(tmp_path):
    async with opened(tmp_path / "a.db") as database:
        await run_sql(database, "CREATE UNIQUE INDEX one ON entry (batch)")

        async def write() -> None:
            async with database.write() as connection:
                for place in range(2):
                    await connection.execute(
                        text("INSERT INTO entry VALUES (1, :place)"), {"place": place}
                    )

        with pytest.raises(IntegrityError):
            await write()
        await run_sql(database, "INSERT INTO entry VALUES (1, 7)")
        async with database.read() as connection:
            rows = await connection.execute(text("SELECT place FROM entry"))
            assert list(rows.scalars()) == [7]


async def test_a_full_disk_is_told_and_the_connection_goes_on(tmp_path):
    path = tmp_path / "a.db"
    async with opened(path) as database:
        async with database.write() as connection:
            pages = await pragma(connection, "page_count")
            await pragma(connection, f"max_page_count={pages + 3}")
        big = "x" * 100_000
        with pytest.raises(StoreError, match=r"The disk of .*a\.db is full: free some space"):
            await run_sql(database, "INSERT INTO entry VALUES (1, :big)", big=big)
        await run_sql(database, "INSERT INTO entry VALUES (2, 2)")
        async with database.read() as connection:
            rows = await connection.execute(text("SELECT batch FROM entry"))
            assert list(rows.scalars()) == [2]


# -- cancellation -------------------------------------------------------------


async def write_batch(write, batch: int, answered: set[int]) -> None:
    async with write() as connection:
        for place in range(ROWS):
            await connection.execute(
                text("INSERT INTO entry VALUES (:batch, :place)"),
                {"batch": batch, "place": place},
            )
    answered.add(batch)


async def cancel_again_and_again(write, seed: int) -> set[int]:
    """Cancel a writer at random points, sometimes twice; the batches whose commit was answered."""
    chance = random.Random(seed)
    answered: set[int] = set()
    for batch in range(CANCELLATIONS):
        task = asyncio.ensure_future(write_batch(write, batch, answered))
        if chance.random() < 0.5:
            for _ in range(chance.randrange(0, 60)):
                await asyncio.sleep(0)
        else:
            await asyncio.sleep(chance.uniform(0, 0.004))
        task.cancel()
        if chance.random() < 0.3:
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()):
            raise error
    return answered


async def check_whole(database, answered: set[int]) -> set[int]:
    """Every batch is there whole or not at all, and every answered one is there."""
    async with database.read() as connection:
        rows = await connection.execute(
            text("SELECT batch, count(*) AS places FROM entry GROUP BY batch ORDER BY batch")
        )
        found = {row.batch: row.places for row in rows}
    assert set(found.values()) <= {ROWS}
    assert answered <= set(found)
    return set(found)


@pytest.mark.parametrize("seed", [1, 2])
async def test_cancelling_a_writer_leaves_the_connection_usable(tmp_path, seed):
    async with opened(tmp_path / "a.db") as database:
        answered = await cancel_again_and_again(database.write, seed)
        stored = await check_whole(database, answered)
        assert 0 < len(stored) < CANCELLATIONS, "some were cut off, and some were not"
        await write_batch(database.write, CANCELLATIONS, answered)
        assert CANCELLATIONS in await check_whole(database, answered)


class Plain:
    """A connection whose statements a cancellation reaches."""

    def __init__(self, database) -> None:
        self._raw = database._writer._raw

    async def execute(self, statement, values=None):
        return await self._raw.execute(statement, values)

    async def command(self, sql):
        return await self._raw.exec_driver_sql(sql)


def careful(database):
    """A connection whose statements run to their end."""
    return database._writer


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("connection_of", "failure"),
    [
        (Plain, "Can't reconnect until invalid transaction is rolled back"),
        (careful, "cannot start a transaction within a transaction"),
    ],
)
async def test_the_same_code_without_its_care_fails(tmp_path, seed, connection_of, failure):
    """A rollback for `Exception`, which a cancellation is not, with and without careful
    statements."""
    async with opened(tmp_path / "a.db") as database:
        connection = connection_of(database)
        one_at_a_time = asyncio.Lock()

        @asynccontextmanager
        async def naive_write():
            async with one_at_a_time:
                await connection.command("BEGIN IMMEDIATE")
                try:
                    yield connection
                except Exception:
                    await connection.command("ROLLBACK")
                    raise
                await connection.command("COMMIT")

        async def everything() -> None:
            answered = await cancel_again_and_again(naive_write, seed)
            await write_batch(naive_write, CANCELLATIONS, answered)
            assert CANCELLATIONS in await check_whole(database, answered)

        with pytest.raises(SQLAlchemyError, match=failure):
            await everything()


async def test_a_reader_that_is_cancelled_gives_its_connection_back(tmp_path):
    chance = random.Random(3)
    async with opened(tmp_path / "a.db") as database:

        async def look() -> None:
            async with database.read(snapshot=True) as connection:
                await connection.execute(text("SELECT count(*) FROM entry"))

        for _ in range(100):
            task = asyncio.ensure_future(look())
            for _ in range(chance.randrange(0, 30)):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        for _ in range(10):
            await look()
        await run_sql(database, "INSERT INTO entry VALUES (1, 1)")
        checkpoint = await database._writer.command("PRAGMA wal_checkpoint(TRUNCATE)")
        assert checkpoint.one()[0] == 0, "a reader holds an old state"
