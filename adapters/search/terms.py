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
    Sought,
    beginnings,
    name_sought,
    need,
    sought,
)
from bot.query.values import Author, Category, Org, Phrase, Prefix, TextField, TextTerm, Word
from bot.text.analysis import is_initial

MOST_READINGS = 64
MOST_JOINED = 3
"""Hyphenated words of a name, each of which doubles the ways to read it."""

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
        case Word() | Phrase() | Prefix() if leaf.field is TextField.ABSTRACT:
            return _in_abstract(leaf, lengths)
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
    return _words(what, f"{scope}_{_form(what)}", need(leaf), lengths)


def _in_abstract(leaf: TextTerm, lengths: Lengths) -> tantivy.Query | Open:
    """An abstract has what the whole text has and neither title nor keywords have, and what it says
    again of these (see `entries`).
    """
    if isinstance(leaf, Prefix):
        body, title, keyword, again = (
            _beginning(leaf, f"{scope}_forms") for scope in ("body", "title", "keyword", "again")
        )
        return Open(
            sure=any_of([again, all_of([body], [title, keyword])]),
            maybe=all_of([body, any_of([title, keyword])], [again]),
        )
    what = sought(leaf)
    form = _form(what)
    readings = _readings(what, lambda word: lengths(f"body_{form}", word))
    if readings is None:
        return Open(sure=none(), maybe=_having(need(leaf), f"body_{form}"))
    found = []
    for reading in readings:
        body, title, keyword, again = (
            _phrase(f"{scope}_{form}", reading) for scope in ("body", "title", "keyword", "again")
        )
        found += [again, all_of([body], [title, keyword])]
    return any_of(found)


def _form(what: Sought) -> str:
    return "stems" if what.form is Form.STEM else "forms"


def _beginning(leaf: Prefix, field: str) -> tantivy.Query:
    start, same = beginnings(leaf)
    found = tantivy.Query.fuzzy_term_query(SCHEMA, field, start, distance=0, prefix=True)
    return found if same == start else any_of([found, term(field, same)])


# -- adjacent words ------------------------------------------------------------

Reading = tuple[tuple[int, str], ...]
"""Slots, counted from the first word's position, and the index's words that stand there."""


def _words(what: Sought, field: str, needed: Need, lengths: Lengths) -> tantivy.Query | Open:
    readings = _readings(what, lambda word: lengths(field, word))
    if readings is None:
        return Open(sure=none(), maybe=_having(needed, field))
    return any_of([_phrase(field, reading) for reading in readings])


def _phrase(field: str, reading: Reading) -> tantivy.Query:
    if len(reading) == 1:
        return term(field, reading[0][1])
    return tantivy.Query.phrase_query(SCHEMA, field, list(reading))


def _readings(what: Sought, lengths: Callable[[str], Sequence[int]]) -> list[Reading] | None:
    """Every way in which the words can stand adjacent, each as itself or as a joined form; None if
    these are too many."""
    found: list[Reading] = [((0, what.whole),)] if what.whole else []
    for runs in product(*what.slots):
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
    if sum(length > 1 for _, _, length in words) > MOST_JOINED:
        return nominated(leaf)
    rows = _rows(words)
    if all(len(row) == 1 for row in rows):
        return any_of([term("names", row[0]) for row in rows])
    if only_initials:  # these stand for nothing but themselves
        return any_of([tantivy.Query.phrase_query(SCHEMA, "names", list(row)) for row in rows])
    rows = [row for row in rows if len(row) <= NAME_WORDS]
    odd = all_of([term("names", ODD_NAME), _having(need(leaf), "names")])
    sure = any_of([one for row in rows for one in _surely_named(row)])
    maybe = any_of([odd, *map(_maybe_named, rows)])
    return Open(sure=sure, maybe=all_of([maybe], [sure]))


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
    full = [word for word in row if not is_initial(word)]
    if 1 < len(full) < len(row):  # few have both: cheaper than all words that an initial begins
        return []
    return [
        _names([_strict(one) if one == sure else _loose(one) for one in row], 0) for sure in full
    ]


def _maybe_named(row: Sequence[str]) -> tantivy.Query:
    """The words in order, as they are or abbreviated, with others between them."""
    if len(row) == 1:
        return term("names", row[0])
    full = [word for word in row if not is_initial(word)]
    return _names(list(map(_loose, full if len(full) > 1 else row)), NAME_WORDS)


def _names(patterns: list[str | tuple[int, str]], slop: int) -> tantivy.Query:
    return tantivy.Query.regex_phrase_query(SCHEMA, "names", patterns, slop=slop)


def _strict(word: str) -> str:
    return word.replace("+", "\\+").replace("#", "\\#")


def _loose(word: str) -> str:
    if is_initial(word):
        return f"{word}.*"
    return f"({_strict(word)}|{word[0]})" if is_initial(word[0]) else _strict(word)
