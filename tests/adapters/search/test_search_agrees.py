"""Search finds exactly the papers that `match()` finds, in any order that one may ask for.

`PAPERBOY_PROVE=1` takes all 20,000 papers and many more queries.
"""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from search_worlds import NEWEST, Asker, MemoryPapers, StillClock, made_papers, real_papers

from adapters.search import deciding, terms
from adapters.search.lexical import MOST, LexicalIndex
from bot.domain.papers import Paper
from bot.errors import QueryError
from bot.ports import Found, Order
from bot.query.matching import equals_title, in_title, meets, prepare
from bot.query.parser import parse
from bot.query.values import Author, Query

PROVE = bool(os.environ.get("PAPERBOY_PROVE"))
pytestmark = pytest.mark.timeout(3_600 if PROVE else 120)

HAND_PICKED = """
splatting | gaussian splatting | "gaussian splatting" | "3d gs" | 3dgs | 3d-gs | "3d-gs"
"3d-g s" | "3d gaussian splatting" | "state of the art" | state-of-the-art | "stateoftheart"
"state-of-the art" | "real time rendering" | real-time rendering | "realtime rendering"
"real-time 3d" | splat* | multi* | gaussians* | title:learning | abstract:learning
title:"neural network" | abstract:"neural networks" | keyword:gaussian | author:wang
author:"j wang" | author:"wei wang" | author:li | author:"x y wang" | author:j | author:"j t"
author:"jean-pierre" | author:"jean pierre serre" | author:"j p serre" | author:"anna gold"
author:"a b c gold" | author:"jean-pierre smith jones" | author:"王 伟" | author:"c++" | cat:cs.CV
cat:CS.cv | cat:cs.* | cat:physics.* | cat:cs.CV splatting | cat:cs.CV -splatting
model -learning | (nerf OR 3dgs) -slam | splatting OR "radiance field" | upvotes>=10
upvotes>=10 model | has:code learning | has:project | in:daily learning | in:trending
source:arxiv learning | source:file | learning -(survey OR review) | the | "of the" | "the"
org:inria | org:"google deepmind" | org:"deepmind google" | pre-training | pretraining
"pretrained model" | "pre-trained models" | c++ | c# | "self supervised"
"multi modal large language model" | "multimodal large language models" | don't | "don't" | a/b
news | new | splatting upvotes>=10 OR has:code nerf | -survey splatting
"gaussian splatting" -survey upvotes>=10 | (splatting OR nerf) (author:wang OR cat:cs.GR)
title:splatting OR abstract:nerf | 高斯 | "高斯" | naïve | zzzunknown | zzzunknown OR splatting
"zzz unknown" | zzzunkn* | x-ray | "x ray" | xray | "a b c" | "d gs"
"""


def hand_picked():
    for typed in HAND_PICKED.replace("\n", " | ").split(" | "):
        if typed:
            yield parse(typed)


@pytest.fixture(scope="module")
def real():
    papers = real_papers(20_000 if PROVE else 1_000)
    if not papers:
        pytest.skip("needs ../shared: data/arxiv_20k.jsonl.gz")
    return papers


@pytest.fixture
async def opened(tmp_path):
    """Opens indexes of papers; closed when the test ends."""
    contexts = []

    async def open_(papers):
        context = LexicalIndex.open(tmp_path / "search", MemoryPapers(papers), StillClock())
        contexts.append(context)
        return await context.__aenter__()

    yield open_
    for context in contexts:
        await context.__aexit__(None, None, None)


def assert_found(found: Found, wanted: list, query) -> None:
    ids = {paper.id for paper in wanted}
    assert len(set(found.ids)) == len(found.ids), query
    if len(wanted) <= MOST:
        assert set(found.ids) == ids, query
        assert (found.total, found.exact) == (len(wanted), True), query
    else:
        assert len(found.ids) == MOST, query
        assert set(found.ids) <= ids, query
        assert (found.total, found.exact) == (MOST, False), query


async def assert_agrees(index, papers, queries) -> Counter:
    """Every query finds what `meets` finds; how often something, nothing and much was found."""
    documents = [prepare(paper) for paper in papers]
    sizes = Counter()
    for query in queries:
        wanted = [document.paper for document in documents if meets(query, document)]
        assert_found(await index.find(query), wanted, query)
        sizes["nothing" if not wanted else "some" if len(wanted) <= MOST else "much"] += 1
    return sizes


async def test_real_papers(opened, real):
    index = await opened(real)
    asker = Asker(real, seed=11)
    drawn = [asker.query() for _ in range(4_000 if PROVE else 500)]
    sizes = await assert_agrees(index, real, [*hand_picked(), *drawn])
    assert sizes["nothing"] < sizes.total() / 2, "the queries are drawn from the papers"


async def test_made_papers(opened):
    papers = made_papers(250)
    index = await opened(papers)
    asker = Asker(papers, seed=5)
    drawn = [asker.query() for _ in range(30_000 if PROVE else 1_200)]
    sizes = await assert_agrees(index, papers, [*hand_picked(), *drawn])
    assert sizes["nothing"] < sizes.total() / 2, "the queries are drawn from the papers"


@pytest.mark.parametrize("few", [0, 10**9], ids=["all that meet a fact", "among few"])
async def test_facts_come_from_the_store_either_way(opened, monkeypatch, few):
    monkeypatch.setattr(deciding, "FEW", few)
    papers = made_papers(120)
    index = await opened(papers)
    facts = "upvotes>=10 | has:code gs | in:daily OR nerf | stars>=5 3d | (comments>=5 OR gs) 3d"
    await assert_agrees(index, papers, map(parse, facts.split(" | ")))


