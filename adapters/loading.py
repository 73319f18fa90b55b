"""`paperboy load`: papers from a file into the store, as knowledge, with a bar that shows how far.

What a line must hold is decided in `adapters.sources.paper_file`.
"""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from adapters.settings import Settings
from adapters.sources.paper_file import Broken, CutOff, Entry, read_papers, unpacked
from adapters.wiring import Program, assembled
from bot.clock import SystemClock
from bot.domain.pages import Item, Page
from bot.errors import Unusable

DONE = 0
NOTHING_DONE = 1
BATCH = 1_000  #: papers in one transaction
NAMED = 5  #: broken lines that are named one by one


@dataclass(slots=True)
class Tally:
    """What became of the lines so far."""

    papers: int = 0
    changed: int = 0
    broken: int = 0
    first_broken: list[Broken] = field(default_factory=list)
    cut_off: CutOff | None = None

    def count(self, entries: list[Entry]) -> tuple[Item, ...]:
        """Count the entries; the papers among them."""
        items = []
        for entry in entries:
            match entry:
                case Broken():
                    self.broken += 1
                    if len(self.first_broken) < NAMED:
                        self.first_broken.append(entry)
                case CutOff():
                    self.cut_off = entry
                case paper:
                    self.papers += 1
                    items.append(Item(paper=paper))
        return tuple(items)

    def sentences(self, name: str) -> Iterator[str]:
        """What a person should know of it."""
        for broken in self.first_broken:
            yield f"{name}, line {broken.line}: {broken.reason}; skipped"
        if self.broken > len(self.first_broken):
            yield f"{name}: {_count(self.broken - NAMED, 'more line')} cannot be read"
        if self.cut_off is not None:
            yield (
                f"{name} cannot be read after line {self.cut_off.after:,}: {self.cut_off.reason}. "
                "Fetch it again, then load it again; what is known already does not count twice."
            )
        if not self.papers:
            yield (
                f"{name} has no paper in it. A line is an object such as "
                '{"id": "2606.01234", "title": "…", "abstract": "…"}.'
            )


async def load(settings: Settings, name: str) -> int:
    """Load a file (`-`: standard input).  1 when it has no paper in it, or is damaged."""
    tally = Tally()
    with _opened(name) as file:
        async with assembled(settings, SystemClock(), index_later=True) as program:
            try:
                await _read_into(program, file, tally)
            finally:
                # After Ctrl-C too: what was read until then is stored.
                _tell("standard input" if name == "-" else name, tally)
    return DONE if tally.papers and tally.cut_off is None else NOTHING_DONE


async def _read_into(program: Program, file: BinaryIO, tally: Tally) -> None:
    entries = read_papers(await asyncio.to_thread(unpacked, file))
    with _bar(file) as advance:
        while batch := await asyncio.to_thread(lambda: list(islice(entries, BATCH))):
            if items := tally.count(batch):
                page = Page(source="file", items=items)
                tally.changed += await program.ingestion.remember(page)
            advance(f"{_count(tally.papers, 'paper')} stored")
        advance("making them searchable")
        await program.refresh()


def _tell(name: str, tally: Tally) -> None:
    for sentence in tally.sentences(name):
        print(f"paperboy: {sentence}", file=sys.stderr)
    print(f"{_count(tally.papers, 'paper')} read, {tally.changed:,} new or changed.", flush=True)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


@contextmanager
def _bar(file: BinaryIO) -> Iterator[Callable[[str], None]]:
    """A progress bar on a terminal, by bytes of the file, where its size is known."""
    console = Console(stderr=True)
    status = os.fstat(file.fileno())
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("reading", total=size)

        def advance(description: str) -> None:
            done = file.tell() if size is not None else 0
            bar.update(task, completed=done, description=description)

        yield advance


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(name).open("rb"))
        except FileNotFoundError:
            raise Unusable(f"There is no file {name}.") from None
        except IsADirectoryError:
            raise Unusable(f"{name} is a folder; name a file in it.") from None
        except OSError as error:
            raise Unusable(f"{name} cannot be read: {(error.strerror or '').lower()}.") from None
        yield file
