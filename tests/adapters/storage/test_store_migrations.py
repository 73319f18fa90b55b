"""Creating and upgrading the tables."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from adapters.storage import migrate, open_store
from adapters.storage.engine import APPLICATION_ID
from adapters.storage.tables import HEAD, metadata
from bot.errors import StoreError


@pytest.fixture
def migrated(data_dir):
    engine = create_engine(f"sqlite:///{data_dir}/paperboy.db")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def sql(data_dir, statement):
    with closing(sqlite3.connect(data_dir / "paperboy.db", isolation_level=None)) as database:
        return database.execute(statement).fetchall()


def test_the_migrated_tables_are_the_described_ones(migrated):
    context = MigrationContext.configure(
        migrated, opts={"compare_type": True, "compare_server_default": True}
    )
    assert compare_metadata(context, metadata) == []


def test_constraints_are_the_described_ones(migrated):
    """What `compare_metadata` does not look at on SQLite: foreign keys' columns and uniqueness."""
    found = inspect(migrated)
    for table in metadata.sorted_tables:
        uniques = {tuple(one["column_names"]) for one in found.get_unique_constraints(table.name)}
        keys = {
            (tuple(one["constrained_columns"]), one["referred_table"])
            for one in found.get_foreign_keys(table.name)
        }
        assert uniques == {
            tuple(column.name for column in one.columns)
            for one in table.constraints
            if one.__visit_name__ == "unique_constraint"
        }, table.name
        assert keys == {
            (tuple(one.column_keys), one.referred_table.name)
            for one in table.foreign_key_constraints
        }, table.name


def test_every_tenants_row_names_its_workspace():
    tenants = {
        "channels",
        "subscriptions",
        "pauses",
        "deliveries",
        "delivery_reasons",
        "audit",
        "listings",
        "drafts",
        "local_messages",
    }
    shared = {
        "papers",
        "paper_aliases",
        "paper_lists",
        "list_days",
        "signals",
        "replaced_papers",
        "counters",
        "cursors",
        "outages",
        "breakers",  # a tenant's scope begins with its workspace
        "workspaces",
    }
    assert set(metadata.tables) == tenants | shared
    assert {name for name, table in metadata.tables.items() if "workspace" in table.c} == tenants
    for name in tenants:
        assert not metadata.tables[name].c.workspace.nullable


def test_head_is_the_newest_migration():
    assert ScriptDirectory(str(migrate.MIGRATIONS)).get_current_head() == HEAD


def test_a_new_database_is_marked_as_ours(data_dir):
    assert sql(data_dir, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert sql(data_dir, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert sql(data_dir, "PRAGMA journal_mode") == [("wal",)]


async def test_opening_again_changes_nothing(data_dir, clock):
    before = sql(data_dir, "PRAGMA schema_version")
    async with open_store(None, data_dir, clock):
        pass
    assert sql(data_dir, "PRAGMA schema_version") == before


@pytest.mark.parametrize("read_only", [False, True])
async def test_a_database_of_a_newer_version(data_dir, clock, read_only):
    sql(data_dir, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="made by a newer Paperboy: upgrade the program"):
        async with open_store(None, data_dir, clock, read_only=read_only):
            pass
    assert sql(data_dir, "SELECT version_num FROM alembic_version") == [("9999",)]


async def test_a_database_without_tables_cannot_be_read_yet(tmp_path, clock):
    sql(tmp_path, "PRAGMA journal_mode=WAL")
    with pytest.raises(StoreError, match="run `paperboy migrate`"):
        async with open_store(None, tmp_path, clock, read_only=True):
            pass


async def test_a_migration_that_fails_leaves_nothing(tmp_path, clock, monkeypatch):
    """Half the tables and no mark would be a file that no version opens again."""
    create = Operations.create_table
    made = []

    def create_some(self, name, *columns, **options):
        made.append(name)
        if name == "workspaces":
            raise ZeroDivisionError
        return create(self, name, *columns, **options)

    monkeypatch.setattr(Operations, "create_table", create_some)
    with pytest.raises(ZeroDivisionError):
        async with open_store(None, tmp_path, clock):
            pass
    assert "papers" in made
    assert sql(tmp_path, "SELECT count(*) FROM sqlite_master") == [(0,)]
    monkeypatch.undo()
    async with open_store(None, tmp_path, clock) as store:
        assert await store.papers.count() == 0
