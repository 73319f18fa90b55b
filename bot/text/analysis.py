"""The analyser: which words a text has, and where.

Used by the matcher, by every index and for highlighting, so that they agree by construction.  It
decides what a word is and which words are the same; it does not read TeX (`bot.text.latex` does,
before) and knows neither papers nor queries.

The rules (DESIGN section 3; `tests/bot/text/test_analysis.py` is their truth table):

- Text is folded: NFKC, casefold, accents dropped; soft hyphens, zero-width and bidi characters
  vanish.  Words are runs of letters and digits; `c++` and `c#` are words; Chinese, Japanese and
  Korean count by character.  Apostrophes and everything else split.
- A chunk is a run of words joined by single hyphens.  It gives its parts at successive positions
  and, at the position of its first part, the joined form (`3D-GS`: 3d, gs and 3dgs); there is none
  if the chunk has a CJK character.
- The `written` form of a word is the folded word without a plural s: a final s is dropped from a
  word of four letters and more (digits are none: 3dgs stays), unless s, u or i stands before it, or
  the word is one that Snowball knows as no plural (news, bias, …).
- The `stem` is the Snowball English stem of the folded word; of its written form where Snowball
  leaves the word as it is, since it takes acronyms (llms, cnns) for no plurals.
- No stop words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

import Stemmer

# NamedTuples instead of dataclasses: an abstract has 170 of these, and load reads 1,500 a second.


class Token(NamedTuple):
    """One word of a text.  `text[start:end]` is the place in the text that was analysed.

    Joined forms share the position of their chunk's first part and cover `length` positions.
    Tokens come sorted by position, a joined form after the part that it shares it with.
    """

    written: str
    stem: str
    position: int
    start: int
    end: int
    length: int = 1


class Terms(NamedTuple):
    """The words of a text in the order of its tokens, without their places."""

    written: tuple[str, ...]
    stems: tuple[str, ...]


class Piece(NamedTuple):
    """One word of a chunk; `position`, `start` and `end` count from the chunk's beginning."""

    written: str
    stem: str
    position: int
    start: int
    end: int
    length: int


class Chunk(NamedTuple):
    """What hyphens hold together: its parts, and the joined form where there is one.

    `pieces` is all of them as `Token`s are ordered; `width` is the number of positions.
    """

    written: tuple[str, ...]  #: of `pieces`
    stems: tuple[str, ...]  #: of `pieces`
    pieces: tuple[Piece, ...]
    width: int

    @property
    def parts(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.length == 1)

    @property
    def joined(self) -> Piece | None:
        return next((piece for piece in self.pieces if piece.length > 1), None)


_CJK = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u30ff\u3105-\u312f"
    "\u3130-\u318e\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff"
    "\U00016fe0-\U00018dff\U0001aff0-\U0001b16f\U00020000-\U000323af"
)
_CHUNK = re.compile(r"(?:c(?:\+\+|#)|[^\W_]+)(?:-(?:c(?:\+\+|#)|[^\W_]+))*")
_PART = re.compile(rf"c(?:\+\+|#)|[{_CJK}]|[^\W_{_CJK}]+")
_HAS_CJK = re.compile(f"[{_CJK}]")

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

_PLURAL_FROM = 4
_NOT_PLURAL_AFTER = frozenset("sui")
_INVARIABLE = frozenset({"andes", "atlas", "bias", "cosmos", "news"})

_CACHED_RUNS = 1 << 15

_stemmer = Stemmer.Stemmer("english", 0)


def fold(text: str, *, accents: bool = False) -> str:
    """The text as it is compared: NFKC, casefolded, without accents (with `accents`, they stay)."""
    if text.isascii():
        return text.lower()
    folding = _fold_keeping_accents if accents else _fold_cluster
    pattern = _CLUSTER if _MARKED.search(text) else _NOT_ASCII
    return pattern.sub(lambda cluster: folding(cluster.group()), text).lower()


def analyse(text: str) -> tuple[Token, ...]:
    """The words of a plain text with their places; an empty tuple where there are none."""
    if text.isascii():
        return tuple(_tokens(text.lower(), _IDENTITY))
    folded, places = _fold_with_places(text)
    return tuple(_tokens(folded, places))


def chunk_spans(folded: str) -> list[tuple[int, int, Chunk]]:
    """Start, end and content of each chunk of a text that was folded, with accents or without.

    The offsets count in `folded`.
    """
    return [
        (found.start(), found.end(), _run_of[fold(found.group())])
        for found in _CHUNK.finditer(folded)
    ]


def runs(text: str) -> list[Chunk]:
    """The words of a text in order, without their places: the quick way to words and positions.

    Several chunks are one run where only `+`, `#` or several hyphens stand between them.
    """
    return list(map(_run_of.__getitem__, spelled(text)))


def spelled(text: str) -> list[str]:
    """The folded spelling of each of the text's `runs`: what `run_of` takes."""
    return fold(text).translate(_separated).split()


