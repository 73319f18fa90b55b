"""Finds the known word that someone may have meant.

Words one edit away (a letter left out, added, changed, or two swapped) are tried one by one; words
two edits away are looked for among those with the same first letter: mistakes seldom stand there.
Says how many papers the word's bare form finds.
"""

from __future__ import annotations

from collections.abc import Iterator

import tantivy

from adapters.search.clauses import term
from adapters.search.deciding import count
from adapters.search.entries import JOINED
from bot.text.analysis import analyse

FIELD = "body_forms"
COUNTED_IN = "body_stems"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
TWO_EDITS_FROM = 5
"""In shorter words two edits make any word of any other."""

LONGEST = 60


def nearest(searcher: tantivy.Searcher, word: str) -> tuple[str, int] | None:
    """The most frequent known word one edit away, else two; and how many papers have it."""
    tokens = [token for token in analyse(word) if token.length == 1]
    if len(tokens) != 1 or len(tokens[0].written) > LONGEST:
        return None
    typed = tokens[0].written
    return _most_frequent(searcher, _one_edit(searcher, typed)) or _most_frequent(
        searcher, _two_edits(searcher, typed)
    )


def _one_edit(searcher: tantivy.Searcher, typed: str) -> list[tuple[str, int]]:
    return [(one, searcher.doc_freq(FIELD, one)) for one in set(edits(typed)) - {typed}]


def _two_edits(searcher: tantivy.Searcher, typed: str) -> list[tuple[str, int]]:
    if len(typed) < TWO_EDITS_FROM:
        return []
    letters = set(typed)
    known = searcher.terms_with_prefix(FIELD, typed[0])
    return [
        (word, count)
        for word, count in known
        if abs(len(word) - len(typed)) <= 2  # noqa: PLR2004 - edits
        and len(letters.symmetric_difference(word)) <= 4  # noqa: PLR2004 - an edit changes two
        and JOINED not in word
        and distance(typed, word) == 2  # noqa: PLR2004
    ]


def _most_frequent(
    searcher: tantivy.Searcher, known: list[tuple[str, int]]
) -> tuple[str, int] | None:
    """The frequencies still count papers that were replaced, so that the word is looked up."""
    for word, _ in sorted((one for one in known if one[1]), key=lambda one: (-one[1], one[0])):
        if papers := _papers(searcher, word):
            return word, papers
    return None


def _papers(searcher: tantivy.Searcher, word: str) -> int:
    """How many papers have the word in any form: what the bare word finds."""
    return count(searcher, term(COUNTED_IN, analyse(word)[0].stem))


def edits(word: str) -> Iterator[str]:
    """Every word of Latin letters and digits one edit away."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def distance(one: str, other: str) -> int:
    """How many edits lead from one word to the other, a swap of neighbours being one (optimal
    string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, wanted in enumerate(other, start=1):
            line.append(
                min(
                    last[column] + 1,
                    line[column - 1] + 1,
                    last[column - 1] + (letter != wanted),
                )
            )
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                line[column] = min(line[column], before[column - 2] + 1)
        before, last = last, line
    return last[-1]
