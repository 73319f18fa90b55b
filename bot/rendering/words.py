"""Small pieces of English and of text: counts, dates, lists, spans, and cutting text safely."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.replies import Span, Style, Text

_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_ELLIPSIS = " …"


def text(*parts: str | Span) -> Text:
    """A text of plain strings and spans."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts if part)


def strong(words: str) -> Span:
    return Span(words, Style.STRONG)


def code(words: str) -> Span:
    """Something to type."""
    return Span(words, Style.CODE)


def with_code(sentence: str) -> Text:
    """A sentence in which `…` marks what is to be typed."""
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:
        return text(sentence)
    return text(*(code(piece) if n % 2 else piece for n, piece in enumerate(pieces)))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 paper`, `17 papers`, `1,000 papers`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spelled(number: int) -> str:
    """Small numbers in letters."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else str(number)


def joined(items: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(items) < 2:  # noqa: PLR2004 - one or none
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def day(when: date, today: date | None = None) -> str:
    """`Friday 5 June`, with the year when it is not today's."""
    year = f" {when.year}" if today is not None and when.year != today.year else ""
    return f"{when:%A} {when.day} {when:%B}{year}"


def short_day(when: date, today: date) -> str:
    """`today`, `yesterday`, `5 June`, `5 June 2025`."""
    if (age := (today - when).days) in {0, 1}:
        return ("today", "yesterday")[age]
    year = f" {when.year}" if when.year != today.year else ""
    return f"{when.day} {when:%B}{year}"


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """`06:00`, in that zone."""
    return f"{at.astimezone(zone):%H:%M}"


def zone_named(name: str | None) -> ZoneInfo | None:
    """The zone of that IANA name, if there is one."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def graphemes_end(words: str, limit: int) -> int:
    """The longest cut of at most `limit` characters that splits no combined character: not before a
    combining mark, a joiner, a variation selector, a skin tone or the second half of a flag.
    """
    if len(words) <= limit:
        return len(words)
    end = limit
    while end > 0 and _continues(words, end):
        end -= 1
    return end


def _continues(words: str, at: int) -> bool:
    here, before = words[at], words[at - 1]
    if unicodedata.combining(here) or unicodedata.category(here) in {"Mn", "Me", "Mc"}:
        return True
    if here == "\u200d" or before == "\u200d" or "\U0001f3fb" <= here <= "\U0001f3ff":
        return True
    return _is_flag_half(here) and _is_flag_half(before)


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def cut(words: str, limit: int) -> str:
    """At most `limit` characters, at the end of a word where possible, with an ellipsis."""
    if len(words) <= limit:
        return words
    end = graphemes_end(words, limit - len(_ELLIPSIS))
    space = words.rfind(" ", max(0, end - 40), end + 1)
    return words[: space if space > 0 else end].rstrip(" ,;:") + _ELLIPSIS


_SENTENCE_END = re.compile(r"(?<![A-Z.])(?<!\b[a-z])(?<!\be\.g)(?<!\bi\.e)[.!?](?=\s+[^a-z\s])")


def lead(abstract: str, limit: int) -> int:
    """Where the first sentences end that fit into `limit` characters; 0 when not even one fits."""
    if len(abstract) <= limit:
        return len(abstract)
    ends = [found.end() for found in _SENTENCE_END.finditer(abstract, 0, limit)]
    return ends[-1] if ends else 0


def marked(words: str, places: Iterable[tuple[int, int]], end: int | None = None) -> Text:
    """`words[:end]` with the places (sorted, apart, in characters) as MARK spans."""
    end = len(words) if end is None else end
    spans: list[Span] = []
    at = 0
    for start, stop in places:
        if start >= end:
            break
        spans.append(Span(words[at:start]))
        spans.append(Span(words[start : min(stop, end)], Style.MARK))
        at = min(stop, end)
    spans.append(Span(words[at:end]))
    return tuple(span for span in spans if span.text)


def authors_line(authors: Sequence[str], shown: int = 3) -> str:
    """`A, B, C +9`."""
    more = f" +{len(authors) - shown}" if len(authors) > shown else ""
    return ", ".join(authors[:shown]) + more


def authors_spoken(authors: Sequence[str]) -> str:
    """`Valentin Wagner and 3 others`, for what is heard."""
    if len(authors) <= 2:  # noqa: PLR2004 - "A and B" is shorter than "A and 1 other"
        return joined(list(authors))
    return f"{authors[0]} and {len(authors) - 1} others"
