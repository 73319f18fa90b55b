"""Looking papers up against SQLite's FTS5 and against the loop over `match()`, on the same papers.

Ratios count; absolute numbers are this machine's.  What is found is compared before anything is
measured.  `python tests/benchmarks/search_bench.py [PAPERS]`, or as a part of `make bench`.

FTS5 is asked for the 1,000 best ids as we are, with the words that our analyser made, so that both
find the same papers; it is spared reading facts and deciding tiers.
"""

import asyncio
import gzip
import json
import lzma
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

from adapters.search.lexical import MOST, LexicalIndex
from bot.domain.papers import Paper, PaperId
from bot.query.matching import meets, prepare
from bot.query.parser import parse
from bot.text.analysis import terms

DATA = Path(__file__).parents[2] / "../shared/data"
NAIVE = 5_000
"""So many papers the loop is measured on; its time grows with them, so it is scaled."""


class StillClock:
    def now(self) -> datetime:
        return datetime(2026, 7, 1, tzinfo=UTC)

    async def sleep(self, duration: timedelta) -> None:
        raise AssertionError


class MemoryPapers:
    """The store of papers, costing nothing; `adapters/storage` is measured elsewhere."""

    def __init__(self, papers: list[Paper]) -> None:
        self._papers = papers
        self._by_id = {paper.id: paper for paper in papers}

    async def newest_seq(self) -> int:
        return len(self._papers)

    async def count(self) -> int:
        return len(self._by_id)

    async def get(self, ids: Collection[PaperId]) -> list[Paper]:
        return [self._by_id[one] for one in ids]

    async def changed_since(self, seq: int, limit: int) -> list[tuple[int, Paper]]:
        return list(enumerate(self._papers[seq : seq + limit], start=seq + 1))

    async def replaced_since(self, seq: int) -> Mapping[PaperId, PaperId]:
        return {}

    async def ids_where(self, condition: object, among: object = None) -> list[PaperId]:
        return []

    async def upvotes(self, ids: Collection[PaperId]) -> Mapping[PaperId, int]:
        return {}


def read_papers(limit: int) -> list[Paper]:
    """Papers of ../shared, each once."""
    path, opener = DATA / "arxiv_118k.jsonl.xz", lzma.open
    if limit <= 20_000:
        path, opener = DATA / "arxiv_20k.jsonl.gz", gzip.open
    found: dict[PaperId, Paper] = {}
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            found[PaperId(entry["id"])] = Paper(
                id=PaperId(entry["id"]),
                title=" ".join(entry["title"].split()),
                abstract=" ".join(entry["abstract"].split()),
                authors=tuple(entry["authors"]),
                categories=tuple(entry["categories"]),
                list_day=date.fromisoformat(entry["first_seen"]),
            )
            if len(found) >= limit:
                break
    return list(found.values())


# -- what is asked -------------------------------------------------------------


def workload(papers: list[Paper], seed: int = 5) -> dict[str, list[str]]:
    """120 queries as people type them: kind → queries, drawn from the papers."""
    drawn = random.Random(seed)
    sample = drawn.sample(papers, min(4_000, len(papers)))
    counts: dict[str, int] = {}
    for paper in sample:
        for word in set(terms(f"{paper.title} {paper.abstract}").written):
            if word.isalpha():
                counts[word] = counts.get(word, 0) + 1
    rare = sorted(word for word, count in counts.items() if 1 < count <= 8 and len(word) > 4)
    middling = sorted(word for word, count in counts.items() if 20 <= count <= 400)
    common = sorted(counts, key=lambda word: (-counts[word], word))[:60]
    titles = [words for one in sample if len(words := terms(one.title).written) > 4]

    def pair(words: list[str]) -> str:
        return " ".join(drawn.sample(words, 2))

    def phrase(size: int) -> str:
        words = drawn.choice(titles)
        at = drawn.randint(0, len(words) - size)
        return '"' + " ".join(words[at : at + size]) + '"'

    def author() -> str:
        name = drawn.choice([one for one in sample if one.authors]).authors[0]
        return f'author:"{name}"'

    return {
        "rare word": drawn.sample(rare, 20),
        "two words": [pair(middling) for _ in range(20)],
        "common word": drawn.sample(common, 10),
        "two common": [pair(common) for _ in range(10)],
        "phrase": [phrase(drawn.randint(2, 3)) for _ in range(15)],
        "author": [author() for _ in range(15)],
        "prefix": [f"{word[: drawn.randint(3, 5)]}*" for word in drawn.sample(middling, 10)],
        "or": [f"{pair(middling).replace(' ', ' OR ')}" for _ in range(10)],
        "not": [f"{drawn.choice(common)} -{drawn.choice(middling)}" for _ in range(10)],
    }


