"""The text of a term as a query keeps it, and as it is shown and stored.

It decides how typed words are written in a canonical query; which of them are the same word is
`bot.text.analysis`.
"""

from __future__ import annotations

from bot.text.analysis import chunk_spans, fold
from bot.text.latex import readable

_KEPT_BETWEEN = frozenset("'./_@,=^~+")


def canonical(value: str, between: str) -> str:
    """The words of a term, NFKC and casefolded, TeX made plain; accents and hyphens stay.

    What stands between two chunks becomes `between`, unless it is one of a few marks that have no
    meaning in a query.  The result is read as the same words, and is its own canonical text.
    """
    text = plain(value)
    kept = fold(text, accents=True)
    found = chunk_spans(kept)
    if [chunk for _, _, chunk in found] != [chunk for _, _, chunk in chunk_spans(fold(text))]:
        kept = fold(text)  # loose accents that keep a word together only when they are dropped
        found = chunk_spans(kept)
    pieces: list[str] = []
    last = 0
    for start, end, _ in found:
        if pieces:
            mark = kept[last:start]
            pieces.append(mark if mark in _KEPT_BETWEEN else between)
        pieces.append(kept[start:end])
        last = end
    return "".join(pieces)


def plain(value: str) -> str:
    """The text with TeX made readable."""
    return readable(value) if "\\" in value or "$" in value else value
