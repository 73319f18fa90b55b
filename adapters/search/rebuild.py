"""Keeps the index equal to the papers table: opens it, replays what changed, makes it anew.

The number of the last paper stands beside the commit, written after it: a crash in between replays
papers that the index has already, which changes nothing.  Decides nothing about queries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import structlog
import tantivy

from adapters.search.entries import entry, register, schema, stamp
from adapters.search.folder import ABSENT, Folder, Mark, Unfit
from adapters.search.papers import IndexedPapers
from adapters.search.upvotes import Upvotes
from bot.domain.papers import Paper, PaperId
from bot.errors import StoreError

BATCH = 2_000
COMMIT_EVERY = 40_000
WRITER_BYTES = 200_000_000
MANY = 5_000
"""From so many papers on, a second thread of the writer is worth starting."""

REASON = 200
"""Characters: tantivy's own reasons may repeat whole files."""

log = structlog.get_logger("paperboy.search")


class Replica:
    """The tantivy index of the papers that a store has.

    Without `folder` it lives in memory.  With `read_only` it is what another process keeps; if that
    cannot be used, one in memory is made instead.
    """

    def __init__(
        self, papers: IndexedPapers, folder: Folder | None, *, read_only: bool = False
    ) -> None:
        self.upvotes = Upvotes(papers)
        self._papers = papers
        self._folder = folder
        self._read_only = read_only
        self._seq = 0
        self._one_writer = asyncio.Lock()
        self._begun: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._index: tantivy.Index

    def searcher(self) -> tantivy.Searcher:
        """What the last commit has; it stays as it is while it is used."""
        return self._index.searcher()

    async def open(self) -> None:
        """Open the index, or make it anew, and bring it up to date.  Raises StoreError."""
        await asyncio.to_thread(self._open)
        await self.catch_up()
        if self._follows_other or self._stopping:
            return
        if self.searcher().num_docs != await self._papers.count():
            await asyncio.to_thread(self._start_over, "it has other papers than the store")
            await self.catch_up()

    async def catch_up(self) -> None:
        """Take in what the store has and the index has not.  Raises StoreError.

        Whoever waits for it may be cancelled: it is carried on, since its threads cannot stop.
        """
        task = asyncio.create_task(self._catch_up())
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        await asyncio.shield(task)

    async def close(self) -> None:
        """Stop taking papers in, with what is begun committed."""
        self._stopping = True
        await asyncio.gather(*self._begun, return_exceptions=True)

    @property
    def _follows_other(self) -> bool:
        return self._read_only and self._folder is not None

    # -- replaying ------------------------------------------------------------

    async def _catch_up(self) -> None:
        if self._follows_other:
            self.upvotes.forget()
            await asyncio.to_thread(self._index.reload)
            return
        async with self._one_writer:
            newest = await self._papers.newest_seq()
            if newest < self._seq:
                await asyncio.to_thread(self._start_over, "it is ahead of the store")
            if newest == self._seq:
                return
            try:
                await self._replay(newest)
            except (OSError, ValueError) as error:
                raise StoreError(f"The search index cannot be written: {error}") from error

    async def _replay(self, newest: int) -> None:
        seq, waiting = self._seq, 0
        replaced = await self._papers.replaced_since(seq)
        batch = await self._papers.changed_since(seq, BATCH)
        writer = await asyncio.to_thread(self._writer, newest - seq)
        try:
            await asyncio.to_thread(_drop, writer, replaced)
            while batch and not self._stopping:
                await asyncio.to_thread(_take, writer, batch)
                self.upvotes.take(paper for _, paper in batch)
                seq, waiting = batch[-1][0], waiting + len(batch)
                batch = await self._papers.changed_since(seq, BATCH)
                if waiting >= COMMIT_EVERY and batch:
                    await asyncio.to_thread(self._commit, writer, seq, whole=False)
                    waiting = 0
            if not batch:
                await asyncio.to_thread(self._commit, writer, max(seq, newest), whole=True)
            elif waiting:
                await asyncio.to_thread(self._commit, writer, seq, whole=False)
        finally:
            await asyncio.to_thread(writer.wait_merging_threads)

    def _writer(self, papers: int) -> tantivy.IndexWriter:
        return self._index.writer(WRITER_BYTES, num_threads=1 if papers < MANY else 2)

    def _commit(self, writer: tantivy.IndexWriter, seq: int, *, whole: bool) -> None:
        writer.commit()
        if self._folder is not None:
            self._folder.put_mark(Mark(stamp=stamp(), seq=seq, whole=whole))
        self._seq = seq
        self._index.reload()

    # -- files ----------------------------------------------------------------

    def _open(self) -> None:
        if self._folder is None:
            self._make_in_memory()
            return
        try:
            mark = self._folder.check(stamp(), whole=self._read_only)
            self._index = tantivy.Index.open(str(self._folder.files))
            self._seq = mark.seq
            self._index.searcher()
            fits = self._index.schema == schema()
        except (Unfit, ValueError, OSError) as error:
            self._start_over(str(error)[:REASON])
            return
        if fits:
            register(self._index)
        else:
            self._start_over("its fields are others")

    def _start_over(self, reason: str) -> None:
        if self._folder is None or self._read_only:
            self._make_in_memory()
            return
        if reason != ABSENT:
            log.warning("search.rebuilding", reason=reason)
        try:
            self._folder.clear()
            self._index = tantivy.Index(schema(), path=str(self._folder.files))
        except (ValueError, OSError) as error:
            raise StoreError(
                f"The search index cannot be kept in {self._folder.files}: {error}"
            ) from error
        register(self._index)
        self._seq = 0

    def _make_in_memory(self) -> None:
        self._folder = None
        self._index = tantivy.Index(schema())
        register(self._index)
        self._seq = 0


def _drop(writer: tantivy.IndexWriter, ids: Mapping[PaperId, PaperId]) -> None:
    for one in ids:
        writer.delete_documents_by_term("id", one)


def _take(writer: tantivy.IndexWriter, batch: Sequence[tuple[int, Paper]]) -> None:
    for _, paper in batch:
        writer.delete_documents_by_term("id", paper.id)
        writer.add_document(entry(paper))
