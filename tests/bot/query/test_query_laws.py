"""What holds for every text and every query: reading, canonical text, logic, places, nomination.

`PAPERBOY_PROVE=1` draws many more.
"""

import os
from dataclasses import replace
from itertools import pairwise

import query_worlds as worlds
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.errors import QueryError
from bot.query.matching import equals_title, in_title, match, meets, prepare
from bot.query.parser import parse
from bot.query.sought import AllOf, AnyOf, Atom, Form, need
from bot.query.values import (
    And,
    Author,
    Category,
    Changing,
    Not,
    Or,
    Org,
    Phrase,
    Prefix,
    Query,
    TextField,
    Word,
    brings,
    changing,
    has_text,
    leaves,
    positive_terms,
    required,
    without,
)
from bot.query.wording import describe
from bot.text.analysis import fold, names, terms

DRAWN = settings(max_examples=4_000 if os.environ.get("PAPERBOY_PROVE") else 150, deadline=None)

# Typed texts, dense in what the grammar knows.
PIECES = st.sampled_from(
    [
        *(
            "a",
            "b c",
            "survey",
            "splat*",
            "a*",
            '"',
            '"x y"',
            "(",
            ")",
            " ",
            "  ",
            "|",
            "-",
            "\u2013",
        ),
        *(
            "OR",
            "AND",
            "NOT",
            " OR ",
            " -",
            ":",
            "title:",
            "abstract:",
            "autor:",
            "foo:",
            "author:",
        ),
        *("cat:", "cs.CV", "cs.*", "cs", "upvotes", ">=", ">", "<", "10", "&gt;", "\u2265", "has:"),
        *(
            "code",
            "in:daily",
            "source:",
            "like:",
            "\u201c",
            "\u201d",
            "<http://x|y>",
            "<",
            ">",
            "\\",
        ),
        *("$x^2$", "\\'e", '\\"o', "{", "}", "c++", "3D-GS", "\u9ad8\u65af", "\u202e", "\x00", "*"),
        *(
            "\ufb01",
            "\u0301",
            "\u00ad",
            "\u00bd",
            "\ufdfa",
            "\ud800",
            "\n",
            "'",
            "/",
            "_",
            ".",
            "&",
        ),
    ]
)
TYPED = st.text(max_size=60) | st.lists(PIECES, max_size=14).map("".join)


@given(TYPED)
@example("\ufdfa" * 40)
@example("A\u202a\u0323")
@example('\\"')
@DRAWN
def test_any_text_is_read_or_its_mistake_points_inside_it(text):
    try:
        query = parse(text)
    except QueryError as error:
        assert error.text == text
        assert 0 <= error.start <= error.end <= len(text)
        assert error.message
        if error.fix is not None:
            parse(error.fix)
    else:
        canonical = str(query)
        assert parse(canonical) == query
        assert str(parse(canonical)) == canonical
        assert describe(query)
        assert brings(query.root)
        assert not any(
            isinstance(leaf, Changing)
            for leaf in leaves(query.root)
            if leaf not in positive_terms(query)
        )


def typeable(node):
    """Whether the parser could have made the tree: the rules of the module `values`."""
    match node:
        case And() | Or():
            kind = type(node)
            return (
                len(set(node.items)) == len(node.items)
                and not any(isinstance(item, kind) for item in node.items)
                and (kind is And or all(map(brings, node.items)))
                and all(map(typeable, node.items))
            )
        case Not():
            return (
                not isinstance(node.item, Not)
                and not any(isinstance(leaf, Changing) for leaf in leaves(node.item))
                and typeable(node.item)
            )
        case _:
            return True


@given(worlds.queries)
@DRAWN
def test_the_canonical_text_is_read_as_the_same_query(query):
    assume(typeable(query.root) and brings(query.root))
    assert parse(str(query)) == query


def met(node, document):
    return meets(Query(node), document)


@given(worlds.papers, worlds.nodes, worlds.nodes, worlds.nodes)
@DRAWN
def test_the_laws_of_logic(paper, a, b, c):
    document = prepare(paper)

    def same(one, other):
        assert met(one, document) == met(other, document)

    same(And(items=(a, b)), And(items=(b, a)))
    same(Or(items=(a, b)), Or(items=(b, a)))
    same(And(items=(a, And(items=(b, c)))), And(items=(And(items=(a, b)), c)))
    same(Not(item=And(items=(a, b))), Or(items=(Not(item=a), Not(item=b))))
    same(Not(item=Or(items=(a, b))), And(items=(Not(item=a), Not(item=b))))
    same(Not(item=Not(item=a)), a)
    same(And(items=(a, Or(items=(b, c)))), Or(items=(And(items=(a, b)), And(items=(a, c)))))
    assert met(And(items=(a, b)), document) == (met(a, document) and met(b, document))
    assert met(Not(item=a), document) != met(a, document)


