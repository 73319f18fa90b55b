"""A query as the sources' own searches are asked for it.

The sources only nominate, `match()` decides; so what they cannot be asked (numbers, links, lists,
what to leave out) is left away, and nothing that a person typed is ever their syntax.
"""

from __future__ import annotations

import re

from bot.query.values import (
    And,
    Author,
    Category,
    Node,
    Or,
    Org,
    Phrase,
    Prefix,
    Query,
    TextField,
    Word,
    positive_terms,
)

_SYNTAX = re.compile(r'["()\[\]{}:\\*?~^!+|&<>=]|\s+')
_CATEGORY = re.compile(r"[A-Za-z-]+(\.([A-Za-z-]+|\*))?")
_PREFIX = re.compile(r"\w+")
_FIELDS = {TextField.TITLE: ("ti",), TextField.ABSTRACT: ("abs",), None: ("ti", "abs")}
"""arXiv has no keywords; a word in them may stand in its other texts."""


def search_query(query: Query) -> str | None:
    """The query's positive terms in arXiv's syntax (`ti:"splatting" OR abs:"splatting"`, groups in
    brackets); None when it has none that arXiv knows.  arXiv's user manual, section 5.1."""
    text = _node(query.root)
    return text[1:-1] if text is not None and text.startswith("(") else text


def search_words(query: Query) -> str:
    """The query's positive words as they are typed into a search box; nothing when it has none."""
    terms = positive_terms(query)
    texts = [term.text for term in terms if isinstance(term, Word | Phrase | Prefix)]
    names = [term.name for term in terms if isinstance(term, Author | Org)]
    return " ".join(dict.fromkeys(filter(None, map(_plain, texts or names))))


def _node(node: Node) -> str | None:
    match node:
        case And():
            return _group(node.items, " AND ")
        case Or():
            return _group(node.items, " OR ")
        case _:
            return _leaf(node)


def _leaf(leaf: Node) -> str | None:
    text = None
    match leaf:
        case Word() | Phrase() if _plain(leaf.text):
            text = _fields(leaf.field, f'"{_plain(leaf.text)}"')
        case Prefix() if _PREFIX.fullmatch(leaf.text):
            text = _fields(leaf.field, f"{leaf.text}*")
        case Author() if _plain(leaf.name):
            text = f'au:"{_plain(leaf.name)}"'
        case Category() if _CATEGORY.fullmatch(leaf.pattern):
            text = f"cat:{leaf.pattern}"
        case _:
            pass
    return text


def _group(items: tuple[Node, ...], operator: str) -> str | None:
    texts = [text for text in map(_node, items) if text is not None]
    return f"({operator.join(texts)})" if len(texts) > 1 else next(iter(texts), None)


def _fields(field: TextField | None, value: str) -> str:
    texts = [f"{name}:{value}" for name in _FIELDS.get(field, ("all",))]
    return f"({' OR '.join(texts)})" if len(texts) > 1 else texts[0]


def _plain(text: str) -> str:
    """Without arXiv's syntax; inside quotes its words AND, OR and ANDNOT are words."""
    return " ".join(_SYNTAX.sub(" ", text).split())
