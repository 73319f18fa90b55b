"""Why a paper does not meet a query: which of its required terms fail, and the value now.

It decides nothing that `matching` does not decide: the query fails exactly if one of its top-level
terms or groups does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.query.documents import Document
from bot.query.matching import match, meets
from bot.query.values import (
    And,
    Author,
    Category,
    Condition,
    Has,
    ListedIn,
    Node,
    Not,
    Number,
    Or,
    Org,
    Phrase,
    Prefix,
    Query,
    SourceIs,
    TextField,
    TextTerm,
    Word,
    changing,
    written,
)

_WHERE = {
    None: "in title, abstract or keywords",
    TextField.TITLE: "in the title",
    TextField.ABSTRACT: "in the abstract",
    TextField.KEYWORD: "as a keyword",
}
_LINKS = {"code": "no link to its code is known", "project": "no link to a project page is known"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Which top-level terms of a query a paper meets, and which it does not."""

    met: tuple[Node, ...]
    failing: tuple[Node, ...]
    fields: tuple[str, ...] = ()  #: where the words of the met ones stand

    @property
    def may_come(self) -> bool:
        """Whether only what changes with time is missing."""
        return bool(self.failing) and all(map(_changes, self.failing))

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers that are too small."""
        return tuple(term for term in self.failing if isinstance(term, Number))


def explain(query: Query, document: Document) -> Explained:
    """Take the query apart; nothing fails exactly if the paper meets it."""
    items = query.root.items if isinstance(query.root, And) else (query.root,)
    met = tuple(item for item in items if meets(Query(item), document))
    words = [item for item in met if isinstance(item, TextTerm | Or | Author | Org)]
    found = [match(Query(item), document) for item in words]
    fields = dict.fromkeys(field for one in found if one is not None for field in one.fields)
    return Explained(
        met=met,
        failing=tuple(item for item in items if item not in met),
        fields=tuple(fields),
    )


def shortfall(node: Node, document: Document) -> str:
    """What the paper lacks to meet the term: `upvotes 6 of 10`, `no "nerf" in the title`."""
    match node:
        case Word() | Phrase() | Prefix():
            return f"no {_quoted(node)} {_WHERE[node.field]}"
        case Not():
            return f"it has {written(node.item)}, which is left out"
        case Or():
            return f"nothing of {written(node)}"
        case And():
            return f"not all of {written(node)}"
        case _:
            return _fact_missing(node, document)


def _fact_missing(fact: Author | Org | Category | Condition, document: Document) -> str:
    match fact:
        case Author():
            return f"no author named {fact.name.title()}"
        case Org():
            return f'no organisation named "{fact.name}"'
        case Category():
            return f"not in {fact.pattern}{_but(document.paper.categories)}"
        case _:
            return _condition_missing(fact, document)


def _condition_missing(fact: Condition, document: Document) -> str:
    match fact:
        case Number():
            known = getattr(document.paper, str(fact.count))
            return f"{fact.count} {'not known' if known is None else known} of {fact.least:,}"
        case Has():
            return _LINKS[str(fact.link)]
        case ListedIn():
            return f"not on Hugging Face's {fact.list} list"
        case SourceIs():
            return f"not known from {fact.source}"


def _quoted(term: TextTerm) -> str:
    if isinstance(term, Prefix):
        return f"word beginning with {term.text}"
    return f'"{term.text}"'


def _but(categories: Sequence[str]) -> str:
    return f" but in {', '.join(categories[:4])}" if categories else ""


def _changes(node: Node) -> bool:
    """Whether the paper may come to meet the term."""
    return not isinstance(node, Not) and bool(changing(Query(node)))
