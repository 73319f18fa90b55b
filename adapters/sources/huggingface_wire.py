"""What Hugging Face's papers API says, as values.

It decides which of its fields are facts about a paper.  Everything but the paper's id and title is
optional; what is missing or of a wrong type is left out, an entry without them is skipped and
counted.  Traps (DESIGN's sources): the outer `publishedAt` is New York time labelled UTC and is not
read; votes, stars and links stand inside `paper`, the number of comments outside.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from adapters.sources.plain_text import clean, different
from bot.domain.identity import paper_id, parse_ref
from bot.domain.pages import Item
from bot.domain.papers import Paper, PaperId
from bot.errors import SourceGarbled
from bot.text.latex import readable

SOURCE = "Hugging Face"
MOST_ENTRIES = 1_000  #: a search has 120 at the most, a list 100
LONGEST_ENTRY = 50_000  #: characters of title and abstract, which have 2,000
LARGEST_NUMBER = 10**9
LONGEST_URL = 2_000
FIRST_YEAR = 1900  #: a time before it is nobody's

_NOT_IN_ID = re.compile(r"[^\w./-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The entries of one answer.  `length` counts what was sent; `newest_day` is the newest day
    that an entry has stood on the Daily list since."""

    items: tuple[Item, ...]
    length: int
    skipped: int = 0
    newest_day: date | None = None


def parse_list(body: bytes, *, lists: frozenset[str] = frozenset()) -> Listed:
    """A daily list, trending or a search; `lists` says where its papers stand."""
    entries = _load(body)
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        raise SourceGarbled("Hugging Face answered with something that is not a list of papers.")
    items: list[Item] = []
    days: list[date] = []
    for entry in entries:
        paper = _entry(entry, lists)
        if paper is not None:
            items.append(Item(paper=paper))
            days.extend(_listed_since(entry))
    return Listed(
        items=tuple(items),
        length=len(entries),
        skipped=len(entries) - len(items),
        newest_day=max(days, default=None),
    )


def parse_paper(body: bytes) -> Item:
    """One paper's own answer, which is not wrapped."""
    paper = _paper(_load(body), {}, frozenset())
    if paper is None:
        raise SourceGarbled("Hugging Face answered with something that is not a paper.")
    return Item(paper=paper)


def content_hash(items: Iterable[Item], day: date | None) -> str:
    """Changes when anything that we read of a list has changed, and only then."""
    facts = [str(day), *(asdict(item.paper) for item in items)]
    text = json.dumps(facts, default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _load(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceGarbled("Hugging Face answered with broken or cut-off JSON.") from error


def _entry(entry: Any, lists: frozenset[str]) -> Paper | None:
    return _paper(entry.get("paper"), entry, lists) if isinstance(entry, dict) else None


def _paper(inner: Any, outer: Mapping[str, Any], lists: frozenset[str]) -> Paper | None:
    if not isinstance(inner, dict):
        return None
    identity = _id(inner.get("id"))
    raw_title = _text(inner.get("title")) or _text(outer.get("title")) or ""
    raw_abstract = _text(inner.get("summary")) or _text(outer.get("summary")) or ""
    if identity is None or len(raw_title) + len(raw_abstract) > LONGEST_ENTRY:
        return None
    title, abstract = clean(readable(raw_title)), clean(readable(raw_abstract))
    if not title:
        return None
    return Paper(
        id=identity,
        title=title,
        abstract=abstract,
        authors=_authors(inner.get("authors")),
        keywords=tuple(dict.fromkeys(_lines(inner.get("ai_keywords")))),
        organization=_organization(inner.get("organization"), outer.get("organization")),
        ai_summary=_line(inner.get("ai_summary")),
        withdrawn=bool(_text(inner.get("withdrawnAt"))),
        submitted_at=_instant(inner.get("publishedAt")),
        upvotes=_number(inner.get("upvotes")),
        stars=_number(inner.get("githubStars")),
        comments=_number(outer.get("numComments")),
        code_url=_url(inner.get("githubRepo")),
        project_url=_url(inner.get("projectPage")),
        sources=frozenset({"huggingface"}),
        lists=lists,
        raw_title=different(raw_title, title),
        raw_abstract=different(raw_abstract, abstract),
    )


def _id(value: Any) -> PaperId | None:
    """An arXiv id, as nearly all are, or a name of Hugging Face's own."""
    if not isinstance(value, str) or _NOT_IN_ID.search(value):
        return None
    ref = parse_ref(f"https://huggingface.co/papers/{value}")
    return paper_id(ref) if ref is not None else None


def _authors(value: Any) -> tuple[str, ...]:
    """The names that are shown; a hidden author has said that this paper is not theirs."""
    if not isinstance(value, list):
        return ()
    shown = (a.get("name") for a in value if isinstance(a, dict) and not a.get("hidden"))
    return tuple(_lines(list(shown)))


def _organization(*values: Any) -> str | None:
    for value in values:
        if isinstance(value, dict):
            name = _line(value.get("fullname")) or _line(value.get("name"))
            if name:
                return name
    return None


def _listed_since(entry: Mapping[str, Any]) -> Iterable[date]:
    since = _instant(entry["paper"].get("submittedOnDailyAt"))
    return () if since is None else (since.date(),)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _line(value: Any) -> str | None:
    """One line of plain text, or None when there is none."""
    return (clean(readable(value)) or None) if isinstance(value, str) else None


def _lines(values: Any) -> list[str]:
    if not isinstance(values, list):
        return []
    return [line for line in map(_line, values) if line is not None]


def _number(value: Any) -> int | None:
    """A count; a missing one stays unknown and is never 0."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= LARGEST_NUMBER else None


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at.year >= FIRST_YEAR else None


def _url(value: Any) -> str | None:
    """An http(s) address with a host, without a user's name and without blanks."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        parts = urlsplit(text)
        host, user = parts.hostname, parts.username
    except ValueError:
        return None
    usable = parts.scheme in {"http", "https"} and host and user is None
    tidy = text.isprintable() and not any(c.isspace() for c in text) and len(text) <= LONGEST_URL
    return text if usable and tidy else None
