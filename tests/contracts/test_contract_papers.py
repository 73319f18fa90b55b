"""What `bot.ports.Papers` promises, and what the search index reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.pages import ListDay
from bot.domain.papers import Paper, PaperId
from bot.domain.references import PaperRef
from bot.ports import IngestPlan
from bot.query.values import Count, Has, Link, ListedIn, ListName, Number, SourceIs, SourceName

EVERYTHING = Paper(
    id=PaperId("arxiv:2606.06690"),
    title="RPC-GS: Gaußsche Splats \U0001f6f0",
    abstract="A satellite\nsees.",
    authors=("Valentin Wagner", "Ünal Öz"),
    categories=("cs.CV", "cs.GR"),
    keywords=("splatting", "remote sensing"),
    organization="Inria",
    ai_summary="One sentence.",
    comment="10 pages",
    doi="10.1000/XyZ",
    version=2,
    withdrawn=True,
    submitted_at=datetime(2026, 6, 7, 17, 59, 59, 123456, tzinfo=UTC),
    list_day=date(2026, 6, 8),
    announced_at=datetime(2026, 6, 8, 4, 0, tzinfo=UTC),
    upvotes=24,
    stars=86,
    comments=0,
    code_url="https://github.com/a/b",
    project_url="https://a.example",
    sources=frozenset({"arxiv", "huggingface"}),
    lists=frozenset({"daily", "trending"}),
    raw_title="RPC-GS: Gau{\\ss}sche",
    raw_abstract="A $satellite$",
)


def paper(name: str, **fields) -> Paper:
    fields = {"title": f"Title of {name}", **fields}
    return Paper(id=PaperId(name if ":" in name else f"arxiv:{name}"), **fields)


async def keep(store, *papers: Paper) -> None:
    async with store.ingest.ingest() as transaction:
        await transaction.known(papers)
        await transaction.apply(IngestPlan(papers=papers, owed=(), cursor=None))


async def test_every_field_of_a_paper_comes_back(store):
    bare = paper("2606.00001")
    await keep(store, EVERYTHING, bare)
    assert await store.papers.get([EVERYTHING.id, bare.id]) == [EVERYTHING, bare]


async def test_get_keeps_the_order_and_leaves_out_the_unknown(store):
    every = [paper(f"2606.{n:05}") for n in range(1, 1201)]
    await keep(store, *every)
    wanted = [one.id for one in reversed(every)]
    assert [one.id for one in await store.papers.get([PaperId("arxiv:0"), *wanted])] == wanted
    assert await store.papers.get([]) == []


@pytest.mark.parametrize(
    "ref",
    [
        PaperRef("arxiv", "2606.06690"),
        PaperRef("arxiv", "2606.06690", version=1),
        PaperRef("doi", "10.1000/xyz"),
    ],
)
async def test_a_paper_is_found_by_any_of_its_names(store, ref):
    await keep(store, EVERYTHING)
    assert await store.papers.resolve(ref) == EVERYTHING


async def test_a_name_that_is_not_known_finds_nothing(store):
    assert await store.papers.resolve(PaperRef("arxiv", "2606.99999")) is None


async def test_list_days_that_came_whole_newest_first(store):
    await keep(store, paper("9", list_day=date(2026, 6, 9)))
    for day in (1, 3, 2, 3):
        async with store.ingest.ingest() as transaction:
            days = (ListDay(day=date(2026, 6, day)),)
            await transaction.apply(IngestPlan(papers=(), owed=(), cursor=None, days=days))
    assert await store.papers.list_days(2) == [date(2026, 6, 3), date(2026, 6, 2)]


async def test_papers_of_days_by_upvotes_then_newness_then_id(store):
    await keep(
        store,
        paper("a", list_day=date(2026, 6, 1)),
        paper("b", list_day=date(2026, 6, 2)),
        paper("c", list_day=date(2026, 6, 1), upvotes=0),
        paper("d", list_day=date(2026, 6, 2), upvotes=7),
        paper("e", list_day=date(2026, 6, 2)),
        paper("f", list_day=date(2026, 6, 3), upvotes=9),
    )
    found = await store.papers.on_days(date(2026, 6, 1), date(2026, 6, 2), 4)
    assert found.ids == ("arxiv:d", "arxiv:c", "arxiv:b", "arxiv:e")
    assert (found.total, found.exact) == (5, True)


async def test_a_total_is_counted_up_to_a_thousand(store):
    day = date(2026, 6, 1)
    await keep(store, *(paper(f"{n:05}", list_day=day) for n in range(1001)))
    found = await store.papers.on_days(day, day, 3)
    assert (len(found.ids), found.total, found.exact) == (3, 1000, False)
    assert await store.papers.count() == 1001


async def test_every_change_has_a_higher_number(store):
    assert await store.papers.newest_seq() == 0
    first, second = paper("1"), paper("2")
    await keep(store, first, second)
    seen = await store.papers.changed_since(0, 10)
    assert [one for _, one in seen] == [first, second]
    mark = await store.papers.newest_seq()
    assert mark == seen[-1][0]
    assert await store.papers.changed_since(mark, 10) == []
    await keep(store, replace(first, upvotes=3))
    ((number, changed),) = await store.papers.changed_since(mark, 10)
    assert changed.upvotes == 3
    assert number > mark


async def test_changes_come_in_parts(store):
    every = [paper(f"{n}") for n in range(7)]
    await keep(store, *every)
    seen, mark = [], 0
    while part := await store.papers.changed_since(mark, 3):
        assert len(part) <= 3
        mark = part[-1][0]
        seen += [one for _, one in part]
    assert seen == every


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Number(count=Count.UPVOTES, least=10), {"arxiv:1"}),
        (Number(count=Count.UPVOTES, least=0), {"arxiv:1", "arxiv:2"}),
        (Number(count=Count.STARS, least=5), {"arxiv:2"}),
        (Number(count=Count.COMMENTS, least=1), {"arxiv:3"}),
        (Has(link=Link.CODE), {"arxiv:2"}),
        (Has(link=Link.PROJECT), {"arxiv:3"}),
        (ListedIn(list=ListName.TRENDING), {"arxiv:1"}),
        (SourceIs(source=SourceName.HUGGINGFACE), {"arxiv:2", "arxiv:3"}),
        (SourceIs(source=SourceName.FILE), {"arxiv:1"}),
    ],
)
async def test_facts_that_change_are_taken_from_the_store(store, condition, expected):
    await keep(
        store,
        paper("1", upvotes=10, lists=frozenset({"trending"}), sources=frozenset({"file"})),
        paper("2", upvotes=9, stars=5, code_url="https://c", sources=frozenset({"huggingface"})),
        paper(
            "3",
            comments=1,
            project_url="https://p",
            lists=frozenset({"daily"}),
            sources=frozenset({"arxiv", "huggingface"}),
        ),
    )
    assert set(await store.papers.ids_where(condition)) == expected
    among = [PaperId("arxiv:2"), PaperId("arxiv:7")]
    assert set(await store.papers.ids_where(condition, among)) == expected & set(among)


async def test_upvotes_of_those_that_have_any(store):
    await keep(store, paper("1", upvotes=4), paper("2"), paper("3", upvotes=9))
    told = await store.papers.upvotes([PaperId("arxiv:1"), PaperId("arxiv:2")])
    assert told == {"arxiv:1": 4}


async def test_text_that_no_database_can_store_is_stored_all_the_same(store):
    await keep(store, paper("1", title="a\ud800b\0c", authors=("x\udfff",)))
    (kept,) = await store.papers.get([PaperId("arxiv:1")])
    assert kept.title == "a\ufffdb\ufffdc"
