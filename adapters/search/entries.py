"""What the index holds of a paper: its words as the analyser gives them, and where they stand.

Every text is kept in two forms, `forms` (written) and `stems`, of which a scope names the field:
`body_forms`, `title_stems`, ….  tantivy splits at spaces, so a text is handed over as a row of
slots, two for each position of the analyser:

- the even one has the word at that position,
- the odd one has the joined form that begins there, as `3dgs|2` (with the number of positions it
  covers), or the filler `_`, which is dropped but keeps its slot.

So words that are adjacent for the analyser have a known distance, whichever of them are joined
forms.  Joined forms stand once more at the end, far apart, to be found as plain words.  Two texts
of one field have an empty position between them.

Decides nothing about queries (`compiling` does) and keeps nothing that changes without the text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import tantivy

from bot.domain.papers import Paper
from bot.text import analysis, folding

SCOPES = ("body", "title", "keyword", "again")
"""`again` is what the abstract says again of title and keywords: its other words are in `body`, and
in neither of these."""

FILLER = "_"
JOINED = "|"
NAME_WORDS = 6
NAME_INITIALS = 2
ODD_NAME = "|odd"
"""Stands for a paper with a name of too many words, hyphens or initials to be told in rows."""

_WORDS = "words"
_EXACT = "raw"
_CACHED_RUNS = 1 << 17
_BETWEEN_WORDS = f" {FILLER} "
_APART = FILLER
_BETWEEN_TEXTS = f" {FILLER} {FILLER} {FILLER} "
_BETWEEN_NAMES = f" {FILLER} {FILLER} "
_LONGEST = 1000  # a query has 500 characters: what a word has beyond this can meet none


def schema() -> tantivy.Schema:
    """The fields.  `day` is the list day's ordinal, 0 where there is none."""
    build = tantivy.SchemaBuilder()
    for scope in SCOPES:
        build.add_text_field(f"{scope}_forms", tokenizer_name=_WORDS, index_option="position")
        build.add_text_field(f"{scope}_stems", tokenizer_name=_WORDS, index_option="position")
    build.add_text_field("org_forms", tokenizer_name=_WORDS, index_option="position")
    build.add_text_field("names", tokenizer_name=_WORDS, index_option="position")
    build.add_text_field("short_names", tokenizer_name=_WORDS, index_option="position")
    build.add_text_field("category", tokenizer_name=_EXACT, index_option="basic")
    build.add_text_field("source", tokenizer_name=_EXACT, index_option="basic")
    build.add_text_field("whole_title", tokenizer_name=_EXACT, index_option="basic")
    build.add_text_field("id", stored=True, tokenizer_name=_EXACT, index_option="basic")
    build.add_integer_field("day", indexed=True, fast=True)
    return build.build()


def register(index: tantivy.Index) -> None:
    """Teach an index how its texts are split; needed each time that it is opened."""
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    words = words.filter(tantivy.Filter.custom_stopword([FILLER]))
    index.register_tokenizer(_WORDS, words.build())


