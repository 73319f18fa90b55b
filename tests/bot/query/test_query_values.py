"""What commands ask of a query."""

import pytest

from bot.query.parser import parse
from bot.query.values import changing, has_text, positive_terms, required, without


def shown(nodes):
    return [str(node) for node in nodes]


def test_the_terms_that_may_bring_a_paper():
    query = parse('splatting (nerf OR "a b") -survey cat:cs.CV upvotes>=3 splatting')
    assert shown(positive_terms(query)) == ["splatting", "nerf", '"a b"', "cat:cs.CV", "upvotes>=3"]
    assert shown(required(query)) == ["splatting", 'nerf OR "a b"', "cat:cs.CV", "upvotes>=3"]
    assert shown(changing(query)) == ["upvotes>=3"]


@pytest.mark.parametrize(
    ("text", "left_out", "rest"),
    [
        ("splatting underwater robot", "underwater", "splatting robot"),
        ("splatting underwater", "underwater", "splatting"),
        ("splatting (a OR b)", "a OR b", "splatting"),
        ("splatting -survey", "splatting", None),
        ("splatting", "splatting", None),
        ("splatting nerf", "robot", None),
        ("a (b OR c)", "b", None),
    ],
)
def test_leaving_one_term_out(text, left_out, rest):
    term = parse(left_out).root
    remaining = without(parse(text), term)
    assert (None if remaining is None else str(remaining)) == rest


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", True), ('"a"', True), ("abc*", True), ("cat:cs.CV -a", False), ("in:daily", False)],
)
def test_whether_a_query_has_words(text, expected):
    assert has_text(parse(text)) is expected


def test_equal_queries_are_one_key():
    assert {parse("A  b"): 1}[parse("a AND b")] == 1
    assert parse("a b") != parse("b a")
