"""What a term of a query looks for, in the analyser's words.

It decides which words a term stands for (DESIGN section 3), for the matcher (`Sought`) and, as a
condition that every match meets, for an index that nominates (`need`).  It looks at no paper.

An index holds, for each paper, what `bot.text.analysis.terms` makes of title, abstract and every
keyword, and what `bot.text.analysis.names` makes of every author.  It nominates completely if it
gives every paper that meets the needs of a query's terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.query.values import Author, Org, Phrase, Prefix, TextField, Word
from bot.text.analysis import Piece, chunk_spans, fold, is_initial, names, singular


class Form(StrEnum):
    """Which form of a text's words an atom is compared with."""

    STEM = "stem"
    WRITTEN = "written"
    PREFIX = "prefix"  #: of a written form
    NAME = "name"  #: a word of an author's name
    ORG = "org"  #: a written form of the organisation's name


Run = tuple[str, ...]
"""Words at adjacent positions."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Words at adjacent positions of one text: for each chunk of the term, one of its runs (its
    parts, or the joined form); or instead of all of them, one word (`whole`).
    """

    form: Form
    slots: tuple[tuple[Run, ...], ...]
    whole: str | None = None


@dataclass(frozen=True, slots=True)
class Atom:
    """One word of an index.  Without `field`, it may stand in title, abstract or keywords."""

    form: Form
    text: str
    field: TextField | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of these; never empty."""

    items: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these; never empty."""

    items: tuple[Need, ...]


Need = Atom | AllOf | AnyOf


@lru_cache(maxsize=1 << 13)
def sought(term: Word | Phrase | Org) -> Sought:
    """The words that the term stands for."""
    match term:
        case Word():
            return _sought(term.text, Form.STEM)
        case Phrase():
            return _sought(term.text, Form.WRITTEN)
        case Org():
            return _sought(term.name, Form.WRITTEN)


def _sought(text: str, form: Form) -> Sought:
    folded = fold(text)
    slots: list[tuple[Run, ...]] = []
    together: list[str] = []
    for start, end, chunk in chunk_spans(folded):
        parts = tuple(_form(piece, form) for piece in chunk.parts)
        joined = chunk.joined
        slots.append((parts, (_form(joined, form),)) if joined else (parts,))
        together += (folded[start:end][part.start : part.end] for part in chunk.parts)
    several = len(slots) > 1 and form is Form.WRITTEN
    return Sought(form, tuple(slots), singular("".join(together)) if several else None)


def _form(piece: Piece, form: Form) -> str:
    return piece.stem if form is Form.STEM else piece.written


@lru_cache(maxsize=1 << 13)
def beginnings(term: Prefix) -> tuple[str, str]:
    """The beginning of a written form, and the written form that also meets the prefix."""
    text = fold(term.text)
    return text, singular(text)


@lru_cache(maxsize=1 << 13)
def name_sought(term: Author) -> tuple[tuple[tuple[str, int, int], ...], bool]:
    """The words of the sought name as `names` gives them, and whether they are initials only."""
    words = names(term.name)
    return words, all(is_initial(word) for word, _, _ in words)


# -- for indexes ---------------------------------------------------------------


def need(term: Word | Phrase | Prefix | Author | Org) -> Need:
    """What every paper has that meets the term.

    For a Prefix, and where one Atom comes back for a Word or Phrase, it is also enough: such a
    paper meets the term.  Otherwise `match()` has to look whether the words are adjacent.
    """
    match term:
        case Word() | Phrase():
            return _words_needed(sought(term), term.field)
        case Org():
            return _words_needed(sought(term), None, Form.ORG)
        case Prefix():
            start, same = beginnings(term)
            prefix = Atom(Form.PREFIX, start, term.field)
            return prefix if same == start else _any(prefix, Atom(Form.WRITTEN, same, term.field))
        case Author():
            return _name_needed(term)


def _words_needed(what: Sought, field: TextField | None, form: Form | None = None) -> Need:
    form = form or what.form
    slots = [
        _any(*(_all(*(Atom(form, word, field) for word in run)) for run in slot))
        for slot in what.slots
    ]
    apart = _all(*slots)
    return _any(apart, Atom(form, what.whole, field)) if what.whole else apart


def _name_needed(term: Author) -> Need:
    words, only_initials = name_sought(term)
    return _any(
        *(Atom(Form.NAME, word) for word, _, _ in words if only_initials or not is_initial(word))
    )


def _all(*needs: Need) -> Need:
    return needs[0] if len(needs) == 1 else AllOf(needs)


def _any(*needs: Need) -> Need:
    return needs[0] if len(needs) == 1 else AnyOf(needs)
