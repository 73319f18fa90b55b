"""How characters are compared: NFKC, casefold, accents dropped, what is not seen left out.

It decides which characters are the same and keeps where each came from; not what a word is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache

_MARKS = "\u0300-\u036f\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
_VOICED = "\u3099\u309a\uff9e\uff9f"
_JAMO = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97c\ud7b0-\ud7fb\uffa0-\uffdc"
_UNSEEN = "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
_MARKED = re.compile(f"[{_MARKS}{_VOICED}{_JAMO}]")
_STRIPPED = re.compile(f"[{_MARKS}]+")
# What normalises together: letters that compose over several characters, a base with its marks, and
# what vanishes between them.
_CLUSTER = re.compile(
    f"(?:[^\x00-\x7f]|[\x00-\x7f](?=[{_UNSEEN}]*[{_MARKS}{_VOICED}]))"
    f"(?:[{_UNSEEN}]*[{_MARKS}{_VOICED}{_JAMO}])*"
)
_NOT_ASCII = re.compile("[^\x00-\x7f]")

# Letters with a stroke or tied together, which Unicode does not decompose.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)
_HYPHENS = frozenset("\u2010\u2011\u2212\ufe63\uff0d")
_SEPARATORS = frozenset("\u2120\u2122")  # ℠ and ™: NFKC would glue "sm" and "tm" to the word


def fold(text: str, *, accents: bool = False) -> str:
    """The text as it is compared: NFKC, casefolded, without accents (with `accents`, they stay)."""
    if text.isascii():
        return text.lower()
    folding = _fold_keeping_accents if accents else _fold_cluster
    pattern = _CLUSTER if _MARKED.search(text) else _NOT_ASCII
    return pattern.sub(lambda cluster: folding(cluster.group()), text).lower()


class Places:
    """Where a folded text's characters come from.

    The text is a row of segments; each begins at `folded[i]` and `original[i]`.  In a straight
    segment (`until[i]` is None) characters correspond one by one; in a cluster all of them come
    from `original[i]` to `until[i]`.
    """

    __slots__ = ("folded", "original", "until")

    def __init__(self) -> None:
        self.folded = [0]
        self.original = [0]
        self.until: list[int | None] = [None]

    def add(self, folded: int, width: int, original: int, until: int) -> None:
        self.folded += (folded, folded + width)
        self.original += (original, until)
        self.until += (until, None)

    def start(self, index: int) -> int:
        segment = bisect_right(self.folded, index) - 1
        first = self.original[segment]
        return first if self.until[segment] else first + index - self.folded[segment]

    def end(self, index: int) -> int:
        segment = bisect_right(self.folded, index - 1) - 1
        return self.until[segment] or self.original[segment] + index - self.folded[segment]


IDENTITY = Places()


def fold_with_places(text: str) -> tuple[str, Places]:
    """The folded text, and where its characters come from (`IDENTITY`: from the same place)."""
    pieces: list[str] = []
    places = IDENTITY
    done = width = 0
    for cluster in _CLUSTER.finditer(text):
        start, end = cluster.span()
        folded = _fold_cluster(cluster.group())
        pieces += (text[done:start], folded)
        width += start - done
        if len(folded) != end - start or end - start > 1:
            if places is IDENTITY:
                places = Places()
            places.add(width, len(folded), start, end)
        width += len(folded)
        done = end
    pieces.append(text[done:])
    return "".join(pieces).lower(), places


@lru_cache(maxsize=1 << 14)
def _fold_cluster(cluster: str) -> str:
    kept = _fold_keeping_accents(cluster)
    while True:
        bare = _STRIPPED.sub("", unicodedata.normalize("NFD", kept)).translate(_LETTERS)
        folded = _fold_keeping_accents(unicodedata.normalize("NFC", bare))
        if folded == kept:
            return folded
        kept = folded


@lru_cache(maxsize=1 << 14)
def _fold_keeping_accents(cluster: str) -> str:
    """To the fixed point: what casefold makes may compose, and what NFKC makes may fold again."""
    while True:
        folded = "".join(map(_plain, cluster))
        folded = unicodedata.normalize("NFKC", folded).casefold()
        if folded == cluster:
            return folded
        cluster = folded


def _plain(character: str) -> str:
    if character in _HYPHENS:
        return "-"
    if character in _SEPARATORS:
        return " "
    return "" if unicodedata.category(character) == "Cf" else character
