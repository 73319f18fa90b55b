"""One SQLite file and its connections: one that writes, a few that read.

It decides how transactions begin and end and keeps the rules that SQLite needs (WAL, one writer
that is also the only checkpointer, `BEGIN IMMEDIATE`, no transaction left open by a cancelled
task).  It knows no table.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Executable, NullPool, event
from sqlalchemy import Connection as SyncConnection
from sqlalchemy.engine import CursorResult
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from adapters.storage.faults import translated
from adapters.storage.place import check_file
from bot.errors import StoreError

T = TypeVar("T")

APPLICATION_ID = 0x50617062  # "Papb"
"""Marks a file as ours: https://sqlite.org/pragma.html#pragma_application_id"""

READERS = 3

PRAGMAS = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    # FULL: a commit that was answered survives a power cut, so no post is repeated after one.
    "PRAGMA synchronous=FULL",
    "PRAGMA trusted_schema=OFF",
    f"PRAGMA journal_size_limit={64 * 1024 * 1024}",
)
READER_PRAGMAS = (*PRAGMAS, "PRAGMA query_only=ON")

Row = Mapping[str, Any]


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` to its end even when the caller is cancelled; then let the cancellation through.

    SQLite runs in a thread that no cancellation reaches: a statement that was given to it will
    run, and only after it has is it known in which state the connection is.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                continue  # the first one is raised below
        if not task.cancelled():
            task.exception()  # it was seen; the cancellation is what the caller hears of
        raise


class Connection:
    """A connection as the stores use it: statements, never cut off in the middle."""

    def __init__(self, raw: AsyncConnection, path: Path) -> None:
        self._raw = raw
        self._path = path

    @property
    def dialect(self) -> str:
        """`sqlite`, for the few statements that differ."""
        return self._raw.dialect.name

    async def execute(
        self, statement: Executable, rows: Row | Sequence[Row] | None = None
    ) -> CursorResult[Any]:
        """Run a statement; with a sequence of rows once for each of them (none: nothing is run
        for an insert, so do not call it then)."""
        with translated(self._path):
            return await uninterrupted(self._raw.execute(statement, rows))

    async def run_sync(self, work: Callable[[SyncConnection], T]) -> T:
        """Run code that was written for SQLAlchemy's synchronous connections."""
        with translated(self._path):
            return await uninterrupted(self._raw.run_sync(work))

    async def command(self, sql: str) -> CursorResult[Any]:
        """Run SQL as it stands: transaction control and pragmas."""
        with translated(self._path):
            return await uninterrupted(self._raw.exec_driver_sql(sql))

    async def end(self) -> None:
        """Roll back what is open, if anything is."""
        with translated(self._path):
            await uninterrupted(self._roll_back())

    async def _roll_back(self) -> None:
        driver = (await self._raw.get_raw_connection()).driver_connection
        assert driver is not None
        # Asked of SQLite itself: it ends a transaction on its own after some disk errors.
        if driver.in_transaction:
            await driver.rollback()


class Database:
    """An open database file.  `write()` and `read()` are the only ways in."""

    def __init__(self, path: Path, writer: Connection | None) -> None:
        self.path = path
        self._writer = writer
        self._writing = asyncio.Lock()
        self._readers: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()

    @property
    def read_only(self) -> bool:
        """Whether this process may only read."""
        return self._writer is None

    def lend(self, reader: Connection) -> None:
        """Add a connection for `read()`."""
        self._readers.put_nowait(reader)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """A transaction, one at a time: committed when the block ends, rolled back when it raises
        or is cancelled.  Raises StoreError in a process that only reads."""
        if self._writer is None:
            raise StoreError(
                "This process only reads the database, because another Paperboy process uses it: "
                "do it there, or stop that process and try again."
            )
        async with self._writing:
            try:
                await self._writer.command("BEGIN IMMEDIATE")
                yield self._writer
                await self._writer.command("COMMIT")
            except BaseException:
                await self._writer.end()
                raise

    @asynccontextmanager
    async def read(self, *, snapshot: bool = False) -> AsyncIterator[Connection]:
        """A connection that cannot write.  With `snapshot` all statements of the block see the
        same state; without it each sees what is committed when it begins, which is faster."""
        reader = await self._readers.get()
        try:
            if snapshot:
                await reader.command("BEGIN")
            yield reader
        finally:
            try:
                if snapshot:
                    await reader.end()
            finally:
                self._readers.put_nowait(reader)


@asynccontextmanager
async def open_writer(path: Path) -> AsyncIterator[Connection]:
    """The writing connection of a file that is ours or empty.  Raises StoreError."""
    await asyncio.to_thread(check_file, path, read_only=False)
    async with _connected(path, "rwc", PRAGMAS) as connection:
        await _check_owner(connection, path)
        # Only now, since it writes to the file; it holds for the other connections too.
        mode = (await connection.command("PRAGMA journal_mode=WAL")).scalar_one()
        if mode != "wal":
            raise StoreError(
                f"The disk of {path} cannot keep a write-ahead log: set PAPERBOY_DATA_DIR to a "
                "folder on a local disk."
            )
        yield connection


@asynccontextmanager
async def open_reader(path: Path) -> AsyncIterator[Connection]:
    """A connection that neither writes nor checkpoints, to a file that exists."""
    await asyncio.to_thread(check_file, path, read_only=True)
    async with _connected(path, "ro", READER_PRAGMAS) as connection:
        await _check_owner(connection, path)
        yield connection


@asynccontextmanager
async def open_database(path: Path, writer: Connection | None) -> AsyncIterator[Database]:
    """The database with its reading connections, which end before `writer` does: the last one to
    close a file checkpoints it."""
    database = Database(path, writer)
    async with AsyncExitStack() as stack:
        for _ in range(READERS):
            database.lend(await stack.enter_async_context(open_reader(path)))
        yield database


@asynccontextmanager
async def _connected(path: Path, mode: str, pragmas: Sequence[str]) -> AsyncIterator[Connection]:
    """One connection, for as long as the block runs."""
    engine = create_async_engine(
        URL.create(
            "sqlite+aiosqlite",
            database=path.as_uri(),
            query={"mode": mode, "uri": "true"},
        ),
        poolclass=NullPool,
        # Transactions are begun and ended by `Database`, in words.
        isolation_level="AUTOCOMMIT",
    )

    def prepare(dbapi_connection: DBAPIConnection, _record: object) -> None:
        cursor = dbapi_connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    with translated(path):
        raw = await engine.connect()
    try:
        yield Connection(raw, path)
    finally:
        await uninterrupted(raw.close())
        await engine.dispose()


async def _check_owner(connection: Connection, path: Path) -> None:
    """Raise StoreError unless the file is ours, or nobody's."""
    owner = (await connection.command("PRAGMA application_id")).scalar_one()
    if owner == APPLICATION_ID:
        return
    tables = (await connection.command("SELECT count(*) FROM sqlite_master")).scalar_one()
    if owner or tables:
        raise StoreError(
            f"{path} is a database of another program: move it away, or set DATABASE_URL or "
            "PAPERBOY_DATA_DIR to another place."
        )


__all__ = [
    "APPLICATION_ID",
    "Connection",
    "Database",
    "open_database",
    "open_reader",
    "open_writer",
]
