"""What a source hands to the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.papers import Paper


class Ingest(StrEnum):
    """ANNOUNCEMENT may owe deliveries; KNOWLEDGE never does."""

    ANNOUNCEMENT = "announcement"
    KNOWLEDGE = "knowledge"


class AnnounceType(StrEnum):
    """arXiv's own words for why a paper stands on a list."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of a page: the paper as this source knows it, without what others know."""

    paper: Paper
    announce: AnnounceType | None = None  #: only on arXiv's lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer of a source, parsed.

    `source` names the cursor: `arxiv` (the feed), `daily` or `trending`; `search` and `paper`
    (lookups) and `archive` (a list day fetched by date, whole) have none.  `list_day` is the feed's
    own day, or the newest day a list names.
    `cursor` is an opaque text to hand to the next fetch (an ETag, a body's hash).  `skipped` counts
    entries that could not be read.
    """

    source: str
    items: tuple[Item, ...]
    list_day: date | None = None
    cursor: str | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDay:
    """A list day of arXiv's that was read or loaded as a whole.

    `papers` is its size, None where that is not known (a file need not hold our categories);
    `announced`: it came as an announcement; `late`: long after it was due.
    """

    day: date
    papers: int | None = None
    announced: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source says that nothing has changed since the cursor."""

    source: str
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a source has been read, as stored.

    `first_day` and `newest_day` are list days (for `arxiv`); `value` is what the source's last page
    asked to be handed back; `total` the number of entries of the page read last (for `arxiv`, of
    those that are on the list and not replacements).
    """

    source: str
    value: str | None = None
    first_day: date | None = None
    newest_day: date | None = None
    read_at: datetime | None = None
    total: int = 0
