"""The index on disk: kept, replayed, and made anew when it cannot be trusted."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import structlog
from search_worlds import MemoryPapers, StillClock, made_papers

from adapters.search import rebuild
from adapters.search.entries import stamp
from adapters.search.folder import KINDS, Folder, Mark, Unfit
from adapters.search.lexical import LexicalIndex
from adapters.search.rebuild import Replica
from bot.domain.papers import Paper
from bot.errors import StoreError
from bot.ports import Order
from bot.query.matching import meets, prepare
from bot.query.parser import parse

PROVE = bool(os.environ.get("PAPERBOY_PROVE"))
pytestmark = pytest.mark.timeout(3_600 if PROVE else 120)
QUERIES = [
    parse(typed) for typed in ("gs", '"3d gs"', "cat:cs.*", "splat*", "author:wang", "title:gs")
]


class CountingPapers(MemoryPapers):
    """Tells how many papers the index asked for."""

    asked = 0

    async def changed_since(self, seq, limit):
        found = await super().changed_since(seq, limit)
        self.asked += len(found)
        return found


@pytest.fixture
def store():
    return CountingPapers(made_papers(60))


@pytest.fixture
def opened(tmp_path, store):
    def open_(papers=store, **options):
        return LexicalIndex.open(tmp_path / "search", papers, StillClock(), **options)

    return open_


async def assert_complete(index, store):
    for query in QUERIES:
        wanted = {paper.id for paper in store.papers if meets(query, prepare(paper))}
        found = await index.find(query)
        assert set(found.ids) == wanted, query
        assert len(found.ids) == found.total


async def test_it_is_made_once(opened, store):
    async with opened() as index:
        await assert_complete(index, store)
    assert store.asked == 60
    async with opened() as index:
        await assert_complete(index, store)
    assert store.asked == 60


async def test_what_was_stored_since_is_found_after_a_refresh(opened, store):
    async with opened() as index:
        store.put(replace(store.papers[0], title="quokka"), Paper(id="arxiv:new", title="quokkas"))
        assert (await index.find(parse("quokka"))).total == 0
        await index.refresh()
        assert set((await index.find(parse("quokka"))).ids) == {"arxiv:0", "arxiv:new"}
        await assert_complete(index, store)
    assert store.asked == 62


async def test_what_was_stored_while_it_was_closed_is_replayed(opened, store):
    async with opened():
        pass
    store.put(replace(store.papers[0], title="quokka"))
    async with opened() as index:
        assert (await index.find(parse("quokka"))).total == 1
        await assert_complete(index, store)
    assert store.asked == 61


async def test_upvotes_count_as_of_the_last_refresh(opened, store):
    query = parse("gs")
    async with opened() as index:
        last = store.stored[(await index.find(query)).ids[-1]][1]
        store.put(replace(last, title="GS", upvotes=10**9))
        await index.refresh()
        assert (await index.find(query)).ids[0] == last.id
        assert (await index.find(query, order=Order.UPVOTES)).ids[0] == last.id
        store.put(replace(last, title="GS", upvotes=None))
        await index.refresh()
        assert (await index.find(query, order=Order.UPVOTES)).ids[0] != last.id


async def test_where_a_paper_is_known_from_counts_as_of_the_last_refresh(opened, store):
    async with opened() as index:
        store.put(replace(store.papers[0], sources=frozenset({"file"})))
        await index.refresh()
        assert (await index.find(parse("source:file"))).ids == ("arxiv:0",)


async def test_a_paper_that_got_another_id_is_found_once(opened, store):
    async with opened() as index:
        store.replace("arxiv:0", replace(store.papers[0], id="arxiv:better", title="quokka"))
        await index.refresh()
        assert (await index.find(parse("quokka"))).ids == ("arxiv:better",)
        await assert_complete(index, store)
        await index.refresh()
    assert store.asked == 61


async def test_nothing_stored(opened):
    for _ in range(2):
        async with opened(MemoryPapers()) as index:
            assert (await index.find(parse("gs"))).total == 0
            assert await index.count(parse("-gs 3d")) == 0
            assert await index.nearest_word("splattting") is None


async def test_many_commits_and_batches(opened, store, monkeypatch):
    monkeypatch.setattr(rebuild, "BATCH", 7)
    monkeypatch.setattr(rebuild, "COMMIT_EVERY", 20)
    async with opened() as index:
        await assert_complete(index, store)


# -- not to be trusted ---------------------------------------------------------


@pytest.fixture
def events():
    """What was logged."""
    with structlog.testing.capture_logs() as captured:
        yield captured


def rebuilt(events):
    return [event["reason"] for event in events if event["event"] == "search.rebuilding"]


def live_files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "files").iterdir() if len(path.stem) == 32)


@pytest.fixture
def made(opened, tmp_path):
    """Makes the index and closes it; its folder."""

    async def make() -> Path:
        async with opened():
            pass
        return tmp_path / "search"

    return make


@pytest.mark.parametrize("damaged", list(product(KINDS, ["cut", "empty", "flip", "gone"])), ids=str)
async def test_a_damaged_file(opened, store, made, events, damaged):
    kind, damage = damaged
    folder = await made()
    [path] = [path for path in live_files(folder) if path.suffix == f".{kind}"]
    content = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(content[:-20])
        case "empty":
            path.write_bytes(b"")
        case "flip":
            middle = len(content) // 3
            path.write_bytes(
                content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            )
        case "gone":
            path.unlink()
    async with opened() as index:
        await assert_complete(index, store)
    assert len(rebuilt(events)) == 1
    assert store.asked == 120


@pytest.mark.parametrize(
    "damaged",
    [
        ("mark.json", b""),
        ("mark.json", b"[]"),
        ("mark.json", b'{"stamp": "x"}'),
        ("files/meta.json", b""),
        ("files/meta.json", b'{"segments": 3}'),
        ("files/meta.json", b'{"segments": []}'),
        ("files/meta.json", b"\xff\x00"),
    ],
)
async def test_a_damaged_list(opened, store, made, events, damaged):
    name, content = damaged
    folder = await made()
    (folder / name).write_bytes(content)
    async with opened() as index:
        await assert_complete(index, store)
    assert len(rebuilt(events)) == 1


async def test_any_changed_byte_of_tantivys_list_is_survived(opened, store, made):
    """The list has no checksum: either it is refused, or it still says what it said."""
    folder = await made()
    whole = (folder / "files/meta.json").read_bytes()
    for at in range(0, len(whole), 1 if PROVE else 397):
        (folder / "files/meta.json").write_bytes(whole[:at] + b"7" + whole[at + 1 :])
        async with opened() as index:
            await assert_complete(index, store)
        whole = (folder / "files/meta.json").read_bytes()


async def test_made_by_another_version(opened, store, made, events):
    folder = await made()
    mark = json.loads((folder / "mark.json").read_text())
    (folder / "mark.json").write_text(json.dumps(mark | {"stamp": "older"}))
    async with opened() as index:
        await assert_complete(index, store)
    assert rebuilt(events) == ["made by another version"]
    assert Folder(folder).check(stamp()).seq == 60


async def test_files_gone_but_for_the_mark(opened, store, made, events):
    folder = await made()
    for path in (folder / "files").iterdir():
        path.unlink()
    async with opened() as index:
        await assert_complete(index, store)
    assert len(rebuilt(events)) == 1


async def test_another_store(opened, made, events):
    """Older than the index, or with other papers."""
    await made()
    older = MemoryPapers(made_papers(10, seed=99))
    async with opened(older) as index:
        await assert_complete(index, older)
    other = MemoryPapers(made_papers(9, seed=98))
    other.put(*other.papers[:3])
    assert await other.newest_seq() > await older.newest_seq()
    async with opened(other) as index:
        await assert_complete(index, other)
    assert rebuilt(events) == ["it is ahead of the store", "it has other papers than the store"]


async def test_what_a_crash_left_over_is_no_damage(opened, store, made, events):
    folder = await made()
    (folder / "files" / f"{'0' * 32}.idx").write_bytes(b"half")
    async with opened() as index:
        await assert_complete(index, store)
    assert rebuilt(events) == []


async def test_a_folder_that_cannot_be_written(tmp_path, store):
    (tmp_path / "search").write_text("a file")
    with pytest.raises(StoreError, match="search index"):
        async with LexicalIndex.open(tmp_path / "search", store, StillClock()):
            pass


# -- crashes -------------------------------------------------------------------

CRASH = """
    import asyncio, os, signal, sys
    from pathlib import Path
    from search_worlds import MemoryPapers, StillClock, made_papers
    from adapters.search import folder, rebuild
    from adapters.search.lexical import LexicalIndex

    async def main():
        rebuild.BATCH, rebuild.COMMIT_EVERY = 10, 20
        kept, marks = folder.Folder.put_mark, 0

        def put_mark(self, mark):
            nonlocal marks
            marks += 1
            if marks == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
            kept(self, mark)

        folder.Folder.put_mark = put_mark
        store = MemoryPapers(made_papers(60))
        async with LexicalIndex.open(Path(sys.argv[1]), store, StillClock()):
            pass

    asyncio.run(main())
