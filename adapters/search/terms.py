"""Turns one term of a query into a tantivy query over what `entries` says the index holds.

For most terms the index knows enough.  A very ambiguous phrase, and a name whose words stand apart,
are `Open`: the index says who surely meets the term and who may, and `match()` has to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import tantivy

from adapters.search.clauses import SCHEMA, all_of, any_of, none, term
from adapters.search.entries import (
    NAME_WORDS,
    ODD_NAME,
    category_key,
    joined_term,
)
from bot.query.sought import (
    AllOf,
    AnyOf,
    Form,
    Need,
    Run,
    Sought,
    beginnings,
    name_sought,
    need,
    sought,
)
from bot.query.values import Author, Category, Org, Phrase, Prefix, TextTerm, Word
from bot.text.analysis import is_initial

MOST_READINGS = 64

Lengths = Callable[[str, str], Sequence[int]]
"""For a field and a word: how many positions its joined forms cover, where it is one at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Papers in `sure` meet the term, of those in `maybe` `match()` decides, no other does."""

    sure: tantivy.Query
    maybe: tantivy.Query


def indexed(leaf: TextTerm | Author | Category | Org, lengths: Lengths) -> tantivy.Query | Open:
    """What the index knows of a term."""
    match leaf:
        case Word() | Phrase() | Prefix():
            return text(leaf, leaf.field or "body", lengths)
        case Org():
            return _words(sought(leaf), "org_forms", need(leaf), lengths)
        case Author():
            return _author(leaf)
        case Category():
            return term("category", category_key(leaf.pattern))


def nominated(name: Author) -> Open:
    """The papers with the words of a name, wherever they stand."""
    return Open(sure=none(), maybe=_having(need(name), "names"))


def text(leaf: TextTerm, scope: str, lengths: Lengths) -> tantivy.Query | Open:
    """What the index knows of words in one part of the papers' text, whatever field they name."""
    if isinstance(leaf, Prefix):
        return _beginning(leaf, f"{scope}_forms")
    what = sought(leaf)
    form = "stems" if what.form is Form.STEM else "forms"
    return _words(what, f"{scope}_{form}", need(leaf), lengths)


def _beginning(leaf: Prefix, field: str) -> tantivy.Query:
    start, same = beginnings(leaf)
    found = tantivy.Query.fuzzy_term_query(SCHEMA, field, start, distance=0, prefix=True)
    return found if same == start else any_of([found, term(field, same)])


# -- adjacent words ------------------------------------------------------------

Reading = tuple[tuple[int, str], ...]
"""Slots, counted from the first word's position, and the index's words that stand there."""


def _words(what: Sought, field: str, needed: Need, lengths: Lengths) -> tantivy.Query | Open:
    readings = _readings(what.slots, lambda word: lengths(field, word))
    if readings is None:
        return Open(sure=none(), maybe=_having(needed, field))
    found = [_phrase(field, reading) for reading in readings]
    if what.whole:
        found.append(term(field, what.whole))
    return any_of(found)


def _phrase(field: str, reading: Reading) -> tantivy.Query:
    if len(reading) == 1:
        return term(field, reading[0][1])
    return tantivy.Query.phrase_query(SCHEMA, field, list(reading))


def _readings(
    slots: Sequence[tuple[Run, ...]], lengths: Callable[[str], Sequence[int]]
) -> list[Reading] | None:
    """Every way in which the words can stand adjacent, each as itself or as a joined form; None if
    these are too many."""
    found: list[Reading] = []
    for runs in product(*slots):
        of_runs = _row_readings([word for run in runs for word in run], lengths)
        if of_runs is None or len(found) + len(of_runs) > MOST_READINGS:
            return None
        found += of_runs
    return found


def _row_readings(
    words: Sequence[str], lengths: Callable[[str], Sequence[int]]
) -> list[Reading] | None:
    if len(words) == 1:  # the index has it as a plain word, whatever it covers
        return [((0, words[0]),)]
    ends: list[tuple[Reading, int]] = [((), 0)]
    for word in words:
        covered = lengths(word)
        plain = [((*row, (2 * at, word)), at + 1) for row, at in ends]
        joined = [
            ((*row, (2 * at + 1, joined_term(word, length))), at + length)
            for row, at in ends
            for length in covered
        ]
        ends = plain + joined
        if len(ends) > MOST_READINGS:
            return None
    return [row for row, _ in ends]


def _having(needed: Need, field: str) -> tantivy.Query:
    match needed:
        case AllOf():
            return all_of([_having(item, field) for item in needed.items])
        case AnyOf():
            return any_of([_having(item, field) for item in needed.items])
        case _:
            return term(field, needed.text)


# -- names ---------------------------------------------------------------------


def _author(leaf: Author) -> tantivy.Query | Open:
    words, only_initials = name_sought(leaf)
    rows = _rows(words)
    if all(len(row) == 1 for row in rows):
        return any_of([term("names", row[0]) for row in rows])
    if only_initials:  # these stand for nothing but themselves
        return any_of([tantivy.Query.phrase_query(SCHEMA, "names", list(row)) for row in rows])
    sure = any_of([one for row in rows for one in _surely_named(row)])
    apart = [_names([_loose(word) for word in row], NAME_WORDS) for row in rows if len(row) > 1]
    odd = all_of([term("names", ODD_NAME), _having(need(leaf), "names")])
    return Open(sure=sure, maybe=all_of([any_of([*apart, odd])], [sure]))


def _rows(words: Sequence[tuple[str, int, int]]) -> list[list[str]]:
    """The ways to read a name whose hyphenated words are also one word each."""
    width = max(position + length for _, position, length in words)
    rows: list[list[list[str]]] = [[] for _ in range(width + 1)]
    rows[0] = [[]]
    for word, position, length in sorted(words, key=lambda one: one[1]):
        rows[position + length] += [[*row, word] for row in rows[position]]
    return rows[width]


def _surely_named(row: Sequence[str]) -> list[tantivy.Query]:
    """Adjacent words, each as it is or abbreviated, but one of them in full."""
    if len(row) == 1:
        return [term("names", row[0])]
    return [
        _names([_strict(one) if at == full else _loose(one) for at, one in enumerate(row)], 0)
        for full, word in enumerate(row)
        if not is_initial(word)
    ]


def _names(patterns: list[str | tuple[int, str]], slop: int) -> tantivy.Query:
    return tantivy.Query.regex_phrase_query(SCHEMA, "names", patterns, slop=slop)


def _strict(word: str) -> str:
    return word.replace("+", "\\+").replace("#", "\\#")


def _loose(word: str) -> str:
    if is_initial(word):
        return f"{word}.*"
    return f"({_strict(word)}|{word[0]})" if is_initial(word[0]) else _strict(word)
