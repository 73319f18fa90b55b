"""Opens the store: takes the lock, opens the file, brings its tables up to date, and joins the
parts that implement the core's ports.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from adapters.storage.breakers import StoredBreakers
from adapters.storage.changes import StoredChanges
from adapters.storage.channel_settings import StoredChannelSettings
from adapters.storage.cursors import StoredHealth
from adapters.storage.dead_letters import DeadLetters
from adapters.storage.deliveries import StoredDeliveries
from adapters.storage.engine import Database, open_database, open_writer
from adapters.storage.ingest import StoredIngest
from adapters.storage.list_days import StoredOutages
from adapters.storage.local import LocalMessages
from adapters.storage.lock import held, lock_files
from adapters.storage.memory import ProcessMemory, StoredMemory
from adapters.storage.migrate import check_revision, migrate
from adapters.storage.outbox import StoredOutbox
from adapters.storage.papers import StoredPapers
from adapters.storage.place import database_path, prepare_folder
from adapters.storage.subscriptions import StoredSubscriptions
from bot.clock import Clock


class Store:
    """An open store; its attributes implement the ports of `bot.ports`.

    In a process that only reads, whatever would write raises StoreError, except that `memory`
    keeps things for the life of the process.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.path = database.path
        self.read_only = database.read_only
        self.papers = StoredPapers(database)
        self.subscriptions = StoredSubscriptions(database, clock)
        self.changes = StoredChanges(database, clock)
        self.channels = StoredChannelSettings(database, clock)
        self.deliveries = StoredDeliveries(database, clock)
        self.outbox = StoredOutbox(database, clock)
        self.dead_letters = DeadLetters(database, clock)
        self.ingest = StoredIngest(database, clock)
        self.health = StoredHealth(database)
        self.breakers = StoredBreakers(database)
        self.outages = StoredOutages(database, clock)
        self.local_messages = LocalMessages(database, clock)
        self.memory = ProcessMemory(clock) if self.read_only else StoredMemory(database, clock)


@asynccontextmanager
async def open_store(
    url: str | None, data_dir: Path, clock: Clock, *, read_only: bool = False
) -> AsyncIterator[Store]:
    """The store, for as long as the block runs.

    `url` is the setting DATABASE_URL, None for `paperboy.db` in `data_dir`.  Whoever may write
    takes the lock, creates or upgrades the tables, and is the only one; who only reads takes
    nothing and needs a database of this version.  Raises StoreLocked when another process writes,
    and StoreError for everything else that a person has to mend.
    """
    path = database_path(url, data_dir)
    async with AsyncExitStack() as stack:
        writer = None
        if not read_only:
            for folder in {data_dir, path.parent}:
                await asyncio.to_thread(prepare_folder, folder)
            for file in lock_files(path, data_dir):
                stack.enter_context(held(file))
            writer = await stack.enter_async_context(open_writer(path))
        database = await stack.enter_async_context(open_database(path, writer))
        if read_only:
            await check_revision(database)
        else:
            await migrate(database)
        yield Store(database, clock)
