"""What arXiv's feeds (RSS and Atom) and its query API say, as values.

It decides what an entry is and which text belongs to which field.  An entry that cannot be read is
skipped and counted; only a document that is no feed at all is an error.  It decides nothing about
what is new or owed.  Formats: https://info.arxiv.org/help/rss.html and …/help/api/user-manual.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from lxml import etree

from adapters.sources.plain_text import clean, different
from adapters.sources.plain_xml import Children, local_name, parse_xml, text_of
from bot.domain.identity import PaperRef, paper_id, parse_ref
from bot.domain.pages import AnnounceType, Item, Page
from bot.domain.papers import Paper
from bot.errors import SourceGarbled
from bot.text.latex import readable

SOURCE = "arXiv"
MOST_ENTRIES = 5_000  #: feeds and answers have 2,000 at the most
LONGEST_ENTRY = 50_000  #: characters; 3,000 authors have less, an abstract 2,000
FIRST_YEAR = 1900  #: a time before it is nobody's
EASTERN = ZoneInfo("America/New_York")

_CATEGORY = re.compile(r"[a-z-]+(\.[A-Za-z-]+)?")
_PREFIX = re.compile(
    r"\s*arXiv:(?P<id>\S+?)(?P<version>v\d+)?\s+Announce Type:\s*(?P<type>[a-z-]+)\s+Abstract:\s*"
)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_WHAT = r"(?:paper|article|submission|manuscript|preprint|work|version)"
_WITHDRAWN_TEXT = rf"(?:this|the)\s+{_WHAT}\s+(?:has\s+been|was|is)\s+(?:\w+\s+)?withdrawn\b"
_WITHDRAWN_COMMENT = re.compile(
    rf"{_WITHDRAWN_TEXT}|^\W*{_WHAT}?\s*withdrawn\b|\bwithdrawn\s+by\s+(?:the\s+)?(?:author|arxiv)",
    re.IGNORECASE,
)
_WITHDRAWN_ABSTRACT = re.compile(rf"\W*(?:{_WITHDRAWN_TEXT}|withdrawn\b)", re.IGNORECASE)
_OAI = re.compile(r"\s*oai:arXiv\.org:", re.IGNORECASE)
_OWN_DOI = "10.48550/"


class _UnreadableError(ValueError):
    """One entry lacks what every entry has."""


def parse_feed(body: bytes) -> Page:
    """A daily feed of new papers, RSS or Atom; `list_day` is the feed's own day in New York.

    Raises SourceGarbled when it is no feed, has no day, or answers an unknown category.
    """
    root = parse_xml(body, SOURCE)
    channel = next((child for child in root if local_name(child) == "channel"), root)
    if local_name(root) not in {"rss", "rdf", "feed"}:
        raise SourceGarbled("arXiv answered with something that is not a feed.")
    head = Children(channel)
    title = clean(head.text("title"))
    if "feed error for query" in title.casefold():
        raise SourceGarbled(
            f"arXiv does not know a category of ARXIV_CATEGORIES; it says “{title[:200]}”."
        )
    entries = head.all("item") or head.all("entry")
    items, skipped = _each(entries, _feed_item)
    return Page(source="arxiv", items=items, list_day=_list_day(head, entries), skipped=skipped)


def parse_answer(body: bytes, *, source: str = "search") -> Page:
    """An answer of the query API as a page called `source`.

    Raises SourceGarbled when it is no feed, or an error feed (whatever its status was).
    """
    return _answer(parse_xml(body, SOURCE), source)


def parse_slice(body: bytes) -> tuple[Page, int]:
    """An answer of the query API as a page `archive`, and how many entries there are in all.

    Raises SourceGarbled as `parse_answer` does, and when it does not say how many.
    """
    root = parse_xml(body, SOURCE)
    page = _answer(root, "archive")
    total = clean(Children(root).text("totalresults"))
    if not total.isdecimal():
        raise SourceGarbled("arXiv's answer does not say how long it is.")
    return page, int(total)


def _answer(root: etree._Element, source: str) -> Page:
    if local_name(root) != "feed":
        raise SourceGarbled("arXiv answered with something that is not a feed.")
    entries = Children(root).all("entry")
    for entry in entries:
        children = Children(entry)
        if "/api/errors" in children.text("id"):
            reason = clean(children.text("summary"))[:200] or "no reason"
            raise SourceGarbled(f"arXiv refuses the request: {reason}.")
    items, skipped = _each(entries, _answer_item)
    return Page(source=source, items=items, skipped=skipped)


def _each(
    entries: Sequence[etree._Element], parse: Callable[[Children], Item]
) -> tuple[tuple[Item, ...], int]:
    if len(entries) > MOST_ENTRIES:
        raise SourceGarbled("arXiv answered with more entries than it ever has.")
    items, skipped = [], 0
    for entry in entries:
        try:
            items.append(parse(_readable_children(entry)))
        except _UnreadableError:
            skipped += 1
    return tuple(items), skipped


def _readable_children(entry: etree._Element) -> Children:
    if sum(len(str(text)) for text in entry.itertext()) > LONGEST_ENTRY:
        raise _UnreadableError("too long")
    return Children(entry)


# -- feeds --------------------------------------------------------------------


def _feed_item(entry: Children) -> Item:
    described = entry.text("description") or entry.text("summary")
    prefix = _PREFIX.match(described)
    named = prefix["id"] + (prefix["version"] or "") if prefix else ""
    paper = _paper(
        _reference(entry.text("guid"), entry.text("id"), named, entry.text("link")),
        title=entry.text("title"),
        abstract=described[prefix.end() :] if prefix else described,
        authors=_authors(entry.all("creator")),
        categories=_categories(entry),
        doi=entry.text("doi"),
    )
    kind = clean(entry.text("announce_type")) or (prefix["type"] if prefix else "")
    return Item(paper=paper, announce=_announce_type(kind, paper.version))


def _announce_type(kind: str, version: int | None) -> AnnounceType:
    """What the entry says; where it says nothing known, only a first version can be new."""
    try:
        return AnnounceType(kind)
    except ValueError:
        return AnnounceType.NEW if version in {None, 1} else AnnounceType.REPLACE


def _list_day(head: Children, entries: list[etree._Element]) -> date:
    """The channel's day, else that of its building, else that of its first entry."""
    texts = [head.text(name) for name in ("pubdate", "updated", "lastbuilddate")]
    if entries:
        first = Children(entries[0])
        texts += [first.text("pubdate"), first.text("published")]
    for text in texts:
        at = _instant(text)
        if at is not None:
            return at.astimezone(EASTERN).date()
    raise SourceGarbled("arXiv's feed does not say which day it is of.")