async def test_phrases_with_too_many_readings_are_decided_by_match(opened, monkeypatch):
    monkeypatch.setattr(terms, "MOST_READINGS", 1)
    papers = made_papers(150)
    index = await opened(papers)
    asker = Asker(papers, seed=6)
    await assert_agrees(index, papers, [asker.query() for _ in range(300)])


async def test_names_of_every_kind(opened):
    """Names and questions of up to four words, of which some are initials or hyphenated."""
    words = [
        "jean-pierre",
        "j",
        "p",
        "jp",
        "serre",
        "smith-jones",
        "s",
        "jean",
        "a-b-c",
        "bo",
        "王",
    ]
    drawn = random.Random(4)

    def names(count, most):
        return [" ".join(drawn.choices(words, k=drawn.randint(1, most))) for _ in range(count)]

    papers = [Paper(id=f"arxiv:{at}", title="t", authors=tuple(names(2, 7))) for at in range(250)]
    index = await opened(papers)
    asked = {Query(Author(name=name)) for name in names(20_000 if PROVE else 250, 4)}
    sizes = await assert_agrees(index, papers, asked)
    assert sizes["some"] > sizes.total() / 3


async def test_words_longer_than_tantivy_takes(opened):
    papers = [
        Paper(id="arxiv:1", title=f"{'a' * 70_000} gaussian splatting", authors=("b" * 70_000,)),
        Paper(id="arxiv:2", title="c-" * 1_500 + "c end", categories=("d" * 70_000,)),
    ]
    index = await opened(papers)
    for typed in ("aaa*", '"gaussian splatting"', "ccc*", "author:b", "cat:cs.*", '"c c end"'):
        wanted = [one for one in papers if meets(parse(typed), prepare(one))]
        assert_found(await index.find(parse(typed)), wanted, typed)


# -- orders, bounds, counts ----------------------------------------------------


@pytest.mark.parametrize("most", [1_000, 40], ids=["all", "more than are given"])
async def test_orders(opened, monkeypatch, most):
    monkeypatch.setattr("adapters.search.lexical.MOST", most)
    papers = made_papers(200)
    index = await opened(papers)
    for typed in (
        "gs",
        "cat:cs.*",
        "gs OR 3d",
        "upvotes>=1",
        "source:arxiv",
        "zzz",
        '"3d gs" OR slam',
    ):
        query = parse(typed)
        wanted = [paper for paper in papers if meets(query, prepare(paper))]
        wanted.sort(key=lambda one: (-one.list_day.toordinal() if one.list_day else 0, one.id))
        found = await index.find(query, order=Order.NEW)
        assert list(found.ids) == [one.id for one in wanted][:most], query
        wanted.sort(key=lambda one: -(one.upvotes or 0))
        found = await index.find(query, order=Order.UPVOTES)
        assert list(found.ids) == [one.id for one in wanted][:most], query
        assert found.exact == (len(wanted) <= most)


async def test_bounds_are_list_days(opened):
    papers = made_papers(200)
    index = await opened(papers)
    day = NEWEST - timedelta(days=20)
    query = parse("gs OR 3d OR nerf")
    matching = [paper for paper in papers if meets(query, prepare(paper))]
    dated = [paper for paper in matching if paper.list_day]
    bounds = [(None, None, matching)]
    bounds += [(day, None, [one for one in dated if one.list_day >= day])]
    bounds += [(None, day, [one for one in dated if one.list_day < day])]
    end = day + timedelta(days=7)
    bounds += [(day, end, [one for one in dated if day <= one.list_day < end])]
    bounds += [(end, day, [])]
    for order in Order:
        for after, before, wanted in bounds:
            found = await index.find(query, order=order, after=after, before=before)
            assert_found(found, wanted, (after, before))
    assert 0 < len(bounds[3][2]) < len(bounds[2][2]) < len(dated) < len(matching)


async def test_counts(opened, monkeypatch):
    papers = made_papers(200)
    index = await opened(papers)
    days = [NEWEST.replace(year=1999), *{paper.list_day for paper in papers if paper.list_day}]
    for typed in ("gs", "cat:cs.*", "upvotes>=1 gs", "zzz", 'author:"j serre"'):
        query = parse(typed)
        wanted = [paper for paper in papers if meets(query, prepare(paper))]
        by_day = Counter(paper.list_day for paper in wanted)
        assert await index.count(query) == len(wanted)
        assert await index.count_by_day(query, days) == {day: by_day[day] for day in days}
    assert await index.count_by_day(parse("gs"), []) == {}
    monkeypatch.setattr("adapters.search.lexical.MOST", 7)
    assert await index.count(parse("gs")) == 7


async def test_tiers_are_those_of_the_matcher(opened):
    papers = made_papers(400)
    index = await opened(papers)
    asker = Asker(papers, seed=9)
    by_id = {paper.id: prepare(paper) for paper in papers}
    titles = [parse_or_none(paper.title) for paper in papers]
    queries = [asker.query() for _ in range(400)] + [one for one in titles if one]
    seen = Counter()
    for query in queries:
        found = await index.find(query)
        tiers = [tier(query, by_id[one]) for one in found.ids]
        assert tiers == sorted(tiers), query
        seen.update(tiers)
    assert min(seen[0], seen[1], seen[2]) > 30


def tier(query, document) -> int:
    return 0 if equals_title(query, document) else 1 if in_title(query, document) else 2


def parse_or_none(text):
    try:
        return parse(text)
    except QueryError:
        return None
