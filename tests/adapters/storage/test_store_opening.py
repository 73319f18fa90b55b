"""Which files the store opens, and what it says of the others: one sentence that names the fix."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from adapters.storage import StoreLocked, open_store
from adapters.storage.place import database_path
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.papers import PaperId
from bot.errors import StoreError
from bot.ports import Found
from bot.query.values import Query, Word

ROOT = Path(__file__).parents[3]
HERE = ChannelRef(platform="local", workspace="local", channel="papers")


async def refusal(data_dir, clock, *, url=None, read_only=False) -> str:
    """What the store says when it does not open."""
    with pytest.raises(StoreError) as refused:
        async with open_store(url, data_dir, clock, read_only=read_only):
            pass
    return str(refused.value)


def run(program: str, *arguments: object, **options) -> subprocess.CompletedProcess[str]:
    """Run a Python program that finds the project."""
    return subprocess.run(
        [sys.executable, "-X", "dev", "-c", program, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


# -- settings -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (None, "/data/paperboy.db"),
        ("", "/data/paperboy.db"),
        ("sqlite:////srv/a b/%41.db", "/srv/a b/%41.db"),
        ("sqlite:///x/y.db", str(Path.cwd() / "x/y.db")),
    ],
)
def test_the_file_that_the_settings_name(url, path):
    assert database_path(url, Path("/data")) == Path(path)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://me:secret@db/papers", "PostgreSQL, which this version cannot use yet"),
        ("postgres://me:secret@db/papers", "PostgreSQL, which this version cannot use yet"),
        ("sqlite+aiosqlite:///a.db", "write sqlite:/// in front"),
        ("sqlite://a.db", "no database that Paperboy knows"),
        ("mysql://me:secret@db", "no database that Paperboy knows"),
        ("papers.db", "no database that Paperboy knows"),
        ("sqlite:///", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///a.db?mode=ro", "must name a file"),
    ],
)
async def test_other_addresses_are_refused_without_repeating_them(tmp_path, clock, url, said):
    sentence = await refusal(tmp_path, clock, url=url)
    assert said in sentence
    assert "DATABASE_URL" in sentence
    assert "secret" not in sentence


async def test_folder_and_file_may_have_any_name(tmp_path, clock):
    folder = tmp_path / "a %41 ?#&é"
    async with open_store(None, folder, clock) as store:
        assert await store.papers.count() == 0
        assert store.path == folder / "paperboy.db"
    assert (folder / "paperboy.db").stat().st_size > 0


# -- files that are not ours --------------------------------------------------


@pytest.mark.parametrize("content", [b"hello", b"x" * 5000, b"SQLite format 2\0" + b"\0" * 100])
async def test_no_database_at_all(tmp_path, clock, content):
    file = tmp_path / "paperboy.db"
    file.write_bytes(content)
    sentence = await refusal(tmp_path, clock)
    assert f"{file} is not a database: move it away" in sentence
    assert file.read_bytes() == content


@pytest.mark.parametrize("statement", ["CREATE TABLE theirs (x)", "PRAGMA application_id=42"])
@pytest.mark.parametrize("read_only", [False, True])
async def test_another_programs_database_is_left_as_it_is(tmp_path, clock, statement, read_only):
    file = tmp_path / "paperboy.db"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute(statement)
    content = file.read_bytes()
    sentence = await refusal(tmp_path, clock, read_only=read_only)
    assert f"{file} is a database of another program: move it away" in sentence
    assert file.read_bytes() == content


async def test_an_empty_file_becomes_ours(tmp_path, clock):
    (tmp_path / "paperboy.db").touch()
    async with open_store(None, tmp_path, clock) as store:
        assert await store.papers.count() == 0


async def test_a_damaged_database(data_dir, clock):
    file = data_dir / "paperboy.db"
    content = bytearray(file.read_bytes())
    content[100:4096] = b"\xff" * 3996
    file.write_bytes(content)
    assert "is damaged: put a backup in its place" in await refusal(data_dir, clock)


async def test_a_folder_in_the_place_of_the_file(tmp_path, clock):
    (tmp_path / "paperboy.db").mkdir()
    sentence = await refusal(tmp_path, clock)
    assert "is a folder, not a database file: set DATABASE_URL to a file in it" in sentence


async def test_a_file_in_the_place_of_the_folder(tmp_path, clock):
    (tmp_path / "data").touch()
    sentence = await refusal(tmp_path / "data", clock)
    assert "is a file, not a folder" in sentence
    sentence = await refusal(tmp_path / "data" / "below", clock)
    assert "cannot be created" in sentence


OPEN = """
import asyncio, os, sys
from pathlib import Path
from adapters.storage import open_store
from bot.clock import SystemClock
from bot.errors import StoreError

async def main():
    read_only = sys.argv[2] == "read"
    async with open_store(None, Path(sys.argv[1]), SystemClock(), read_only=read_only) as store:
        print("papers", await store.papers.count())

try:
    asyncio.run(main())
except StoreError as error:
    sys.exit(str(error))
"""


def obey_permissions() -> None:
    """Let permissions count for root too: drop CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


@pytest.fixture
def as_a_user():
    if os.geteuid() == 0 and not sys.platform.startswith("linux"):
        pytest.skip("needs a user whom permissions bind")
    return {"preexec_fn": obey_permissions} if os.geteuid() == 0 else {}


def test_a_folder_that_may_not_be_written(tmp_path, as_a_user):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o555)
    done = run(OPEN, folder, "write", **as_a_user)
    assert f"This user may not write in the folder {folder}" in done.stderr
    assert "set PAPERBOY_DATA_DIR to a folder that this user may write" in done.stderr
    done = run(OPEN, folder / "below", "write", **as_a_user)
    assert f"The folder {folder / 'below'} cannot be created (Permission denied)" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


