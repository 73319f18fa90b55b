"""Which terms of a query a paper fails, and what is said of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from query_worlds import papers, queries

from bot.domain.papers import Paper, PaperId
from bot.query.explaining import explain, shortfall
from bot.query.matching import meets, prepare
from bot.query.parser import parse

KITES = prepare(
    Paper(
        id=PaperId("arxiv:1"),
        title="Kites: Gaussian Splatting from a Single Flight",
        abstract="A survey of harbours.",
        authors=("Mei Sand",),
        categories=("cs.CV", "cs.RO"),
        upvotes=6,
    )
)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("nerf", ['no "nerf" in title, abstract or keywords']),
        ("title:harbours", ['no "harbours" in the title']),
        ("mesh*", ["no word beginning with mesh in title, abstract or keywords"]),
        ('"gaussian splatting" upvotes>=10', ["upvotes 6 of 10"]),
        ("kites stars>=5", ["stars not known of 5"]),
        ("kites -survey", ["it has survey, which is left out"]),
        ("(nerf OR slam) kites", ["nothing of nerf OR slam"]),
        ("author:kerbl", ["no author named Kerbl"]),
        ("cat:cs.LG", ["not in cs.LG but in cs.CV, cs.RO"]),
        (
            "kites has:code in:daily",
            [
                "no link to its code is known",
                "not on Hugging Face's daily list",
            ],
        ),
        ("gaussian splatting", []),
    ],
)
def test_each_failing_term_is_named_with_its_value_now(query: str, said: list[str]) -> None:
    explained = explain(parse(query), KITES)
    assert [shortfall(term, KITES) for term in explained.failing] == said


def test_only_what_changes_may_still_come() -> None:
    assert explain(parse("kites upvotes>=10"), KITES).may_come
    assert explain(parse("kites (upvotes>=10 OR in:daily)"), KITES).may_come
    assert not explain(parse("nerf upvotes>=10"), KITES).may_come
    assert not explain(parse("kites -survey"), KITES).may_come
    assert not explain(parse("kites"), KITES).may_come


def test_where_the_words_stand_is_told() -> None:
    assert explain(parse("splatting upvotes>=10"), KITES).fields == ("title",)


@given(queries, papers)
def test_nothing_fails_exactly_if_the_paper_matches(query, paper) -> None:
    document = prepare(paper)
    assert (not explain(query, document).failing) == meets(query, document)
