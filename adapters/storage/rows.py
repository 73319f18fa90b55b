"""A paper as a row, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row as SqlRow
from sqlalchemy import Select, func, select

from adapters.storage.engine import Connection
from adapters.storage.engine import Row as Values
from adapters.storage.tables import paper_lists, papers, replaced_papers
from bot.domain.identity import same_title_key
from bot.domain.papers import Paper, PaperId

T = TypeVar("T")

IDS_AT_ONCE = 500
"""How many values one IN list is given; far below what the databases allow."""

_SAME = (
    "id", "title", "abstract", "authors", "categories", "keywords", "organization", "ai_summary",
    "comment", "doi", "version", "withdrawn", "submitted_at", "list_day", "announced_at", "upvotes",
    "stars", "comments", "code_url", "project_url", "raw_title", "raw_abstract",
)  # fmt: skip
"""Fields that are columns of the same name and value."""

_lists = (
    select(func.aggregate_strings(paper_lists.c.list, " "))
    .where(paper_lists.c.paper == papers.c.id)
    .correlate(papers)
    .scalar_subquery()
)

_COLUMNS = (*(papers.c[name] for name in _SAME), papers.c.sources, _lists.label("lists"))


def select_papers() -> Select[Any]:
    """What `paper_of` reads, first in each row."""
    return select(*_COLUMNS)


def paper_of(row: SqlRow[Any] | Sequence[Any]) -> Paper:
    """The paper of a row of `select_papers`."""
    fields = dict(zip(_SAME, row, strict=False))
    sources, lists = row[len(_SAME)], row[len(_SAME) + 1]
    return Paper(
        **fields,
        sources=frozenset(sources),
        lists=frozenset(lists.split()) if lists else frozenset(),
    )


def values_of(paper: Paper, seq: int) -> Values:
    """The row of a paper."""
    values: dict[str, Any] = {name: getattr(paper, name) for name in _SAME}
    values["seq"] = seq
    values["title_key"] = title_key(paper.title)
    values["sources"] = tuple(sorted(paper.sources))
    return values


def title_key(title: str) -> str:
    """Equal for titles that are spelled alike.  It nominates; whether two papers are one is decided
    by `may_merge`."""
    return same_title_key(title)[:200]


def in_parts(values: Iterable[T], size: int = IDS_AT_ONCE) -> Iterable[list[T]]:
    """The values in lists that fit into one statement."""
    every = list(values)
    for start in range(0, len(every), size):
        yield every[start : start + size]


async def papers_by_id(connection: Connection, ids: Iterable[PaperId]) -> dict[PaperId, Paper]:
    """The stored papers of these ids as they are now; unknown ids are left out."""
    found: dict[PaperId, Paper] = {}
    for part in in_parts(dict.fromkeys(ids)):
        rows = await connection.execute(select_papers().where(papers.c.id.in_(part)))
        for row in rows:
            paper = paper_of(row)
            found[paper.id] = paper
    return found


async def current_ids(connection: Connection, ids: Iterable[PaperId]) -> dict[PaperId, PaperId]:
    """For those of the ids that were replaced: the id that the paper has now."""
    now: dict[PaperId, PaperId] = {}
    for part in in_parts(dict.fromkeys(ids)):
        rows = await connection.execute(
            select(replaced_papers.c.id, replaced_papers.c.paper).where(
                replaced_papers.c.id.in_(part)
            )
        )
        now.update({PaperId(row.id): PaperId(row.paper) for row in rows})
    return now


async def current_id(connection: Connection, paper: PaperId) -> PaperId:
    """The id that the paper has now."""
    return (await current_ids(connection, [paper])).get(paper, paper)