@given(worlds.papers, worlds.queries)
@DRAWN
def test_a_match_tells_words_and_places_that_are_there(paper, query):
    found = match(query, prepare(paper))
    assert (found is not None) == meets(query, prepare(paper))
    assume(found is not None)
    assert set(found.places) <= {"title", "abstract"}
    for field, spans in found.places.items():
        text = getattr(paper, field)
        assert spans
        assert list(spans) == sorted(spans)
        for start, end in spans:
            assert 0 <= start < end <= len(text)
        assert all(one[1] < following[0] for one, following in pairwise(spans))
    shown = (paper.title, paper.abstract, *paper.keywords, *paper.authors, *paper.categories)
    if found.fields:
        assert all(
            any(word in text for text in (*shown, paper.organization or "")) for word in found.words
        )
    assert found.words or _rests_on_nothing(query.root)


def _rests_on_nothing(node):
    """A tree that can be met by what is absent has nothing to tell."""
    match node:
        case And() | Or():
            return any(map(_rests_on_nothing, node.items))
        case Not():
            return True
        case _:
            return False


@given(worlds.papers, worlds.text_terms)
@DRAWN
def test_marked_words_are_words_of_the_term(paper, term):
    found = match(Query(term), prepare(paper))
    assume(found is not None)
    for field, spans in found.places.items():
        for start, end in spans:
            marked = replace(paper, title=getattr(paper, field)[start:end])
            assert met(replace(term, field=TextField.TITLE), prepare(marked))


@given(worlds.papers, worlds.steady_terms)
@DRAWN
def test_an_index_of_the_needs_nominates_every_match(paper, term):
    """What `sought.need` promises to every index, and when it is enough by itself."""
    assume(isinstance(term, Word | Phrase | Prefix | Author | Org))
    asked = need(term)
    nominated = has(asked, paper)
    matched = met(term, prepare(paper))
    assert nominated or not matched
    exact = isinstance(term, Prefix) or (
        isinstance(term, Word | Phrase) and isinstance(asked, Atom)
    )
    assert not exact or nominated == matched


def has(asked, paper):
    match asked:
        case AllOf():
            return all(has(item, paper) for item in asked.items)
        case AnyOf():
            return any(has(item, paper) for item in asked.items)
        case Atom(form=Form.NAME):
            return any(asked.text == word for a in paper.authors for word, _, _ in names(a))
        case Atom(form=Form.ORG):
            return asked.text in terms(paper.organization or "").written
        case Atom():
            return any(has_atom(asked, text) for text in texts_of(asked.field, paper))


def texts_of(field, paper):
    return {
        None: (paper.title, paper.abstract, *paper.keywords),
        TextField.TITLE: (paper.title,),
        TextField.ABSTRACT: (paper.abstract,),
        TextField.KEYWORD: paper.keywords,
    }[field]


def has_atom(atom, text):
    words = terms(text)
    match atom.form:
        case Form.STEM:
            return atom.text in words.stems
        case Form.WRITTEN:
            return atom.text in words.written
        case _:
            return any(word.startswith(atom.text) for word in words.written)


@given(worlds.papers)
@DRAWN
def test_a_paper_is_found_by_its_own_words(paper):
    """However a title writes them, its words find it: bare, quoted and as the whole title."""
    document = prepare(paper)
    assume(terms(paper.title).written)
    quoted = parse(f'"{paper.title}"')
    assert meets(quoted, document)
    assert in_title(quoted, document)
    assert equals_title(quoted, document)
    bare = parse(fold(paper.title))
    assert meets(bare, document)
    assert in_title(bare, document)


@given(worlds.papers, worlds.queries)
@DRAWN
def test_leaving_a_term_out_finds_no_less(paper, query):
    assume(typeable(query.root))
    document = prepare(paper)
    for term in required(query):
        rest = without(query, term)
        if rest is not None and meets(query, document):
            assert meets(rest, document)
            assert term not in required(rest)


@given(worlds.queries)
@DRAWN
def test_what_is_asked_of_a_query(query):
    everything = set(leaves(query.root))
    assert set(positive_terms(query)) <= everything
    assert set(changing(query)) == {leaf for leaf in everything if isinstance(leaf, Changing)}
    assert has_text(query) == any(
        isinstance(term, Word | Phrase | Prefix) for term in positive_terms(query)
    )
    assert all(isinstance(leaf, Category) or str(leaf) for leaf in everything)
