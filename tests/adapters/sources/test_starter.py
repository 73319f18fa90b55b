"""The starter catalogue: what it holds, and that it keeps the promises of both its ports."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from adapters.sources import starter
from adapters.sources.starter import StarterCatalogue
from bot.domain.identity import PaperRef, parse_ref
from bot.domain.papers import Paper, PaperId
from bot.ports import Order, Papers, Search
from bot.query.matching import match, prepare
from bot.query.parser import parse

ROOT = Path(__file__).parents[3]
PACKED = ROOT / "adapters" / "sources" / starter.FILE
QUERIES = [
    *(
        "splatting",
        '"gaussian splatting"',
        "splatting -slam",
        "splatting OR nerf",
        "title:diffusion",
    ),
    *(
        "cat:cs.RO",
        "cat:cs.*",
        "cat:cs.CV splatting",
        "source:arxiv -cat:cs.*",
        "quantum",
        "robot*",
    ),
    *("abstract:splatting", "upvotes>=1", "has:code", "in:daily", "keyword:nerf", "source:file"),
]


@pytest.fixture(scope="module")
def catalogue() -> StarterCatalogue:
    return StarterCatalogue()


@pytest.fixture(scope="module")
def entries() -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.decompress(PACKED.read_bytes()).splitlines()]


# -- what it holds ------------------------------------------------------------


def test_only_bibliographic_facts_of_at_least_600_papers(entries) -> None:
    assert len(entries) >= 600
    assert PACKED.stat().st_size < 150_000
    assert {tuple(entry) for entry in entries} == {("id", "title", "authors", "date", "categories")}
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert all(all(entry.values()) for entry in entries)
    assert [entry["id"] for entry in entries] == sorted(entry["id"] for entry in entries)


async def test_every_paper_is_whole(catalogue) -> None:
    papers = await catalogue.get(await everything(catalogue))
    assert len(papers) == await catalogue.count()
    for paper in papers:
        assert parse_ref(paper.id.removeprefix("arxiv:")) == PaperRef("arxiv", paper.id[6:])
        assert paper.title == " ".join(paper.title.split())
        assert not {"\\", "$"} & set(paper.title)
        assert paper.authors
        assert paper.list_day
        assert paper.list_day.weekday() < 5
        assert paper.abstract == ""
        assert paper.upvotes is None


async def test_all_topics_are_there(catalogue) -> None:
    for words, least in [
        *(("splatting", 40), ("diffusion", 40), ("language model", 50), ("agent", 40)),
        *(("robot", 20), ("nerf", 5), ('"reinforcement learning"', 20), ("retrieval", 15)),
        *(("speech", 10), ("medical", 10), ("graph", 20), ("quantum", 20), ("superconduct*", 10)),
    ]:
        assert await catalogue.count(parse(words)) >= least, words
    papers = await catalogue.get(await everything(catalogue))
    categories = Counter(category.split(".")[0] for one in papers for category in one.categories)
    for archive in ("cs", "math", "stat", "eess", "physics", "quant-ph", "astro-ph", "cond-mat"):
        assert categories[archive] >= 5, archive
    assert len({paper.list_day.replace(day=1) for paper in papers}) >= 12


async def test_the_newest_days_have_enough_to_show(catalogue) -> None:
    for day in await catalogue.list_days(3):
        assert len((await catalogue.on_days(day, day, 100)).ids) >= 5


def test_the_file_can_be_made_again(tmp_path) -> None:
    source = ROOT / "../shared/data/arxiv_118k.jsonl.xz"
    if "PAPERBOY_PROVE" not in os.environ:
        pytest.skip("takes 13 s: PAPERBOY_PROVE=1")
    if not source.exists():
        pytest.skip("needs ../shared: data/arxiv_118k.jsonl.xz")
    code = (
        "import importlib.util, pathlib, sys; "
        "spec = importlib.util.spec_from_file_location('make', sys.argv[1]); "
        "make = importlib.util.module_from_spec(spec); spec.loader.exec_module(make); "
        "make.TARGET = pathlib.Path(sys.argv[3]); make.main([sys.argv[2]])"
    )
    made = tmp_path / "starter.jsonl.gz"
    script = ROOT / "scripts" / "make_starter.py"
    subprocess.run([sys.executable, "-c", code, script, source, made], check=True)
    assert made.read_bytes() == PACKED.read_bytes()


# -- Search -------------------------------------------------------------------


async def everything(catalogue: StarterCatalogue) -> tuple[PaperId, ...]:
    days = await catalogue.list_days(10_000)
    found: list[PaperId] = []
    for day in days:
        found += (await catalogue.on_days(day, day, 1_000)).ids
    return tuple(found)


async def test_it_is_both_ports(catalogue) -> None:
    search: Search = catalogue
    papers: Papers = catalogue
    assert await search.count(parse("splatting")) < await papers.count()


@pytest.mark.parametrize("text", QUERIES)
async def test_finds_what_matches_and_nothing_else(catalogue, text: str) -> None:
    query = parse(text)
    found = await catalogue.find(query)
    papers = await catalogue.get(await everything(catalogue))
    expected = {paper.id for paper in papers if match(query, prepare(paper))}
    if len(expected) <= 1_000:
        assert set(found.ids) == expected
        assert (found.total, found.exact) == (len(expected), True)
    else:
        assert set(found.ids) < expected
        assert (len(found.ids), found.total, found.exact) == (1_000, 1_000, False)
    assert len(set(found.ids)) == len(found.ids)
    assert await catalogue.count(query) == found.total


async def test_authors_are_found(catalogue) -> None:
    [paper] = await catalogue.get((await catalogue.find(parse("splatting"))).ids[:1])
    found = await catalogue.find(parse(f'author:"{paper.authors[0]}"'))
    assert paper.id in found.ids


async def test_titles_that_say_it_come_first_and_newest_first() -> None:
    papers = [
        made("2506.00001", "Splatting", day=1),
        made("2506.00002", "Gaussian things", day=9, keywords=("splatting",)),
        made("2506.00003", "On Splatting", day=5),
        made("2506.00004", "More Splatting", day=7),
        made("2506.00005", "Yet more splatting", day=7, upvotes=4),
        made("2506.00006", "Splatting without a day"),
    ]
    catalogue = StarterCatalogue(papers)
    query = parse("splatting")
    assert numbers(await catalogue.find(query)) == [1, 4, 5, 3, 6, 2]
    assert numbers(await catalogue.find(query, order=Order.NEW)) == [2, 4, 5, 3, 1, 6]
    assert numbers(await catalogue.find(query, order=Order.UPVOTES)) == [5, 2, 4, 3, 1, 6]


async def test_bounds_and_days() -> None:
    catalogue = StarterCatalogue(
        [made(f"2506.0000{n}", "Splatting", day=n) for n in range(1, 6)]
        + [made("2506.00006", "Splatting"), made("2506.00007", "Other", day=3)]
    )
    query = parse("splatting")
    first, last = date(2025, 6, 2), date(2025, 6, 4)
    assert numbers(await catalogue.find(query, after=first, before=last)) == [3, 2]
    assert numbers(await catalogue.find(query, after=last)) == [5, 4]
    assert numbers(await catalogue.find(query, before=first)) == [1]
    assert numbers(await catalogue.on_days(first, last, 2)) == [4, 3]
    assert (await catalogue.on_days(first, last, 2)).total == 4
    absent = date(2024, 1, 1)
    assert await catalogue.count_by_day(query, [first, absent]) == {first: 1, absent: 0}
    assert await catalogue.list_days(2) == [date(2025, 6, 5), last]


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("splattting", "splatting"),  # one too many
        ("spltting", "splatting"),  # one too few
        ("spaltting", "splatting"),  # two swapped
        ("Splatting", None),  # known itself, and nothing else is near
        ("splxttxng", "splatting"),
        ("xplxttxng", None),  # three
        ("nxrf", "nerf"),
        ("nref", "nerf"),  # a swap is one edit
        ("nxxf", None),  # short words: one edit
        ("", None),
    ],
)
async def test_the_nearest_word(typed: str, near: str | None) -> None:
    catalogue = StarterCatalogue(
        [made("2506.00001", "Splatting with NeRF"), made("2506.00002", "More splatting")]
    )
    counts = {"splatting": 2, "nerf": 1}
    assert await catalogue.nearest_word(typed) == ((near, counts[near]) if near else None)


async def test_the_more_frequent_of_two_near_words() -> None:
    catalogue = StarterCatalogue(
        [made(f"2506.0000{n}", title) for n, title in enumerate(["cats", "bats", "bats"], 1)]
    )
    assert await catalogue.nearest_word("rats") == ("bat", 2)


# -- Papers -------------------------------------------------------------------


async def test_papers_by_id_and_by_name(catalogue) -> None:
    two = (await catalogue.find(parse("splatting"))).ids[1::-1]
    papers = await catalogue.get([PaperId("arxiv:0"), *two])
    assert [paper.id for paper in papers] == list(two)
    assert await catalogue.resolve(PaperRef("arxiv", two[0][6:], 3)) == papers[0]
    assert await catalogue.resolve(PaperRef("doi", "10.1/x")) is None


def made(number: str, title: str, day: int | None = None, **known) -> Paper:
    list_day = None if day is None else date(2025, 6, 1) + timedelta(days=day - 1)
    return Paper(id=PaperId(f"arxiv:{number}"), title=title, list_day=list_day, **known)


def numbers(found) -> list[int]:
    return [int(one[-2:]) for one in found.ids]
