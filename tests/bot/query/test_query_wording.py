"""Queries in plain words, as a preview says them after "every new paper with" (dialogues c)."""

import pytest

from bot.query.parser import parse
from bot.query.wording import describe


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("gaussian", "gaussian (any form) in title, abstract or keywords"),
        ("gaussian splatting", "gaussian and splatting (any form) in title, abstract or keywords"),
        ("a b c", "a, b and c (any form) in title, abstract or keywords"),
        (
            '"gaussian splatting"',
            'the phrase "gaussian splatting" in title, abstract or keywords',
        ),
        ('"gaussian"', 'the word "gaussian" in title, abstract or keywords'),
        (
            '"gaussian splatting" -survey upvotes>=10',
            (
                'the phrase "gaussian splatting" in title, abstract or keywords, '
                "and at least 10 upvotes, but not survey (any form)"
            ),
        ),
        (
            "x -survey -review",
            "x (any form) in title, abstract or keywords, but not survey or review (any form)",
        ),
        (
            "x -(survey OR cat:cs.CL)",
            (
                "x (any form) in title, abstract or keywords, "
                "but not survey (any form) or category cs.CL"
            ),
        ),
        (
            "(nerf | 3dgs) slam",
            "slam (any form) and either nerf or 3dgs (any form) in title, abstract or keywords",
        ),
        ("title:nerf", "nerf (any form) in the title"),
        (
            "abstract:nerf keyword:x",
            "nerf (any form) in the abstract and x (any form) as a keyword",
        ),
        ("splat*", "a word beginning with splat in title, abstract or keywords"),
        ("author:kerbl", "an author named Kerbl"),
        (
            'author:"bernhard kerbl" cat:cs.*',
            "an author named Bernhard Kerbl and any category of cs",
        ),
        ("org:inria", 'an organisation named "inria"'),
        ("upvotes>=1 stars>=1000", "at least 1 upvote, and at least 1,000 stars"),
        ("has:code has:project", "a link to its code and a link to a project page"),
        ("in:daily", "a place on Hugging Face's daily list"),
        ("source:arxiv OR cat:cs.CV", "arXiv as a source or category cs.CV"),
        (
            "(a cat:cs.CV) OR (c -d)",
            (
                "(a (any form) in title, abstract or keywords, and category cs.CV), or "
                "(c (any form) in title, abstract or keywords, but not d (any form))"
            ),
        ),
    ],
)
def test_a_query_in_plain_words(query, said):
    assert describe(parse(query)) == said
