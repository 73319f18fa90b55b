"""Turns `author:` into tantivy queries over the rows of names that `entries` makes.

A name's words stand at even slots, what they may be abbreviated to at odd ones.  Only the few names
that are too long or too hyphenated for that are left to `match()`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import tantivy

from adapters.search.clauses import all_of, any_of, none, phrase, term
from adapters.search.entries import NAME_WORDS, ODD_NAME, abbreviation
from adapters.search.nomination import Open, having
from bot.query.sought import name_sought, need
from bot.query.values import Author
from bot.text.analysis import is_initial

MOST_JOINED = 3
"""Hyphenated words of a name, each of which doubles the ways to read it."""


def author(leaf: Author) -> tantivy.Query | Open:
    """What the index knows of an author's name."""
    words, only_initials = name_sought(leaf)
    if sum(length > 1 for _, _, length in words) > MOST_JOINED:
        return Open(sure=none(), maybe=having(need(leaf), "names"))
    rows = _rows(words)
    if all(len(row) == 1 for row in rows):
        return any_of([term("names", row[0]) for row in rows])
    if only_initials:  # these stand for nothing but themselves, and leave nothing out
        return any_of(
            [phrase("names", [(2 * at, one) for at, one in enumerate(row)]) for row in rows]
        )
    sure = [
        phrase(field, reading)
        for row in rows
        if len(row) <= NAME_WORDS
        for reading in _name_readings(row)
        for field in ("names", "short_names")
    ]
    odd = all_of([term("names", ODD_NAME), having(need(leaf), "names")])
    return Open(sure=any_of(sure), maybe=all_of([odd], sure))


def _rows(words: Sequence[tuple[str, int, int]]) -> list[list[str]]:
    """The ways to read a name whose hyphenated words are also one word each."""
    width = max(position + length for _, position, length in words)
    rows: list[list[list[str]]] = [[] for _ in range(width + 1)]
    rows[0] = [[]]
    for word, position, length in sorted(words, key=lambda one: one[1]):
        rows[position + length] += [[*row, word] for row in rows[position]]
    return rows[width]


def _name_readings(row: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    """Every way to abbreviate the words, on the paper's side or ours, but for one of them."""
    ways = [_ways(2 * at, word) for at, word in enumerate(row)]
    for reading in product(*ways):
        if any(not is_initial(word) and slot % 2 == 0 for slot, word in reading):
            yield list(reading)


def _ways(slot: int, word: str) -> list[tuple[int, str]]:
    short = abbreviation(word)
    if is_initial(word):
        return [(slot + 1, short or word)]
    return [(slot, word), (slot, word[0])] if short else [(slot, word)]
