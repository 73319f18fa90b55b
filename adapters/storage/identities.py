"""Finds the stored rows that are the same paper as a given one.

It looks under ids, aliases and titles; whether two papers are one is decided by
`bot.domain.identity`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from sqlalchemy import select

from adapters.storage.engine import Connection
from adapters.storage.rows import in_parts, papers_by_id, title_key
from adapters.storage.tables import paper_aliases, papers
from bot.domain.identity import aliases, arxiv_id, may_merge, merge
from bot.domain.papers import Paper, PaperId

Alias = tuple[str, str]
"""Kind and value, as `bot.domain.identity.aliases` gives them."""


async def stored_under(connection: Connection, wanted: Iterable[Alias]) -> dict[Alias, PaperId]:
    """For each alias that is known: the stored paper it stands for."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, value in dict.fromkeys(wanted):
        by_kind[kind].append(value)
    found: dict[Alias, PaperId] = {}
    for kind, values in by_kind.items():
        for part in in_parts(values):
            rows = await connection.execute(
                select(paper_aliases.c.value, paper_aliases.c.paper).where(
                    paper_aliases.c.kind == kind, paper_aliases.c.value.in_(part)
                )
            )
            found.update({(kind, row.value): PaperId(row.paper) for row in rows})
    return found


async def same_papers(connection: Connection, given: Sequence[Paper]) -> dict[PaperId, list[Paper]]:
    """For each given paper its stored rows, the one of its own id first: several when sources told
    of it apart and something now shows that they meant one."""
    own = {paper.id: aliases(paper) for paper in given}
    by_alias = await stored_under(connection, (one for names in own.values() for one in names))
    by_title = await _titled(connection, {title_key(paper.title) for paper in given})
    nominated = {paper.id: _nominated(paper, own[paper.id], by_alias, by_title) for paper in given}
    every = {one for ids in nominated.values() for one in ids}
    stored = await papers_by_id(connection, sorted(every))
    return {
        paper.id: [
            stored[one]
            for one, by_name in nominated[paper.id].items()
            if one in stored and _is_same(stored[one], paper, by_name=by_name)
        ]
        for paper in given
    }


def _nominated(
    paper: Paper,
    names: Iterable[Alias],
    by_alias: Mapping[Alias, PaperId],
    by_title: Mapping[str, list[PaperId]],
) -> dict[PaperId, bool]:
    """Ids that may be the paper → whether an id or alias says so, rather than only the title."""
    ids = dict.fromkeys([paper.id], True)
    ids.update({by_alias[name]: True for name in names if name in by_alias})
    for one in by_title.get(title_key(paper.title), ()):
        ids.setdefault(one, False)
    return ids


async def _titled(connection: Connection, keys: set[str]) -> dict[str, list[PaperId]]:
    found: dict[str, list[PaperId]] = defaultdict(list)
    for part in in_parts(sorted(keys - {""})):
        rows = await connection.execute(
            select(papers.c.title_key, papers.c.id).where(papers.c.title_key.in_(part))
        )
        for row in rows:
            found[row.title_key].append(PaperId(row.id))
    return found


def _is_same(stored: Paper, given: Paper, *, by_name: bool) -> bool:
    if not by_name:
        return may_merge(stored, given)
    # A DOI may stand at two arXiv papers by mistake; different arXiv ids never merge.
    ours, theirs = arxiv_id(stored), arxiv_id(given)
    return ours is None or theirs is None or ours == theirs


def folded(rows: Sequence[Paper]) -> Paper:
    """What several rows of one paper know together."""
    return reduce(merge, rows)