# -- FTS5 ----------------------------------------------------------------------


class Fts5:
    """The same words in SQLite's own index: written forms and stems, one column each."""

    KINDS = ("rare word", "two words", "common word", "two common", "or", "not", "prefix")
    """What it can be asked so that it must find the same papers."""

    def __init__(self, path: Path, papers: list[Paper]) -> None:
        self._database = sqlite3.connect(path)
        self._database.execute(
            "create virtual table papers using fts5(forms, stems, content='', tokenize=ascii)"
        )
        rows = ((at, *map(" ".join, _words(paper))) for at, paper in enumerate(papers))
        self._database.executemany("insert into papers(rowid, forms, stems) values (?, ?, ?)", rows)
        self._database.commit()
        self._ids = [paper.id for paper in papers]

    def find(self, typed: str, limit: int) -> list[PaperId]:
        rows = self._database.execute(
            f"select rowid from papers where papers match ? order by rank limit {limit}",
            [_fts5(typed)],
        )
        return [self._ids[at] for (at,) in rows]

    def close(self) -> None:
        self._database.close()


def _words(paper: Paper) -> tuple[list[str], list[str]]:
    """Words that are no ASCII get letters that FTS5's tokenizer leaves alone."""
    found = terms(f"{paper.title} \n {paper.abstract}")
    return [*map(_ascii, found.written)], [*map(_ascii, found.stems)]


def _ascii(word: str) -> str:
    kept = word.replace("+", "zplus").replace("#", "zhash")
    return kept if kept.isascii() else kept.encode().hex()


def _fts5(typed: str) -> str:
    if typed.endswith("*"):
        return f'forms:"{terms(typed[:-1]).written[0]}"*'
    words = {
        word: f'stems:"{_ascii(terms(word.lstrip("-")).stems[0])}"'
        for word in typed.split()
        if word != "OR"
    }
    if " OR " in typed:
        return " OR ".join(words.values())
    wanted = " AND ".join(asked for word, asked in words.items() if not word.startswith("-"))
    unwanted = [asked for word, asked in words.items() if word.startswith("-")]
    return " NOT ".join([wanted, *unwanted])


# -- measuring -----------------------------------------------------------------


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


@dataclass
class Report:
    """What was measured, as lines to print and as the ratios that are promised."""

    lines: list[str] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)


async def measure(papers: list[Paper], folder: Path) -> Report:
    report = Report()
    queries = workload(papers)

    began = time.perf_counter()
    async with LexicalIndex.open(folder / "search", MemoryPapers(papers), StillClock()):
        pass
    indexing = time.perf_counter() - began
    began = time.perf_counter()
    fts5 = Fts5(folder / "fts5.db", papers)
    indexing_fts5 = time.perf_counter() - began
    report.lines.append(
        f"index {len(papers):,} papers: {len(papers) / indexing:,.0f}/s, "
        f"FTS5 {len(papers) / indexing_fts5:,.0f}/s, ratio {indexing_fts5 / indexing:.2f}"
    )
    size = sum(path.stat().st_size for path in (folder / "search/files").iterdir()) / 1e6
    size_fts5 = (folder / "fts5.db").stat().st_size / 1e6
    report.lines.append(
        f"size {size:.0f} MB (all parts, names, categories), FTS5 {size_fts5:.0f} MB (one part)"
    )

    began = time.perf_counter()
    async with LexicalIndex.open(folder / "search", MemoryPapers(papers), StillClock()) as index:
        opening = time.perf_counter() - began
        report.lines.append(f"open what is there: {opening * 1e3:.0f} ms")
        await assert_equal(index, fts5, papers, queries)
        await lookups(report, index, fts5, [prepare(paper) for paper in papers[:NAIVE]], queries)
        report.ratios["lookups to the loop"] *= len(papers) / len(papers[:NAIVE])
        report.lines.append(await misspelt(index))
    fts5.close()
    report.lines += [f"{name}: {ratio:.1f}x" for name, ratio in report.ratios.items()]
    return report


