"""The order of DESIGN section 9, on values; and on the papers the project began with."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from search_worlds import NEWEST, SHARED, MemoryPapers, StillClock

from adapters.search.lexical import LexicalIndex
from adapters.search.ranking import Candidate, Tier, by_list_day, by_relevance, by_upvotes
from bot.domain.papers import Paper
from bot.query.matching import in_title, prepare
from bot.query.parser import parse
from bot.text.latex import readable

PLAIN = Candidate(id="arxiv:5", tier=Tier.REST, score=10.0, list_day=NEWEST)


def test_tiers_come_before_scores():
    low_in_title = PLAIN._replace(id="a", tier=Tier.ALL_IN_TITLE, score=0.1)
    title = PLAIN._replace(id="b", tier=Tier.TITLE_IS_QUERY, score=0.2)
    assert by_relevance([PLAIN, low_in_title, title], {}, NEWEST) == ["b", "a", "arxiv:5"]


@pytest.mark.parametrize(
    ("other", "first"),
    [
        ({"score": 8.9}, "arxiv:5"),
        ({"score": 8.9, "upvotes": 1_000}, "x"),  # 0.89 + 0.05 * 3.0004 > 1
        ({"score": 8.4, "upvotes": 1_000}, "arxiv:5"),
        ({"score": 9.5, "list_day": NEWEST - timedelta(days=365)}, "arxiv:5"),
        ({"score": 10.7, "list_day": NEWEST - timedelta(days=365)}, "x"),  # 1 + 0.0368 > 0.93 + 0.1
        ({"score": 10.2, "list_day": NEWEST - timedelta(days=365)}, "arxiv:5"),
        ({"score": 10.2, "list_day": None}, "arxiv:5"),
        ({"list_day": NEWEST + timedelta(days=9)}, "x"),
        ({"score": 9.99, "list_day": NEWEST + timedelta(days=9)}, "arxiv:5"),  # new as can be: 0.1
    ],
)
def test_worth(other, first):
    """score/max + 0.1 * exp(-age / 365 d) + 0.05 * log10(1 + upvotes)"""
    upvotes = {"x": other.pop("upvotes", 0)}
    other = PLAIN._replace(id="x", **other)
    assert by_relevance([other, PLAIN], upvotes, NEWEST)[0] == first
    assert by_relevance([PLAIN, other], upvotes, NEWEST)[0] == first


def test_scores_count_within_their_tier():
    """The best of a tier has 1 there, however small its score is beside another tier's."""
    best, second = (
        PLAIN._replace(id=name, score=score, tier=Tier.ALL_IN_TITLE)
        for name, score in (("best", 0.2), ("second", 0.1))
    )
    popular = second._replace(id="popular")  # 0.5 + 0.05 * 6
    upvotes = {"popular": 10**6}
    assert by_relevance([second, popular, best, PLAIN], upvotes, NEWEST) == [
        *("best", "popular", "second", "arxiv:5")
    ]


def test_ties_are_settled_by_list_day_then_id():
    old = PLAIN._replace(id="arxiv:1", score=0.0, list_day=None)
    older = PLAIN._replace(id="arxiv:2", score=0.0, list_day=NEWEST - timedelta(days=40_000))
    twin = PLAIN._replace(id="arxiv:4")
    expected = ["arxiv:4", "arxiv:5", "arxiv:2", "arxiv:1"]
    for order in ([old, older, PLAIN, twin], [twin, PLAIN, older, old]):
        assert by_list_day(order) == expected
        assert by_upvotes(order, {"arxiv:7": 9}) == expected
    assert by_relevance([PLAIN._replace(id="b"), PLAIN._replace(id="a")], {}, NEWEST) == ["a", "b"]


def test_upvotes_come_before_list_days():
    old = PLAIN._replace(id="old", list_day=None)
    assert by_upvotes([PLAIN, old], {"old": 2, "arxiv:5": 1}) == ["old", "arxiv:5"]


def test_nothing_is_ranked():
    assert by_relevance([], {}, NEWEST) == by_list_day([]) == by_upvotes([], {}) == []


# -- on an index ---------------------------------------------------------------


async def ranked(tmp_path, papers, typed):
    async with LexicalIndex.open(tmp_path, MemoryPapers(papers), StillClock()) as index:
        return (await index.find(parse(typed))).ids


async def test_the_title_that_is_the_query_is_first(tmp_path):
    papers = [
        Paper(id=f"arxiv:{number}", title="All about attention that you need", upvotes=900)
        for number in range(30)
    ]
    papers += [Paper(id="arxiv:99", title="Attention Is All You Need", abstract="words " * 300)]
    ids = await ranked(tmp_path, papers, "attention is all you need")
    assert ids[0] == "arxiv:99"


async def test_new_and_upvoted_papers_come_first_where_the_text_says_the_same(tmp_path):
    same = Paper(id="arxiv:0", title="Splats", list_day=NEWEST - timedelta(days=300))
    papers = [
        same,
        replace(same, id="arxiv:1", upvotes=30),
        replace(same, id="arxiv:2", list_day=NEWEST),
        replace(same, id="arxiv:3", list_day=NEWEST, upvotes=30),
    ]
    expected = ("arxiv:3", "arxiv:1", "arxiv:2", "arxiv:0")  # 0.05 * log10(31) > 0.1 * (1 - e^-.82)
    assert await ranked(tmp_path, papers, "splats") == expected
    assert await ranked(tmp_path / "2", papers, "source:arxiv OR splats") == expected


async def test_the_mission_papers(tmp_path):
    path = SHARED / "data/mission_papers.jsonl"
    if not path.exists():
        pytest.skip("needs ../shared: data/mission_papers.jsonl")
    papers = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        entry = json.loads(line)
        paper = Paper(
            id=f"title:{number}",
            title=readable(entry["title"]),
            abstract=readable(entry["abstract"]),
        )
        papers.append(paper)
    by_id = {paper.id: prepare(paper) for paper in papers}
    query = parse("splatting")
    async with LexicalIndex.open(tmp_path, MemoryPapers(papers), StillClock()) as index:
        found = await index.find(query)
        assert (found.total, found.exact) == (17, True)
        assert [in_title(query, by_id[one]) for one in found.ids] == [True] * 12 + [False] * 5
        assert await index.nearest_word("splattting") == ("splatting", 17)
        assert await index.find(parse("splattting")) == replace(found, ids=(), total=0)
