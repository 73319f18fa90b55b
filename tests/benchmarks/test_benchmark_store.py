"""How fast the store takes in and gives back papers: real ones from ../shared, else made-up ones.

Run by `make bench`; `make test` leaves it out.
"""

from __future__ import annotations

import json
import lzma
import random
import time
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from adapters.storage import open_store
from bot.domain.papers import Paper, PaperId
from bot.ports import IngestPlan

REAL = Path(__file__).parents[2] / "../shared/data/arxiv_118k.jsonl.xz"
AT_ONCE = 2_000
ONE_BY_ONE = 300


class FakeClock:
    def now(self) -> datetime:
        return datetime(2026, 6, 11, 6, 0, tzinfo=UTC)

    async def sleep(self, duration: timedelta) -> None:
        """Nothing waits here."""


@pytest.fixture(autouse=True)
def _measuring(request):
    if not any("benchmarks" in str(argument) for argument in request.config.args):
        pytest.skip("a measurement: run by `make bench`")


def made_up() -> list[Paper]:
    return [
        Paper(id=PaperId(f"arxiv:{n}"), title=f"Paper {n}", abstract="word " * 200)
        for n in range(20_000)
    ]


def real() -> list[Paper]:
    papers = []
    with lzma.open(REAL, "rt") as lines:
        for line in lines:
            entry = json.loads(line)
            papers.append(
                Paper(
                    id=PaperId(f"arxiv:{entry['id']}"),
                    title=entry["title"],
                    abstract=entry["abstract"],
                    authors=tuple(entry["authors"]),
                    categories=tuple(entry["categories"]),
                    list_day=date.fromisoformat(entry["first_seen"][:10]),
                    sources=frozenset({"file"}),
                )
            )
    return papers


async def load(store, papers: list[Paper], at_once: int) -> float:
    """Papers a second."""
    began = time.perf_counter()
    rest = iter(papers)
    while part := tuple(islice(rest, at_once)):
        async with store.ingest.ingest() as transaction:
            await transaction.known(part)
            await transaction.apply(IngestPlan(papers=part, owed=(), cursor=None))
    return len(papers) / (time.perf_counter() - began)


async def test_load_read_and_open(tmp_path):
    papers = real() if REAL.exists() else made_up()
    async with open_store(None, tmp_path / "slow", FakeClock()) as store:
        one_by_one = await load(store, papers[:ONE_BY_ONE], 1)
    async with open_store(None, tmp_path / "fast", FakeClock()) as store:
        in_parts = await load(store, papers, AT_ONCE)
        assert await store.papers.count() == len(papers)

        began = time.perf_counter()
        mark, replayed = 0, []
        while part := await store.papers.changed_since(mark, AT_ONCE):
            mark = part[-1][0]
            replayed += [paper for _, paper in part]
        replay = len(papers) / (time.perf_counter() - began)
        assert replayed == papers

        took = []
        for _ in range(500):
            wanted = random.sample(papers, 5)
            began = time.perf_counter()
            found = await store.papers.get([paper.id for paper in wanted])
            took.append(time.perf_counter() - began)
            assert found == wanted
    began = time.perf_counter()
    async with open_store(None, tmp_path / "fast", FakeClock()):
        opening = time.perf_counter() - began
    took.sort()
    print(
        f"\n{len(papers):,} papers: {in_parts:,.0f}/s in parts of {AT_ONCE:,}, "
        f"{in_parts / one_by_one:.0f}x of one by one; replayed for the index at {replay:,.0f}/s; "
        f"five by id {took[250] * 1e3:.2f} ms (p95 {took[475] * 1e3:.2f}); "
        f"opened in {opening * 1e3:.0f} ms"
    )
