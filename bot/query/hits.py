"""Which words of a paper met a query, and where they stand: for reasons and for marking.

Only terms that the match rests on are told: of an OR the sides that are met, of what is left out
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from bot.query.documents import Document, Span, Text
from bot.query.finding import adjacent_in, adjacent_spans, name_meets, prefix_spans
from bot.query.judging import judge
from bot.query.sought import beginnings, name_sought, sought
from bot.query.values import (
    And,
    Author,
    Category,
    Condition,
    Has,
    Leaf,
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


class Rank(IntEnum):
    """Which hits are told first; a reason tells those of the lowest rank only."""

    WORDS = 0
    CATEGORY = 1
    FACT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One term that was met: by which words, in which fields, and the places in texts."""

    words: str
    rank: Rank = Rank.WORDS
    fields: tuple[str, ...] = ()
    spans: Mapping[TextField, tuple[Span, ...]]


def hits(node: Node, document: Document) -> Iterator[Hit]:
    """What the paper's match of the node rests on, from left to right."""
    match node:
        case Not():
            return
        case And() | Or():
            for item in node.items:
                if judge(item)(document):
                    yield from hits(item, document)
        case _:
            yield from _leaf_hits(node, document)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same places, sorted and apart."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return tuple(apart)


def _leaf_hits(leaf: Leaf, document: Document) -> Iterator[Hit]:
    match leaf:
        case Word() | Phrase() | Prefix():
            yield from _text_hits(leaf, document)
        case Author():
            words, only_initials = name_sought(leaf)
            for author, name in zip(document.paper.authors, document.names, strict=True):
                if name_meets(name, words, only_initials=only_initials):
                    yield Hit(words=author, fields=("authors",), spans={})
        case Org():
            if adjacent_in(document.organization, sought(leaf)):
                source = document.organization.source
                yield Hit(words=source, fields=("organization",), spans={})
        case Category():
            for category in document.paper.categories:
                if _is(category, leaf.pattern):
                    yield Hit(words=category, rank=Rank.CATEGORY, fields=("categories",), spans={})
        case _:
            yield Hit(words=_fact(leaf, document), rank=Rank.FACT, spans={})


def _text_hits(term: TextTerm, document: Document) -> Iterator[Hit]:
    find = _finder(term)
    first = ""
    spans: dict[TextField, tuple[Span, ...]] = {}
    fields = []
    for field, told, texts in (
        (TextField.TITLE, "title", (document.title,)),
        (TextField.ABSTRACT, "abstract", (document.abstract,)),
        (TextField.KEYWORD, "keywords", document.keywords),
    ):
        if term.field not in {None, field}:
            continue
        for text in texts:
            found = merged(find(text))
            if not found:
                continue
            first = first or text.source[slice(*found[0])]
            fields.append(told)
            if field is not TextField.KEYWORD:
                spans[field] = found
    if fields:
        yield Hit(words=first, fields=tuple(fields), spans=spans)


def _finder(term: TextTerm) -> Callable[[Text], Iterator[Span]]:
    if isinstance(term, Prefix):
        start, same = beginnings(term)
        return lambda text: prefix_spans(text, start, same)
    what = sought(term)
    return lambda text: adjacent_spans(text, what)


def _is(category: str, pattern: str) -> bool:
    category, pattern = category.casefold(), pattern.casefold()
    return category.startswith(pattern[:-1]) if pattern.endswith(".*") else category == pattern


def _fact(condition: Condition, document: Document) -> str:
    match condition:
        case Number():
            number = getattr(document.paper, condition.count)
            name = str(condition.count)
            return f"{number:,} {name.removesuffix('s') if number == 1 else name}"
        case Has():
            return f"{condition.link} link"
        case ListedIn():
            return f"Hugging Face {condition.list}"
        case SourceIs():
            return SOURCE_NAMES[condition.source]


SOURCE_NAMES = {"arxiv": "arXiv", "huggingface": "Hugging Face", "file": "a file"}
