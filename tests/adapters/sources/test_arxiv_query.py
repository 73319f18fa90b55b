"""What the sources' own searches are asked for a query."""

from __future__ import annotations

import pytest

from adapters.sources.arxiv_query import search_query, search_words
from bot.query.values import (
    And,
    Author,
    Category,
    Count,
    Has,
    Link,
    Not,
    Number,
    Or,
    Org,
    Phrase,
    Prefix,
    Query,
    TextField,
    Word,
)

SPLATTING = Word(text="splatting")


@pytest.mark.parametrize(
    ("root", "asked", "words"),
    [
        (SPLATTING, 'ti:"splatting" OR abs:"splatting"', "splatting"),
        (Word(text="nerf", field=TextField.TITLE), 'ti:"nerf"', "nerf"),
        (Word(text="nerf", field=TextField.ABSTRACT), 'abs:"nerf"', "nerf"),
        (Word(text="nerf", field=TextField.KEYWORD), 'all:"nerf"', "nerf"),
        (
            Phrase(text="gaussian splatting", field=TextField.TITLE),
            'ti:"gaussian splatting"',
            "gaussian splatting",
        ),
        (Prefix(text="splat"), "ti:splat* OR abs:splat*", "splat"),
        (Author(name="bernhard kerbl"), 'au:"bernhard kerbl"', "bernhard kerbl"),
        (Category(pattern="cs.CV"), "cat:cs.CV", ""),
        (Category(pattern="cs.*"), "cat:cs.*", ""),
        (Org(name="inria"), None, "inria"),
        (Number(count=Count.UPVOTES, least=10), None, ""),
        (
            And(items=(SPLATTING, Not(item=Word(text="survey")), Category(pattern="cs.CV"))),
            '(ti:"splatting" OR abs:"splatting") AND cat:cs.CV',
            "splatting",
        ),
        (And(items=(Author(name="kerbl"), SPLATTING, Has(link=Link.CODE))),
         'au:"kerbl" AND (ti:"splatting" OR abs:"splatting")', "splatting"),
        (
            Or(items=(Word(text="nerf", field=TextField.TITLE), Author(name="kerbl"))),
            'ti:"nerf" OR au:"kerbl"',
            "nerf",
        ),
        (
            And(
                items=(
                    Or(items=(Author(name="a"), Author(name="b"))),
                    Or(items=(Author(name="c"), Author(name="d"))),
                )
            ),
            '(au:"a" OR au:"b") AND (au:"c" OR au:"d")',
            "a b c d",
        ),
    ],
)  # fmt: skip
def test_what_is_asked(root, asked, words):
    assert search_query(Query(root)) == asked
    assert search_words(Query(root)) == words


@pytest.mark.parametrize(
    "text",
    ['") OR all:(x', "a:b", "[2020 TO 2021]", "AND", "ANDNOT x", "a\\", "x*", "a AND cat:cs"],
)
def test_nothing_typed_is_ever_syntax(text):
    for node in (Phrase(text=text), Author(name=text)):
        asked = search_query(Query(node)) or ""
        quoted = asked.split('"')
        assert len(quoted) % 2 == 1
        assert not set("".join(quoted[1::2])) & set('()[]:\\*"')
        assert "".join(quoted[0::2]) in {"", "ti: OR abs:", "au:"}
    assert search_query(Query(Category(pattern=f"cs {text}"))) is None
    if not text.isalnum():
        assert search_query(Query(Prefix(text=text))) is None


def test_words_are_said_once():
    root = And(items=(SPLATTING, Word(text="splatting", field=TextField.TITLE)))
    assert search_words(Query(root)) == "splatting"