def stamp() -> str:
    """Names the code that decides what an index holds: another stamp, another index."""
    digest = hashlib.blake2b(digest_size=16)
    for source in (analysis.__file__, folding.__file__, __file__):
        digest.update(Path(source).read_bytes())
    for package in ("tantivy", "PyStemmer"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def entry(paper: Paper) -> tantivy.Document:
    """The paper as the index takes it."""
    title = _read(paper.title)
    abstract = _read(paper.abstract)
    keywords = [_read(keyword) for keyword in paper.keywords]
    made = tantivy.Document()
    made.add_text("id", paper.id)
    made.add_integer("day", paper.list_day.toordinal() if paper.list_day else 0)
    _add(made, "title", [title])
    if keywords:
        _add(made, "keyword", keywords)
    _add(made, "body", [title, abstract, *keywords])
    if paper.organization:
        made.add_text("org_forms", _joint([_read(paper.organization).forms]))
    made.add_text("again_forms", _again(abstract.forms, [one.forms for one in (title, *keywords)]))
    made.add_text("again_stems", _again(abstract.stems, [one.stems for one in (title, *keywords)]))
    _add_names(made, paper.authors)
    for category in _categories(paper.categories):
        made.add_text("category", category)
    for source in paper.sources:
        made.add_text("source", source)
    made.add_text("whole_title", title_key(_words(paper.title)))
    return made


def _words(text: str) -> list[str]:
    return [piece.written for run in analysis.runs(text) for piece in run.parts]


def title_key(words: Iterable[str]) -> str:
    """The written words of a title in order, each once."""
    return hashlib.blake2b(" ".join(dict.fromkeys(words)).encode(), digest_size=16).hexdigest()


def category_key(pattern: str) -> str:
    """A category, or all of an archive: `cs.*`."""
    return pattern.casefold()


def joined_term(word: str, length: int) -> str:
    """A joined form at the odd slot of its first position."""
    return f"{word}{JOINED}{length}"


# -- texts as slots ------------------------------------------------------------


class _Slots(NamedTuple):
    """One form of a text: the slots of each run, without the last odd one, and the joined forms."""

    rows: list[str]
    joined: Sequence[str]


class _Text(NamedTuple):
    forms: _Slots
    stems: _Slots


class _Rows(dict[str, tuple[str, str]]):
    """Folded spelling of a run → its slots by written form and by stem, empty without words.

    It saves most of the analysis: a paper has few words that no other has.  Starts anew when full.
    """

    def __missing__(self, spelling: str) -> tuple[str, str]:
        if len(self) >= _CACHED_RUNS:
            self.clear()
        run = analysis.run_of(spelling)
        made = self[spelling] = _row(run.written, run.pieces), _row(run.stems, run.pieces)
        return made


_rows_of = _Rows()


def _read(text: str) -> _Text:
    rows = [_rows_of[spelling] for spelling in analysis.spelled(text)]
    return _Text(_slots([row for row, _ in rows if row]), _slots([row for _, row in rows if row]))


def _slots(rows: list[str]) -> _Slots:
    hyphenated = " ".join(row for row in rows if JOINED in row)
    joined = [word.partition(JOINED)[0] for word in hyphenated.split(" ") if JOINED in word]
    return _Slots(rows, joined)


def _row(words: Sequence[str], pieces: Sequence[analysis.Piece]) -> str:
    slots: list[str] = []
    for whole, piece in zip(words, pieces, strict=True):
        word = whole[:_LONGEST]
        if piece.length == 1:
            slots += (word, FILLER)
        else:
            slots[-1] = joined_term(word, piece.length)
    return " ".join(slots[:-1])


def _add(made: tantivy.Document, scope: str, texts: Sequence[_Text]) -> None:
    made.add_text(f"{scope}_forms", _joint([text.forms for text in texts]))
    made.add_text(f"{scope}_stems", _joint([text.stems for text in texts]))


def _joint(texts: Sequence[_Slots]) -> str:
    rows = [_BETWEEN_WORDS.join(text.rows) for text in texts if text.rows]
    rows += (word for text in texts for word in text.joined)
    return _BETWEEN_TEXTS.join(rows)


def _again(abstract: _Slots, others: Sequence[_Slots]) -> str:
    """The abstract without the words that none of the other texts has.

    Those that are left keep their neighbours: words that stood apart still do.
    """
    known = {word for other in others for row in other.rows for word in row.split(" ")}
    known.update(word for other in others for word in other.joined)
    rows: list[str] = []
    apart = False
    for row in abstract.rows:
        if row in known or " " in row:  # what hyphens hold together has parts: all of it is kept
            if apart and rows:
                rows.append(_APART)
            rows.append(row)
            apart = False
        else:
            apart = True
    return _joint([_Slots(rows, abstract.joined)])


# -- names and categories ------------------------------------------------------


def _add_names(made: tantivy.Document, authors: Iterable[str]) -> None:
    """`names` has every name as it is, and with its hyphenated word joined; `short_names` has those
    with initials inside once more for each way to leave some of these out.
    """
    names: list[str] = []
    short_names: list[str] = []
    for author in authors:
        words = analysis.names(author)
        parts = [word for word, _, length in words if length == 1]
        joined = [word for word in words if word[2] > 1]
        rows = [parts]
        if joined:
            word, position, length = joined[0]
            rows.append([*parts[:position], word, *parts[position + length :]])
        inside = sum(map(analysis.is_initial, parts[1:]))
        if len(parts) > NAME_WORDS or len(joined) > 1 or inside > NAME_INITIALS:
            names.append(ODD_NAME)
            rows += ([word] for word, _, _ in joined[1:])
        elif inside:
            short_names += (_name_row(short) for row in rows for short in _shortened(row))
        names += map(_name_row, rows)
    made.add_text("names", _BETWEEN_NAMES.join(names))
    if short_names:
        made.add_text("short_names", _BETWEEN_NAMES.join(short_names))


def _shortened(row: Sequence[str]) -> Iterator[list[str]]:
    initials = [at for at, word in enumerate(row) if at and analysis.is_initial(word)]
    for count in range(1, len(initials) + 1):
        for left_out in combinations(initials, count):
            yield [word for at, word in enumerate(row) if at not in left_out]


def _name_row(words: Iterable[str]) -> str:
    """Each word, and in the odd slot what it may be abbreviated to."""
    return " ".join(f"{word[:_LONGEST]} {abbreviation(word) or FILLER}" for word in words)


def abbreviation(word: str) -> str | None:
    """The term of all words of names that begin with the same letter; None if none stands so."""
    return f"^{word[0]}" if analysis.is_initial(word[0]) else None


def _categories(categories: Iterable[str]) -> set[str]:
    found = set()
    for category in map(category_key, categories):
        found.add(category[:_LONGEST])
        parts = category[:_LONGEST].split(".")
        found.update(".".join(parts[:end]) + ".*" for end in range(1, len(parts)))
    return found
