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
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

import Stemmer

from bot.text.folding import IDENTITY, Places, fold, fold_with_places

__all__ = [
    "Chunk",
    "Piece",
    "Terms",
    "Token",
    "analyse",
    "chunk_spans",
    "fold",
    "is_initial",
    "names",
    "runs",
    "singular",
    "terms",
]

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

_PLURAL_FROM = 4
_NOT_PLURAL_AFTER = frozenset("sui")
_INVARIABLE = frozenset({"andes", "atlas", "bias", "cosmos", "news"})

_CACHED_RUNS = 1 << 15

_stemmer = Stemmer.Stemmer("english", 0)


def analyse(text: str) -> tuple[Token, ...]:
    """The words of a plain text with their places; an empty tuple where there are none."""
    if text.isascii():
        return tuple(_tokens(text.lower(), IDENTITY))
    folded, places = fold_with_places(text)
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


def _tokens(folded: str, places: Places) -> list[Token]:
    tokens = []
    position = 0
    same = places is IDENTITY
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
