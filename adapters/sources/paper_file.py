"""Papers out of a file of JSON lines, also packed with gzip or xz: bytes in, papers out.

It decides what a line must hold and which lines are broken.  It stores nothing.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, cast

from adapters.sources.plain_text import clean, different, storable
from bot.domain.identity import paper_id, parse_ref
from bot.domain.papers import Paper
from bot.text.latex import readable

LONGEST_LINE = 2**22  #: bytes; a paper with 3,000 authors has a hundredth of it
GZIP = b"\x1f\x8b"
XZ = b"\xfd7zXZ\x00"


class BrokenLine(ValueError):  # noqa: N818 - it is an answer, not a failure
    """A line that holds no paper; the message follows "line 7: "."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that holds no paper; lines are counted from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class CutOff:
    """The file ends, or stops making sense, after that many lines."""

    after: int
    reason: str


Entry = Paper | Broken | CutOff


def unpacked(file: BinaryIO) -> BinaryIO:
    """The content of a file, unpacked where its first bytes say that it is packed."""
    buffered = file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast(Any, file))
    start = buffered.peek(len(XZ))
    if start.startswith(GZIP):
        return cast(BinaryIO, gzip.GzipFile(fileobj=buffered))
    if start.startswith(XZ):
        return cast(BinaryIO, lzma.LZMAFile(buffered))
    return cast(BinaryIO, buffered)


def read_papers(file: BinaryIO) -> Iterator[Entry]:
    """What each line of an unpacked file holds; empty lines are left out.  Never raises for what
    stands in the file; CutOff, if any, is the last entry."""
    number = 0
    while True:
        try:
            line = _line(file)
        except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            yield CutOff(number, _why(error))
            return
        if line is None:
            return
        number += 1
        if line.strip():
            try:
                yield parse_line(line)
            except BrokenLine as error:
                yield Broken(number, str(error))


def parse_line(line: bytes) -> Paper:
    """The paper of one line.  Raises BrokenLine."""
    if len(line) > LONGEST_LINE:
        raise BrokenLine(f"longer than {LONGEST_LINE // 2**20} MB")
    try:
        entry = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BrokenLine("not UTF-8 text") from None
    except (ValueError, RecursionError):
        raise BrokenLine("not JSON") from None
    if not isinstance(entry, dict):
        raise BrokenLine('not an object, such as {"title": "…"}')
    return _paper(entry)


def _paper(entry: dict[str, Any]) -> Paper:
    raw_title, raw_abstract = _text(entry, "title"), _text(entry, "abstract")
    title, abstract = clean(readable(raw_title)), clean(readable(raw_abstract))
    if not title:
        raise BrokenLine("no title")
    authors = tuple(filter(None, (clean(readable(name)) for name in _texts(entry, "authors"))))
    named = _text(entry, "id").strip()
    ref = parse_ref(named) if named else None
    if named and ref is None:
        raise BrokenLine(f"id {storable(named)[:40]!r} is neither of arXiv nor a DOI")
    return Paper(
        id=paper_id(ref, title=title, authors=authors),
        title=title,
        abstract=abstract,
        authors=authors,
        categories=_texts(entry, "categories"),
        comment=clean(_text(entry, "comment")) or None,
        version=ref.version if ref else None,
        list_day=_day(_text(entry, "first_seen")),
        sources=frozenset({"file"}),
        raw_title=different(raw_title, title),
        raw_abstract=different(raw_abstract, abstract),
    )


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BrokenLine(f"{name} is not text")
    return value


def _texts(entry: dict[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts; a text of several words counts as a list of them for categories."""
    value = entry.get(name)
    if name == "categories" and isinstance(value, str):
        value = value.split()
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BrokenLine(f"{name} is not a list of texts")
    return tuple(dict.fromkeys(filter(None, (clean(item) for item in value))))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BrokenLine(
            f"first_seen {storable(text)[:20]!r} is no date such as 2026-06-12"
        ) from None


def _line(file: BinaryIO) -> bytes | None:
    """The next line, None at the end; of one that is too long only as much as shows that."""
    line = file.readline(LONGEST_LINE + 1)
    if not line:
        return None
    rest = line
    while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
        rest = file.readline(LONGEST_LINE + 1)
    return line


def _why(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "the file ends in the middle"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the packed content is damaged"