def run_of(spelling: str) -> Chunk:
    """The words of one run; of width 0 where it has none."""
    return _run_of[spelling]


def terms(text: str) -> Terms:
    """The words of a text without their places; several times as fast as `analyse`."""
    found = runs(text)
    return Terms(
        tuple(chain.from_iterable(map(_written_of, found))),
        tuple(chain.from_iterable(map(_stems_of, found))),
    )


def names(text: str) -> tuple[tuple[str, int, int], ...]:
    """The words of a person's name: the folded word (a name has no plural), its first position and
    the number of positions that it covers (a joined form: more than one).
    """
    found: list[tuple[str, int, int]] = []
    position = 0
    for chunk in _CHUNK.findall(fold(text)):
        parts = _PART.findall(chunk)
        found += ((part, position + index, 1) for index, part in enumerate(parts))
        if "-" in chunk and not _HAS_CJK.search(chunk):
            found.append((chunk.replace("-", ""), position, len(parts)))
        position += len(parts)
    return tuple(found)


def is_initial(word: str) -> bool:
    """Whether a word of a name stands for a longer one: a single letter that is not CJK."""
    return len(word) == 1 and word.isalpha() and not _HAS_CJK.match(word)


def has_word(text: str) -> bool:
    """Whether the text has any letter or digit to compare."""
    return _CHUNK.search(fold(text)) is not None


def singular(folded: str) -> str:
    """The `written` form of a folded word."""
    if (
        not folded.endswith("s")
        or folded[-2:-1] in _NOT_PLURAL_AFTER
        or folded in _INVARIABLE
        or sum(map(str.isalpha, folded)) < _PLURAL_FROM
    ):
        return folded
    return folded[:-1]


# -- chunks --------------------------------------------------------------------


class _Runs(dict[str, Chunk]):
    """Folded run of word characters → its words.

    When it is full it starts anew, but takes over what is still asked for: a common word is read
    once, and of the many words that occur once none stays for long.
    """

    def __init__(self) -> None:
        super().__init__()
        self._before: dict[str, Chunk] = {}

    def __missing__(self, run: str) -> Chunk:
        if len(self) >= _CACHED_RUNS:
            self._before = dict(self)
            self.clear()
        found = self[run] = self._before.get(run) or _read_run(run)
        return found


class _Separated(dict[int, str | None]):
    """For str.translate: every character that is in no chunk becomes a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kept = character if character.isalnum() or character in "-+#" else " "
        self[code] = kept
        return kept


_run_of = _Runs()
_separated = _Separated()
_written_of = itemgetter(0)
_stems_of = itemgetter(1)


def _read_run(run: str) -> Chunk:
    if run.isascii() and run.isalnum():
        word = _piece(run, 0, 0, 1)
        return Chunk((word.written,), (word.stem,), (word,), 1)
    pieces: list[Piece] = []
    position = 0
    for found in _CHUNK.finditer(run):
        of_chunk = _read_chunk(found.group(), position, found.start())
        pieces += of_chunk
        position = of_chunk[-1].position + 1
    return Chunk(
        tuple(piece.written for piece in pieces),
        tuple(piece.stem for piece in pieces),
        tuple(pieces),
        position,
    )


def _read_chunk(chunk: str, position: int, start: int) -> list[Piece]:
    pieces = [
        _piece(found.group(), position + index, start + found.start(), 1)
        for index, found in enumerate(_PART.finditer(chunk))
    ]
    if "-" in chunk and not _HAS_CJK.search(chunk):
        joined = _piece(chunk.replace("-", ""), position, start, len(pieces))
        pieces.insert(1, joined._replace(end=start + len(chunk)))
    return pieces


def _piece(folded: str, position: int, start: int, length: int) -> Piece:
    written = singular(folded)
    stem = _stemmer.stemWord(folded)
    if stem == folded:
        stem = _stemmer.stemWord(written)
    return Piece(written, stem, position, start, start + len(folded), length)


def _tokens(folded: str, places: _Places) -> list[Token]:
    tokens = []
    position = 0
    same = places is _IDENTITY
    for found in _CHUNK.finditer(folded):
        at = found.start()
        _, _, pieces, width = _run_of[found.group()]
        for written, stem, offset, start, end, length in pieces:
            first, last = at + start, at + end
            if not same:
                first, last = places.start(first), places.end(last)
            tokens.append(Token(written, stem, position + offset, first, last, length))
        position += width
    return tokens


# -- folding -------------------------------------------------------------------


class _Places:
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


_IDENTITY = _Places()


def _fold_with_places(text: str) -> tuple[str, _Places]:
    pieces: list[str] = []
    places = _IDENTITY
    done = width = 0
    for cluster in _CLUSTER.finditer(text):
        start, end = cluster.span()
        folded = _fold_cluster(cluster.group())
        pieces += (text[done:start], folded)
        width += start - done
        if len(folded) != end - start or end - start > 1:
            if places is _IDENTITY:
                places = _Places()
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
