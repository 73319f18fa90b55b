"""A query in plain English, as previews say it after "every new paper with".

It decides words only; the canonical text, which is what is stored and typed, is `str(query)`.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.query.sought import sought
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
    Query,
    SourceIs,
    TextField,
    TextTerm,
    Word,
)

_ANYWHERE = "in title, abstract or keywords"
_IN = {
    None: _ANYWHERE,
    TextField.TITLE: "in the title",
    TextField.ABSTRACT: "in the abstract",
    TextField.KEYWORD: "as a keyword",
}
_LINKS = {"code": "a link to its code", "project": "a link to a project page"}
_SOURCES = {"arxiv": "arXiv", "huggingface": "Hugging Face", "file": "a loaded file"}


def describe(query: Query) -> str:
    """What a matching paper has: `gaussian (any form) in title, abstract or keywords, but not
    survey (any form)`.
    """
    return _told(query.root)


def _told(node: Node) -> str:
    match node:
        case And():
            return _all_told(node.items)
        case Not():
            return _all_told((node,))
        case Or() if where := _where(node):
            return f"{_either(node)} {where}"
        case Or():
            return _listed([_grouped(item) for item in node.items], "or")
        case Word() | Phrase() | Prefix():
            return f"{_listed(_names([node]), 'and')} {_IN[node.field]}"
        case _:
            return _leaf_told(node)


def _all_told(items: Sequence[Node]) -> str:
    finds = [item for item in items if not isinstance(item, Not)]
    leaves_out = [item.item for item in items if isinstance(item, Not)]
    pieces = _texts_told(finds)
    pieces += [_grouped(item) for item in finds if _where(item) is None]
    found = _listed(pieces, "and")
    if not leaves_out:
        return found
    left_out = f"not {_out_told(leaves_out)}"
    return f"{found}, but {left_out}" if found else left_out


def _texts_told(items: Sequence[Node]) -> list[str]:
    """The words of each field together: `gaussian and splatting (any form) in the title`."""
    told = []
    for where in _IN.values():
        inside = [item for item in items if _where(item) == where]
        pieces = _names([item for item in inside if isinstance(item, TextTerm)])
        pieces += [_either(item) for item in inside if isinstance(item, Or)]
        if pieces:
            told.append(f"{_listed(pieces, 'and')} {where}")
    return told


def _out_told(items: Sequence[Node]) -> str:
    """What is left out, each of it enough; the fields only where the query names one."""
    flat = [one for item in items for one in (item.items if isinstance(item, Or) else (item,))]
    words = [item for item in flat if isinstance(item, TextTerm) and item.field is None]
    rest = [_grouped(item) for item in flat if item not in words]
    return _listed(_names(words, alone=not rest) + rest, "or")


def _grouped(node: Node) -> str:
    loose = isinstance(node, And | Not) or (isinstance(node, Or) and _where(node) is None)
    return f"({_told(node)})" if loose else _told(node)


def _where(node: Node) -> str | None:
    """Where a text term, or each one of an OR, is looked for; None for everything else."""
    if isinstance(node, TextTerm):
        return _IN[node.field]
    if isinstance(node, Or):
        places = {_where(item) if isinstance(item, TextTerm) else None for item in node.items}
        return places.pop() if len(places) == 1 else None
    return None


def _either(node: Or) -> str:
    terms = [item for item in node.items if isinstance(item, TextTerm)]
    return f"either {_listed(_names(terms), 'or')}"


def _names(terms: Sequence[TextTerm], *, alone: bool = True) -> list[str]:
    """`gaussian (any form)`, `the phrase "radiance field"`; bare words that stand alone share one
    `(any form)` behind the last.
    """
    words = [term.text for term in terms if isinstance(term, Word)]
    others = [_exactly(term) for term in terms if not isinstance(term, Word)]
    if words and alone and not others:
        return [*words[:-1], f"{words[-1]} (any form)"]
    return [*(f"{word} (any form)" for word in words), *others]


def _exactly(term: TextTerm) -> str:
    if isinstance(term, Prefix):
        return f"a word beginning with {term.text}"
    assert isinstance(term, Phrase)
    return f'the {"phrase" if len(sought(term).slots) > 1 else "word"} "{term.text}"'


def _leaf_told(leaf: Leaf) -> str:
    match leaf:
        case Author():
            return f"an author named {leaf.name.title()}"
        case Org():
            return f'an organisation named "{leaf.name}"'
        case Category(pattern=pattern) if pattern.endswith(".*"):
            return f"any category of {pattern.removesuffix('.*')}"
        case Category():
            return f"category {leaf.pattern}"
        case Word() | Phrase() | Prefix():
            return _told(leaf)
        case _:
            return _condition_told(leaf)


def _condition_told(condition: Condition) -> str:
    match condition:
        case Number():
            name = str(condition.count)
            one = name.removesuffix("s") if condition.least == 1 else name
            return f"at least {condition.least:,} {one}"
        case Has():
            return _LINKS[condition.link]
        case ListedIn():
            return f"a place on Hugging Face's {condition.list} list"
        case SourceIs():
            return f"{_SOURCES[condition.source]} as a source"


def _listed(pieces: Sequence[str], conjunction: str) -> str:
    """`a, b and c`; a comma also before the conjunction where the pieces have commas."""
    if len(pieces) < 2:  # noqa: PLR2004 - two make a list
        return "".join(pieces)
    comma = "," if any("," in piece for piece in pieces) else ""
    return f"{', '.join(pieces[:-1])}{comma} {conjunction} {pieces[-1]}"
