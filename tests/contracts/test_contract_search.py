"""What every implementation of `bot.ports.Search` promises."""

from datetime import date

import pytest

from adapters.search.lexical import LexicalIndex
from adapters.sources.starter import StarterCatalogue
from bot.domain.papers import Paper, PaperId
from bot.ports import Found, IngestPlan, Order
from bot.query.matching import equals_title, in_title, meets, prepare
from bot.query.parser import parse

DAYS = [date(2026, 6, day) for day in (8, 9, 10)]


def paper(number: int, title: str, abstract: str = "", **known) -> Paper:
    return Paper(
        id=PaperId(f"arxiv:2606.0000{number}"),
        title=title,
        abstract=abstract,
        list_day=DAYS[number % 3],
        **{"sources": frozenset({"arxiv"}), **known},
    )


PAPERS = [
    paper(
        1,
        "SAGS: Structure-Aware 3D Gaussian Splatting",
        "Following NeRF, 3D-GS renders in real time.",
        authors=("Evangelos Ververas", "Jiankang Deng"),
        categories=("cs.CV", "cs.GR"),
        upvotes=3,
        stars=120,
        code_url="https://github.com/a/b",
        lists=frozenset({"daily"}),
        sources=frozenset({"arxiv", "huggingface"}),
    ),
    paper(
        2,
        "Gaussian Splatting",
        "A survey of splats.",
        authors=("Bernhard Kerbl", "J. T. Barron"),
        categories=("cs.CV",),
        upvotes=40,
        lists=frozenset({"daily", "trending"}),
        sources=frozenset({"arxiv", "huggingface"}),
    ),
    paper(3, "Radiance fields", "Better than gaussian splatting.", categories=("cs.GR",)),
    paper(4, "Gaussian processes", "No splats here.", categories=("stat.ML",), upvotes=0),
    paper(5, "3DGS for SLAM", "Real-time mapping.", organization="Inria", keywords=("mapping",)),
    paper(6, "Edit distance", "Of words. News of the art.", authors=("Wei Wang",)),
    paper(7, "État de l'art", "State-of-the-art in C++.", authors=("Jean-Pierre Serre",)),
]
UNDATED = Paper(
    id=PaperId("title:0"), title="A splatting without a day", sources=frozenset({"file"})
)
ALL = [*PAPERS, UNDATED]

QUERIES = [
    *("splatting", "gaussian splatting", '"gaussian splatting"', "splat*", "splatting -survey"),
    *("3dgs", '"3d gs"', "3d-gs", "real-time", '"real time"', "state-of-the-art", '"the art"'),
    *("title:gaussian", "abstract:gaussian", "keyword:mapping", "org:inria", "c++", "etat", "news"),
    *("author:kerbl", 'author:"b kerbl"', 'author:"j barron"', 'author:"jean-pierre serre"'),
    *("cat:cs.CV", "cat:cs.*", "cat:cs.* -cat:cs.GR", "upvotes>=3", "stars>=100 gaussian"),
    *("has:code", "has:project", "in:daily", "in:trending OR slam", "source:huggingface"),
    *("(nerf OR slam) -survey", 'splatting OR "radiance fields"', "zzz", "zzz OR slam", "wang"),
]


@pytest.fixture(params=["starter", "index"])
async def search(request, store, clock, tmp_path):
    if request.param == "starter":
        yield StarterCatalogue(ALL)
        return
    async with LexicalIndex.open(tmp_path / "search", store.papers, clock) as index:
        async with store.ingest.ingest() as transaction:
            await transaction.known(ALL)
            await transaction.apply(IngestPlan(papers=tuple(ALL), owed=(), cursor=None))
        await index.refresh()
        yield index


def matching(query) -> list[Paper]:
    return [one for one in ALL if meets(query, prepare(one))]


@pytest.mark.parametrize("typed", QUERIES)
async def test_a_paper_is_found_if_and_only_if_it_matches(search, typed):
    query = parse(typed)
    wanted = {one.id for one in matching(query)}
    for order in Order:
        found = await search.find(query, order=order)
        assert set(found.ids) == wanted
        assert (len(found.ids), found.total, found.exact) == (len(wanted), len(wanted), True)
    assert await search.count(query) == len(wanted)
    by_day = await search.count_by_day(query, DAYS)
    assert by_day == {day: sum(one.list_day == day for one in matching(query)) for day in DAYS}


async def test_the_title_that_is_the_query_then_titles_then_the_rest(search):
    query = parse("gaussian splatting")
    by_id = {one.id: prepare(one) for one in ALL}
    found = [by_id[one] for one in (await search.find(query)).ids]
    tiers = [(not equals_title(query, one), not in_title(query, one)) for one in found]
    assert tiers == sorted(tiers)
    assert len(set(tiers)) == 3


async def test_new_ones_first(search):
    found = await search.find(parse("splatting OR gaussian"), order=Order.NEW)
    assert found.ids == tuple(
        one.id for one in (PAPERS[1], PAPERS[0], PAPERS[3], PAPERS[2], UNDATED)
    )


async def test_upvoted_ones_first(search):
    found = await search.find(parse("splatting OR gaussian"), order=Order.UPVOTES)
    assert found.ids[:2] == (PAPERS[1].id, PAPERS[0].id)


@pytest.mark.parametrize("order", Order)
async def test_bounds(search, order):
    query = parse("splatting OR gaussian")
    _, second, third = DAYS

    async def ids(**bounds) -> set[str]:
        found = await search.find(query, order=order, **bounds)
        return {one.rpartition("0")[2] for one in found.ids}

    assert await ids(after=second) == {"1", "2", "4"}
    assert await ids(before=second) == {"3"}
    assert await ids(after=second, before=third) == {"1", "4"}
    assert await ids(after=third, before=second) == set()


async def test_nothing(search):
    assert await search.find(parse("zzz")) == Found(ids=(), total=0)
    assert await search.count_by_day(parse("splatting"), []) == {}


async def test_the_nearest_word(search):
    assert await search.nearest_word("splattting") == ("splatting", 5)
    assert await search.nearest_word("qqqqqqq") is None
