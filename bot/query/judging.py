"""What a paper must have to meet a node of a query: nodes turned into tests, once per query.

It decides what each kind of term means for the facts and texts of a paper; where words stand in a
text is `bot.query.finding`.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.query.documents import Document, Text
from bot.query.finding import adjacent_in, has_prefix, name_meets
from bot.query.sought import beginnings, name_sought, sought
from bot.query.values import (
    And,
    Author,
    Category,
    Has,
    Leaf,
    Link,
    ListedIn,
    Node,
    Not,
    Number,
    Or,
    Org,
    Phrase,
    Prefix,
    SourceIs,
    TextField,
    TextTerm,
    Word,
)
from bot.text.analysis import is_initial

Test = Callable[[Document], bool]


def judge(node: Node, *, title_only: bool = False) -> Test:
    """Whether a paper meets the node.

    With `title_only`, words, phrases and prefixes count in the title alone, but for those that
    the node leaves out.
    """
    match node:
        case And():
            return _every([judge(item, title_only=title_only) for item in node.items])
        case Or():
            return _any([judge(item, title_only=title_only) for item in node.items])
        case Not():
            test = judge(node.item)
            return lambda document: not test(document)
        case Word() | Phrase() | Prefix():
            return _title_test(node) if title_only else _text_test(node)
        case _:
            return _fact_test(node)


def _every(tests: list[Test]) -> Test:
    def test(document: Document) -> bool:
        for one in tests:  # noqa: SIM110 - a generator would double the time
            if not one(document):
                return False
        return True

    return test


def _any(tests: list[Test]) -> Test:
    def test(document: Document) -> bool:
        for one in tests:  # noqa: SIM110 - as above
            if one(document):
                return True
        return False

    return test


def _text_test(term: TextTerm) -> Test:
    field = term.field
    in_text = _in_text(term)
    if isinstance(term, Word) and field is None and (stem := _one_stem(term)) is not None:
        return lambda document: stem in document.stems
    return lambda document: any(map(in_text, document.of(field)))


def _title_test(term: TextTerm) -> Test:
    in_text = _in_text(term)
    if term.field in {None, TextField.TITLE}:
        return lambda document: in_text(document.title)
    return lambda _: False


def _in_text(term: TextTerm) -> Callable[[Text], bool]:
    if isinstance(term, Prefix):
        start, same = beginnings(term)
        return lambda text: has_prefix(text, start, same)
    what = sought(term)
    if isinstance(term, Word) and (stem := _one_stem(term)) is not None:
        return lambda text: stem in text.stems
    return lambda text: adjacent_in(text, what)


def _one_stem(term: Word) -> str | None:
    match sought(term).slots:
        case (((str(stem),),),):
            return stem
        case _:
            return None


def _fact_test(leaf: Leaf) -> Test:
    match leaf:
        case Author():
            return _author_test(leaf)
        case Org():
            what = sought(leaf)
            return lambda document: adjacent_in(document.organization, what)
        case Category():
            return _category_test(leaf.pattern.casefold())
        case Number():
            count, least = str(leaf.count), leaf.least
            return lambda document: _at_least(getattr(document.paper, count), least)
        case _:
            return _listing_test(leaf)


def _author_test(leaf: Author) -> Test:
    words, only_initials = name_sought(leaf)
    one_of = frozenset(word for word, _, _ in words if only_initials or not is_initial(word))

    def test(document: Document) -> bool:
        # Few papers have any of the words, which is cheaper to see than whether they are adjacent.
        return not one_of.isdisjoint(document.name_words) and any(
            name_meets(name, words, only_initials=only_initials) for name in document.names
        )

    return test


def _at_least(known: int | None, least: int) -> bool:
    return known is not None and known >= least


def _listing_test(leaf: Leaf) -> Test:
    match leaf:
        case Has(link=Link.CODE):
            return lambda document: document.paper.code_url is not None
        case Has():
            return lambda document: document.paper.project_url is not None
        case ListedIn(list=name):
            return lambda document: name in document.paper.lists
        case SourceIs(source=source):
            return lambda document: source in document.paper.sources
        case _:
            raise AssertionError(leaf)


def _category_test(pattern: str) -> Test:
    if pattern.endswith(".*"):
        archive = pattern[:-1]
        return lambda document: any(name.startswith(archive) for name in document.categories)
    return lambda document: pattern in document.categories
