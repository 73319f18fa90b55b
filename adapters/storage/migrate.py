"""Brings a database to the newest revision, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import inspect

from adapters.storage.engine import APPLICATION_ID, Connection, Database
from adapters.storage.tables import HEAD
from bot.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: Database) -> bool:
    """Create or upgrade the tables; whether there was anything to do.

    Raises StoreError when a newer Paperboy made the database.
    """
    async with database.read() as connection:
        if await revision_of(connection) == HEAD:
            return False
    async with database.write() as connection:
        await connection.run_sync(_upgrade)
        await connection.command(f"PRAGMA application_id={APPLICATION_ID}")
    return True


async def check_revision(database: Database) -> None:
    """Raise StoreError unless the database has the tables of this version."""
    async with database.read() as connection:
        revision = await revision_of(connection)
        if revision == HEAD:
            return
        if revision is not None:
            await connection.run_sync(lambda sync: _check_known(_config(sync), revision))
    raise StoreError(
        f"The database {database.path} was made by an older Paperboy: run `paperboy migrate`."
    )


async def revision_of(connection: Connection) -> str | None:
    """The revision that the database has; None when it has no tables yet."""
    return await connection.run_sync(_revision)


def _revision(connection: SyncConnection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _upgrade(connection: SyncConnection) -> None:
    from alembic import command  # half a second, needed once per version

    config = _config(connection)
    revision = _revision(connection)
    if revision is not None:
        _check_known(config, revision)
    command.upgrade(config, "head")


def _config(connection: SyncConnection) -> Config:
    from alembic.config import Config  # as in _upgrade

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _check_known(config: Config, revision: str) -> None:
    from alembic.script import ScriptDirectory  # as in _upgrade

    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision not in known:
        raise StoreError(
            "The database was made by a newer Paperboy: upgrade the program, or set "
            "PAPERBOY_DATA_DIR to another folder."
        )