def test_a_file_that_may_not_be_written(data_dir, as_a_user):
    file = data_dir / "paperboy.db"
    file.chmod(0o444)
    done = run(OPEN, data_dir, "write", **as_a_user)
    assert f"This user may not write the database {file}" in done.stderr
    assert run(OPEN, data_dir, "read", **as_a_user).stdout == "papers 0\n"


def test_a_file_that_may_not_be_read(data_dir, as_a_user):
    file = data_dir / "paperboy.db"
    file.chmod(0)
    for how in ("read", "write"):
        done = run(OPEN, data_dir, how, **as_a_user)
        assert f"The database {file} cannot be read (Permission denied)" in done.stderr


def test_reading_in_a_folder_that_may_not_be_written(data_dir, as_a_user):
    """SQLite needs a place for its shared memory even to read; without one, that is said."""
    data_dir.chmod(0o555)
    done = run(OPEN, data_dir, "read", **as_a_user)
    assert "give this user write permission to the file and its folder" in done.stderr
    assert "Traceback" not in done.stderr


# -- one process --------------------------------------------------------------


async def test_a_second_writer_is_refused_and_told_by_whom(tmp_path, clock):
    async with open_store(None, tmp_path, clock):
        done = run(OPEN, tmp_path, "write")
        with pytest.raises(StoreLocked) as refused:
            async with open_store(None, tmp_path, clock):
                pass
    sentence = str(refused.value)
    assert refused.value.pid == os.getpid()
    assert f"(pid {os.getpid()})" in sentence
    assert "stop the other one, or set PAPERBOY_DATA_DIR to another folder" in sentence
    assert "planned and not built yet" in sentence
    assert done.stderr == sentence + "\n"
    async with open_store(None, tmp_path, clock):
        pass


async def test_another_data_folder_does_not_open_the_same_file_twice(tmp_path, clock):
    url = f"sqlite:///{tmp_path}/db/papers.db"
    link = tmp_path / "link.db"
    async with open_store(url, tmp_path / "one", clock):
        assert "One process at a time" in await refusal(tmp_path / "two", clock, url=url)
        link.symlink_to(tmp_path / "db/papers.db")
        other = f"sqlite:///{link}"
        assert "One process at a time" in await refusal(tmp_path / "two", clock, url=other)
    async with open_store(url, tmp_path / "two", clock):
        pass


# -- reading beside a writer --------------------------------------------------


async def test_a_reading_process_reads_what_the_writing_one_writes(data_dir, clock):
    async with (
        open_store(None, data_dir, clock) as writing,
        open_store(None, data_dir, clock, read_only=True) as reading,
    ):
        assert (writing.read_only, reading.read_only) == (False, True)
        query = Query(Word(text="splats"))
        subscription, _ = await writing.subscriptions.subscribe(
            HERE, query, owner=ActorId("you"), owner_name="you"
        )
        assert await reading.subscriptions.of_channel(HERE) == [subscription]


async def test_a_reading_process_stores_nothing(data_dir, clock):
    before = (data_dir / "paperboy.db").read_bytes()
    async with open_store(None, data_dir, clock, read_only=True) as store:
        for attempt in (
            store.subscriptions.subscribe(
                HERE, Query(Word(text="a")), owner=ActorId("you"), owner_name="you"
            ),
            store.deliveries.share(HERE, PaperId("arxiv:1"), by="you"),
            store.local_messages.add_channel("papers"),
            store.ingest.note_failure("arxiv", "away", clock.now()),
        ):
            with pytest.raises(StoreError, match="This process only reads the database"):
                await attempt
        found = Found(ids=(PaperId("arxiv:1"),), total=1)
        listing = await store.memory.keep_listing(HERE, ActorId("you"), "splats", found)
        assert await store.memory.listing(HERE, listing.id) == listing
    assert (data_dir / "paperboy.db").read_bytes() == before


async def test_there_is_nothing_to_read_yet(tmp_path, clock):
    sentence = await refusal(tmp_path, clock, read_only=True)
    assert "There is no database" in sentence
    assert "paperboy migrate" in sentence
    assert list(tmp_path.iterdir()) == []


# -- a process that dies ------------------------------------------------------

CRASH = """
import asyncio, sys
from pathlib import Path
from adapters.storage import open_store
from bot.clock import SystemClock

async def main():
    async with open_store(None, Path(sys.argv[1]), SystemClock()) as store:
        await store.local_messages.add_channel("papers")
        if sys.argv[2] == "inside":
            async with store.ingest.ingest():
                raise ZeroDivisionError
        task = asyncio.ensure_future(store.papers.count())
        await asyncio.sleep(0)
        raise ZeroDivisionError

asyncio.run(main())
"""

ABANDON = """
import asyncio, sys
from pathlib import Path
from adapters.storage import open_store
from bot.clock import SystemClock

async def main():
    opening = open_store(None, Path(sys.argv[1]), SystemClock())
    store = await opening.__aenter__()  # and never left
    await store.local_messages.add_channel("papers")
    raise ZeroDivisionError

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("program", "arguments"), [(CRASH, ["inside"]), (CRASH, ["outside"]), (ABANDON, [])]
)
async def test_a_crashing_process_ends(data_dir, clock, program, arguments):
    """aiosqlite's thread would keep the interpreter alive for ever: `run` gives it a minute."""
    done = run(program, data_dir, *arguments)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    async with open_store(None, data_dir, clock) as store:
        assert [one.name for one in await store.local_messages.channels()] == ["papers"]
