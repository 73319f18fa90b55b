"""Papers as values: what is known of a paper, and what two sources know together.

Text here is plain (TeX made readable, whitespace folded by `bot.text.latex.readable`); the `raw_…`
fields keep what the source said.  A number that no source has told is None, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

PaperId = NewType("PaperId", str)
"""`arxiv:2606.06690`, `doi:10.1000/x`, `hf:name` or `title:<hash>`; see `bot.domain.identity`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper, as known now."""

    id: PaperId
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()  #: the primary one first, cross-lists after it
    keywords: tuple[str, ...] = ()
    organization: str | None = None  #: Hugging Face's full name of it
    ai_summary: str | None = None  #: Hugging Face's one-sentence summary
    comment: str | None = None  #: the authors' comment on arXiv
    doi: str | None = None  #: the publisher's, not arXiv's own 10.48550/…
    version: int | None = None  #: newest version known, from 1
    withdrawn: bool = False
    submitted_at: datetime | None = None  #: of version 1
    list_day: date | None = None  #: the day of arXiv's list that first showed it
    announced_at: datetime | None = None  #: when an announcement first brought it to us
    upvotes: int | None = None
    stars: int | None = None
    comments: int | None = None
    code_url: str | None = None
    project_url: str | None = None
    sources: frozenset[str] = frozenset()  #: of `arxiv`, `huggingface`, `file`
    lists: frozenset[str] = frozenset()  #: of `daily`, `trending`: ever listed there
    raw_title: str | None = None  #: the source's own text where it differs from `title`
    raw_abstract: str | None = None