def _authors(creators: list[etree._Element]) -> tuple[str, ...]:
    """The names of one comma-joined string; `A. Smith, Jr.` is one name."""
    names: list[str] = []
    for creator in creators:
        for part in text_of(creator).split(","):
            name = clean(readable(part)).removeprefix("and ")
            if names and _SUFFIX.fullmatch(name):
                names[-1] += f" {name}"
            elif name:
                names.append(name)
    return tuple(names)


# -- the query API ------------------------------------------------------------


def _answer_item(entry: Children) -> Item:
    comment = clean(readable(entry.text("comment"))) or None
    names = (clean(readable(Children(author).text("name"))) for author in entry.all("author"))
    paper = _paper(
        _reference(entry.text("id")),
        title=entry.text("title"),
        abstract=entry.text("summary"),
        authors=tuple(name for name in names if name),
        categories=_categories(entry),
        doi=entry.text("doi"),
        comment=comment,
        submitted_at=_instant(entry.text("published")),
    )
    return Item(paper=paper)


# -- both ---------------------------------------------------------------------


def _paper(
    ref: PaperRef,
    *,
    title: str,
    abstract: str,
    authors: tuple[str, ...],
    categories: tuple[str, ...],
    doi: str,
    comment: str | None = None,
    submitted_at: datetime | None = None,
) -> Paper:
    plain_title, plain_abstract = clean(readable(title)), clean(readable(abstract))
    if not plain_title:
        raise _UnreadableError("no title")
    return Paper(
        id=paper_id(ref),
        title=plain_title,
        abstract=plain_abstract,
        authors=authors,
        categories=categories,
        comment=comment,
        doi=_doi(doi),
        version=ref.version,
        withdrawn=_is_withdrawn(comment, plain_abstract),
        submitted_at=submitted_at,
        sources=frozenset({"arxiv"}),
        raw_title=different(title, plain_title),
        raw_abstract=different(abstract, plain_abstract),
    )


def _reference(*candidates: str) -> PaperRef:
    """The first of the texts that is an arXiv id."""
    for text in candidates:
        ref = parse_ref(_OAI.sub("", text))
        if ref is not None and ref.kind == "arxiv":
            return ref
    raise _UnreadableError("no arXiv id")


def _categories(entry: Children) -> tuple[str, ...]:
    """The classes of arXiv's own, the primary one first; MSC and ACM ones, which stand among them,
    are left out."""
    terms = [
        element.get("term") or text_of(element)
        for element in (*entry.all("primary_category"), *entry.all("category"))
    ]
    cleaned = (str(term).strip() for term in terms)
    return tuple(dict.fromkeys(term for term in cleaned if _CATEGORY.fullmatch(term)))


def _doi(text: str) -> str | None:
    """The publisher's DOI: the first where there are several, never arXiv's own."""
    first = next(iter(clean(text).split()), "")
    return first if first.startswith("10.") and not first.startswith(_OWN_DOI) else None


def _is_withdrawn(comment: str | None, abstract: str) -> bool:
    """A withdrawn paper is a new version whose comment, or whose abstract's start, says so."""
    if comment is not None and _WITHDRAWN_COMMENT.search(comment):
        return True
    return _WITHDRAWN_ABSTRACT.match(abstract) is not None


def _instant(text: str) -> datetime | None:
    """An aware UTC time from RFC 822 or ISO 8601, or None."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = parse(text.strip())
            at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        if at.year >= FIRST_YEAR:
            return at
    return None
