"""Reads stored papers: for commands, and for the search index."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Text, cast, func, select

from adapters.storage.engine import Database
from adapters.storage.identities import stored_under
from adapters.storage.rows import (
    current_ids,
    in_parts,
    paper_of,
    papers_by_id,
    select_papers,
)
from adapters.storage.tables import counters, list_days, paper_lists, papers, replaced_papers
from bot.domain.identity import PaperRef
from bot.domain.papers import Paper, PaperId
from bot.ports import Found
from bot.query.values import Changing, Has, Link, ListedIn, Number, SourceIs

Condition = Changing | SourceIs
"""What lookups take from SQL, because no index holds it."""

COUNTED_TO = 1000
"""Beyond this a total is told as "1,000+"."""


class StoredPapers:
    """The papers table as `bot.ports.Papers`, and as what the search index replays."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- for commands ---------------------------------------------------------

    async def get(self, ids: Sequence[PaperId]) -> list[Paper]:
        """The papers in the order of `ids`.  An id that a paper had before it became known under a
        better one finds it; a paper is given once."""
        async with self._database.read() as connection:
            found = await papers_by_id(connection, ids)
            missing = [one for one in ids if one not in found]
            now = await current_ids(connection, missing) if missing else {}
            found |= await papers_by_id(connection, now.values()) if now else {}
        wanted = dict.fromkeys(now.get(one, one) for one in ids)
        return [found[one] for one in wanted if one in found]

    async def resolve(self, ref: PaperRef) -> Paper | None:
        """The paper that one of its aliases names."""
        async with self._database.read(snapshot=True) as connection:
            ids = await stored_under(connection, [(ref.kind, ref.value)])
            found = await papers_by_id(connection, ids.values())
        return next(iter(found.values()), None)

    async def list_days(self, limit: int) -> list[date]:
        """The newest list days that were read or loaded as a whole, newest first."""
        newest = select(list_days.c.day).order_by(list_days.c.day.desc()).limit(limit)
        async with self._database.read() as connection:
            return list((await connection.execute(newest)).scalars())

    async def on_days(self, first: date, last: date, limit: int) -> Found:
        """Papers of the days, most upvoted first, then newest, then by id."""
        inside = papers.c.list_day.between(first, last)
        ordered = (
            select(papers.c.id)
            .where(inside)
            .order_by(
                papers.c.upvotes.desc().nulls_last(),
                papers.c.list_day.desc(),
                papers.c.submitted_at.desc().nulls_last(),
                papers.c.id,
            )
            .limit(limit)
        )
        async with self._database.read(snapshot=True) as connection:
            ids = tuple((await connection.execute(ordered)).scalars())
            counted = select(func.count()).select_from(papers).where(inside)
            total: int = (await connection.execute(counted)).scalar_one()
        return Found(ids=ids, total=min(total, COUNTED_TO), exact=total <= COUNTED_TO)

    async def count(self) -> int:
        """How many papers are stored."""
        async with self._database.read() as connection:
            statement = select(func.count()).select_from(papers)
            counted: int = (await connection.execute(statement)).scalar_one()
        return counted

    # -- for the search index -------------------------------------------------

    async def newest_seq(self) -> int:
        """The highest number that a change of a paper was given; 0 when nothing is stored."""
        statement = select(counters.c.value).where(counters.c.name == papers.name)
        async with self._database.read() as connection:
            return (await connection.execute(statement)).scalar() or 0

    async def changed_since(self, seq: int, limit: int) -> Sequence[tuple[int, Paper]]:
        """The papers whose number is above `seq`, lowest first, at most `limit`."""
        statement = (
            select_papers()
            .add_columns(papers.c.seq)
            .where(papers.c.seq > seq)
            .order_by(papers.c.seq)
            .limit(limit)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(statement)
            return [(row.seq, paper_of(row)) for row in rows]

    async def replaced_since(self, seq: int) -> Mapping[PaperId, PaperId]:
        """Ids that no paper has any more since `seq` → the id that the paper has now, which is
        among `changed_since` too."""
        statement = select(replaced_papers.c.id, replaced_papers.c.paper).where(
            replaced_papers.c.seq > seq
        )
        async with self._database.read() as connection:
            rows = await connection.execute(statement)
            return {PaperId(row.id): PaperId(row.paper) for row in rows}

    async def ids_where(
        self, condition: Condition, among: Collection[PaperId] | None = None
    ) -> Collection[PaperId]:
        """The ids of the papers that meet a condition that changes, as last stored; with `among`
        only those of the given ones."""
        meets = select(papers.c.id).where(_meets(condition))
        async with self._database.read(snapshot=among is not None) as connection:
            if among is None:
                return {PaperId(one) for one in (await connection.execute(meets)).scalars()}
            met: set[PaperId] = set()
            for part in in_parts(among):
                rows = await connection.execute(meets.where(papers.c.id.in_(part)))
                met.update(PaperId(one) for one in rows.scalars())
            return met

    async def upvotes(self, ids: Collection[PaperId]) -> Mapping[PaperId, int]:
        """The upvotes of those of the given papers that have any."""
        told: dict[PaperId, int] = {}
        async with self._database.read(snapshot=True) as connection:
            for part in in_parts(ids):
                rows = await connection.execute(
                    select(papers.c.id, papers.c.upvotes).where(
                        papers.c.id.in_(part), papers.c.upvotes > 0
                    )
                )
                told.update({PaperId(row.id): row.upvotes for row in rows})
        return told


_LINKS = {Link.CODE: papers.c.code_url, Link.PROJECT: papers.c.project_url}


def _meets(condition: Condition) -> ColumnElement[bool]:
    match condition:
        case Number():
            return papers.c[condition.count.value] >= condition.least
        case Has():
            return _LINKS[condition.link] > ""
        case ListedIn():
            listed = select(paper_lists.c.paper).where(paper_lists.c.list == condition.list.value)
            return papers.c.id.in_(listed)
        case SourceIs():
            # The column is a JSON list of plain names.
            return cast(papers.c.sources, Text).contains(f'"{condition.source.value}"')
