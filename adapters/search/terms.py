"""Turns one term of a query into a tantivy query over what `entries` says the index holds.

For most terms the index knows enough.  A very ambiguous phrase, and a name of many words, are
`Open`: the index says who surely meets the term and who may, and `match()` has to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import tantivy

from adapters.search.clauses import SCHEMA, all_of, any_of, none, phrase, term
from adapters.search.entries import (
    category_key,
    joined_term,
)
from adapters.search.naming import author
from adapters.search.nomination import Open, having
from bot.query.sought import (
    Form,
    Need,
    Sought,
    beginnings,
    need,
    sought,
)
from bot.query.values import (
    Author,
    Category,
    Org,
    Phrase,
    Prefix,
    SourceIs,
    TextField,
    TextTerm,
    Word,
)

MOST_READINGS = 64

Lengths = Callable[[str, str], Sequence[int]]
"""For a field and a word: how many positions its joined forms cover, where it is one at all."""


def indexed(
    leaf: TextTerm | Author | Category | Org | SourceIs, lengths: Lengths
) -> tantivy.Query | Open:
    """What the index knows of a term."""
    match leaf:
        case Word() | Phrase() | Prefix() if leaf.field is TextField.ABSTRACT:
            return _in_abstract(leaf, lengths)
        case Word() | Phrase() | Prefix():
            return text(leaf, leaf.field or "body", lengths)
        case Org():
            return _words(sought(leaf), "org_forms", need(leaf), lengths)
        case Author():
            return author(leaf)
        case Category():
            return term("category", category_key(leaf.pattern))
        case SourceIs():
            return term("source", leaf.source)


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
        return Open(sure=none(), maybe=having(need(leaf), f"body_{form}"))
    found = []
    for reading in readings:
        body, title, keyword, again = (
            phrase(f"{scope}_{form}", reading) for scope in ("body", "title", "keyword", "again")
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
        return Open(sure=none(), maybe=having(needed, field))
    return any_of([phrase(field, reading) for reading in readings])


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
