"""A query as a value: a tree of closed node types, and its canonical text.

It decides what a query can say and how that is written; not how a typed text is read (`parser`),
what a paper must have to meet it (`matching`), or how it is told in plain words (`wording`).

    Query.root: Node = Word | Phrase | Prefix | Author | Category | Org | Number | Has | ListedIn
                     | SourceIs | And | Or | Not

The parser makes trees in which And and Or have two or more different items, none of its own kind,
and Not has no Not inside; trees made by hand may be any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast


class TextField(StrEnum):
    """The parts of a paper's text that a term may be tied to."""

    TITLE = "title"
    ABSTRACT = "abstract"
    KEYWORD = "keyword"


class Count(StrEnum):
    """The numbers of a paper that change."""

    UPVOTES = "upvotes"
    STARS = "stars"
    COMMENTS = "comments"


class Link(StrEnum):
    """The links of a paper that may come to be known."""

    CODE = "code"
    PROJECT = "project"


class ListName(StrEnum):
    """The lists of Hugging Face."""

    DAILY = "daily"
    TRENDING = "trending"


class SourceName(StrEnum):
    """Where a paper may be known from (`Paper.sources`)."""

    ARXIV = "arxiv"
    HUGGINGFACE = "huggingface"
    FILE = "file"


class _Written:
    """Nodes show themselves as they are typed."""

    __slots__ = ()

    def __str__(self) -> str:
        return written(cast("Node", self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Word(_Written):
    """A bare word, compared by its stem.

    `text` is casefolded (NFKC; accents stay) and has no space.  A text of several words (hyphens,
    CJK, `don't`) means them at adjacent positions of one text, by stem; one with hyphens also
    means its joined form.  Without `field` the text is the title, the abstract or a keyword.
    """

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase(_Written):
    """What was quoted, one word or more: adjacent words of one text, compared by written form.

    A chunk with hyphens is also met by its joined form, and the whole phrase by one word that is
    all its words written together.
    """

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix(_Written):
    """How a word begins, without the `*` and without hyphens; compared with written forms, joined
    ones included (`gaussians*` also means the written form `gaussian`).
    """

    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Author(_Written):
    """Adjacent words of one author's name; an initial stands for a word on either side."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(_Written):
    """An arXiv category, cross-lists included: `cs.CV`, or all of an archive: `cs.*`."""

    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Org(_Written):
    """Adjacent words of the organisation's name, by written form."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(_Written):
    """A number of at least so much; never met while the number is unknown."""

    count: Count
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Has(_Written):
    """A link of the paper is known."""

    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIn(_Written):
    """The paper has ever stood on that list."""

    list: ListName


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIs(_Written):
    """The paper is known from that source."""

    source: SourceName


@dataclass(frozen=True, slots=True, kw_only=True)
class And(_Written):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(_Written):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(_Written):
    item: Node


TextTerm = Word | Phrase | Prefix
Leaf = TextTerm | Author | Category | Org | Number | Has | ListedIn | SourceIs
Node = Leaf | And | Or | Not
Changing = Number | Has | ListedIn
Condition = Changing | SourceIs  #: what stands in no text: met by facts of the paper


@dataclass(frozen=True, slots=True)
class Query:
    """A query.  `str(query)` is canonical: `parse(str(query)) == query`."""

    root: Node
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Kept because a query is the key of its compiled form, which every match looks up.
        object.__setattr__(self, "_hash", hash(self.root))

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return written(self.root)


# -- the canonical text --------------------------------------------------------


def written(node: Node) -> str:
    """The node as it is typed."""
    match node:
        case And():
            return " ".join(_grouped(item, Or) for item in node.items)
        case Or():
            return " OR ".join(map(written, node.items))
        case Not():
            return "-" + _grouped(node.item, And, Or, Not)
        case _:
            return _written_leaf(node)


def _grouped(node: Node, *kinds: type[And | Or | Not]) -> str:
    return f"({written(node)})" if isinstance(node, kinds) else written(node)


def _written_leaf(leaf: Leaf) -> str:
    match leaf:
        case Word() | Phrase() | Prefix():
            text = _written_text(leaf)
            return f"{leaf.field}:{text}" if leaf.field else text
        case Author():
            return f"author:{_name(leaf.name)}"
        case Org():
            return f"org:{_name(leaf.name)}"
        case Category():
            return f"cat:{leaf.pattern}"
        case _:
            return _written_fact(leaf)


def _written_text(term: TextTerm) -> str:
    match term:
        case Word():
            return term.text
        case Phrase():
            return f'"{term.text}"'
        case Prefix():
            return f"{term.text}*"


def _written_fact(fact: Condition) -> str:
    match fact:
        case Number():
            return f"{fact.count}>={fact.least}"
        case Has():
            return f"has:{fact.link}"
        case ListedIn():
            return f"in:{fact.list}"
        case SourceIs():
            return f"source:{fact.source}"


_NEEDS_QUOTES = re.compile(r"[^\w'./-]")


def _name(name: str) -> str:
    return f'"{name}"' if _NEEDS_QUOTES.search(name) else name


# -- what commands and indexes ask of a query ----------------------------------


def leaves(node: Node) -> Iterator[Leaf]:
    """All terms, from left to right."""
    match node:
        case And() | Or():
            for item in node.items:
                yield from leaves(item)
        case Not():
            yield from leaves(node.item)
        case _:
            yield node


def positive_leaves(node: Node) -> Iterator[Leaf]:
    """The terms that may bring a paper, from left to right: those under no Not."""
    match node:
        case And() | Or():
            for item in node.items:
                yield from positive_leaves(item)
        case Not():
            return
        case _:
            yield node


def positive_terms(query: Query) -> tuple[Leaf, ...]:
    """The terms that may bring a paper, each once, from left to right."""
    return tuple(dict.fromkeys(positive_leaves(query.root)))


def required(query: Query) -> tuple[Node, ...]:
    """What every match has: the query's top-level terms and groups that leave nothing out."""
    return tuple(item for item in _items(query) if not isinstance(item, Not))


def without(query: Query, term: Node) -> Query | None:
    """The query with one of its `required` left out; None if it is not there, or nothing that may
    bring a paper remains.
    """
    items = _items(query)
    rest = tuple(item for item in items if item != term)
    if len(rest) == len(items) or not any(map(brings, rest)):
        return None
    return Query(rest[0] if len(rest) == 1 else And(items=rest))


def has_text(query: Query) -> bool:
    """Whether a word, phrase or prefix may bring a paper."""
    return any(isinstance(leaf, TextTerm) for leaf in positive_leaves(query.root))


def changing(query: Query) -> tuple[Changing, ...]:
    """The numbers, links and lists that the query asks for: what may be met later."""
    return tuple(leaf for leaf in leaves(query.root) if isinstance(leaf, Changing))


def brings(node: Node) -> bool:
    """Whether the node says what to find, not only what to leave out."""
    match node:
        case And():
            return any(map(brings, node.items))
        case Or():
            return all(map(brings, node.items))
        case Not():
            return _negation_brings(node.item)
        case _:
            return True


def _negation_brings(node: Node) -> bool:
    match node:
        case And():
            return all(map(_negation_brings, node.items))
        case Or():
            return any(map(_negation_brings, node.items))
        case Not():
            return brings(node.item)
        case _:
            return False


def _items(query: Query) -> tuple[Node, ...]:
    return query.root.items if isinstance(query.root, And) else (query.root,)