async def assert_equal(index, fts5, papers, queries) -> None:
    """The same papers from the index, from FTS5, and, in a part of them, from the loop."""
    part = [prepare(paper) for paper in papers[:NAIVE]]
    known = {document.paper.id for document in part}
    for kind, typed in ((kind, typed) for kind, asked in queries.items() for typed in asked):
        found = await index.find(parse(typed))
        if kind in Fts5.KINDS:
            others = fts5.find(typed, MOST + 1)
            assert (len(others) <= MOST) == found.exact, typed
            assert not found.exact or set(others) == set(found.ids), typed
        if found.exact:
            naive = {one.paper.id for one in part if meets(parse(typed), one)}
            assert naive == known & set(found.ids), typed


async def lookups(report, index, fts5, part, queries) -> None:
    times: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    loops: list[float] = []
    for kind, asked in queries.items():
        parsed = [parse(typed) for typed in asked]
        times[kind] = [await best(lambda query=query: index.find(query)) for query in parsed]
        loops += [loop(part, query) for query in parsed]
        if kind in Fts5.KINDS:
            theirs[kind] = [
                await best(lambda typed=typed: found_by(fts5, typed)) for typed in asked
            ]
        report.lines.append(f"  {kind:12} {told(times[kind])}")
    ours = [*chain.from_iterable(times.values())]
    shared = [*chain.from_iterable(times[kind] for kind in theirs)]
    of_fts5 = [*chain.from_iterable(theirs.values())]
    report.lines.append(f"all {len(ours)}, up to {MOST:,} ids in order: {told(ours)}")
    report.lines.append(f"those of {', '.join(theirs)}: {told(shared)}; FTS5: {told(of_fts5)}")
    report.ratios = {
        "lookups to FTS5 at p95": quantile(of_fts5, 0.95) / quantile(shared, 0.95),
        "common words to FTS5": statistics.median(theirs["common word"])
        / statistics.median(times["common word"]),
        "lookups to the loop": statistics.median(loops) / statistics.median(ours),
    }


def loop(part, query) -> float:
    """Seconds for the papers of `part`, analysed before."""
    for _ in range(2):
        began = time.perf_counter()
        for document in part:
            meets(query, document)
        took = time.perf_counter() - began
    return took


def told(times: list[float]) -> str:
    p50, p95 = (quantile(times, share) * 1e3 for share in (0.5, 0.95))
    return f"p50 {p50:.2f} ms, p95 {p95:.2f} ms, max {max(times) * 1e3:.2f} ms"


async def best(ask) -> float:
    """Seconds, the best of three."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        await ask()
        times.append(time.perf_counter() - began)
    return min(times)


async def found_by(fts5: Fts5, typed: str) -> list[PaperId]:
    return fts5.find(typed, MOST)


async def misspelt(index) -> str:
    times = []
    for word in ("splattting", "guassian", "difusoin", "trasnfromer", "xqzvbn"):
        began = time.perf_counter()
        await index.nearest_word(word)
        times.append(time.perf_counter() - began)
    return f"nearest word: {told(times)}"


def run(limit: int = 118_151) -> Report:
    """Measure with so many papers of ../shared."""
    papers = read_papers(limit)
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measure(papers, Path(folder)))


if __name__ == "__main__":
    print("\n".join(run(*map(int, sys.argv[1:2])).lines))