"""


@pytest.mark.parametrize("commit", [1, 2, 3])
async def test_killed_between_the_commit_and_the_mark(opened, store, tmp_path, commit):
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parents[2])])
    died = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", textwrap.dedent(CRASH), str(tmp_path / "search"), str(commit)],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    async with opened() as index:
        await assert_complete(index, store)
        assert await index.count(parse("-zzz gs OR 3d OR cat:cs.*")) <= 60
    assert store.asked == 60 - 20 * (commit - 1)


async def test_a_cancelled_refresh_is_carried_on(opened, store, monkeypatch):
    monkeypatch.setattr(rebuild, "BATCH", 5)
    async with opened() as index:
        store.put(*(replace(paper, title="quokka") for paper in store.papers))
        task = asyncio.ensure_future(index.refresh())
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.gather(*index._replica._begun)
        assert (await index.find(parse("quokka"))).total == 60


async def test_closing_ends_a_long_rebuild_where_it_can_be_continued(tmp_path, store, monkeypatch):
    monkeypatch.setattr(rebuild, "BATCH", 10)

    class Closing(CountingPapers):
        async def changed_since(self, seq, limit):
            if self.asked == 30:
                replica._stopping = True
            return await super().changed_since(seq, limit)

    closing = Closing(store.papers)
    replica = Replica(closing, Folder(tmp_path / "search"))
    await replica.open()
    await replica.close()
    mark = Folder(tmp_path / "search").check(stamp())
    assert (mark.whole, mark.seq) == (False, 30)
    async with LexicalIndex.open(tmp_path / "search", store, StillClock()) as index:
        await assert_complete(index, store)
    assert store.asked == 30


# -- reading what another process keeps ----------------------------------------


async def test_reading_beside_the_process_that_writes(opened, store):
    async with opened() as writing, opened(read_only=True) as reading:
        await assert_complete(reading, store)
        store.put(Paper(id="arxiv:new", title="quokkas"))
        await writing.refresh()
        await reading.refresh()
        assert (await reading.find(parse("quokka"))).total == 1
    assert store.asked == 61, "the reader asked for none"


async def test_reading_without_an_index_writes_none(opened, store, tmp_path):
    async with opened(read_only=True) as index:
        await assert_complete(index, store)
        store.put(Paper(id="arxiv:new", title="quokkas"))
        await index.refresh()
        assert (await index.find(parse("quokka"))).total == 1
    assert not (tmp_path / "search").exists()


async def test_reading_beside_one_that_is_still_in_the_making(opened, store, made):
    folder = Folder(await made())
    folder.put_mark(replace(folder.check(stamp()), whole=False))
    with pytest.raises(Unfit):
        folder.check(stamp(), whole=True)
    async with opened(read_only=True) as index:
        await assert_complete(index, store)
    assert store.asked == 120
    assert folder.check(stamp()) == Mark(stamp=stamp(), seq=60, whole=False)
