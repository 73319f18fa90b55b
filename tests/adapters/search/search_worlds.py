"""Papers to search in, the store that keeps them, and queries made from their own words."""

import gzip
import json
import random
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.domain.papers import Paper, PaperId
from bot.query.matching import meets, prepare
from bot.query.values import (
    And,
    Author,
    Category,
    Count,
    Has,
    Link,
    ListedIn,
    ListName,
    Node,
    Not,
    Number,
    Or,
    Org,
    Phrase,
    Prefix,
    Query,
    SourceIs,
    SourceName,
    TextField,
    Word,
    brings,
)
from bot.text.analysis import chunk_spans, names
from bot.text.folding import fold

SHARED = Path(__file__).parents[3] / "../shared"
NEWEST = date(2026, 7, 1)


class StillClock:
    """A clock that stands at noon of `NEWEST`."""

    def now(self) -> datetime:
        return datetime(NEWEST.year, NEWEST.month, NEWEST.day, 12, tzinfo=UTC)

    async def sleep(self, duration: timedelta) -> None:
        raise AssertionError("nothing in searching waits")


class MemoryPapers:
    """`IndexedPapers` on a dictionary."""

    def __init__(self, papers: Iterable[Paper] = ()) -> None:
        self.stored: dict[PaperId, tuple[int, Paper]] = {}
        self.replaced: dict[PaperId, tuple[int, PaperId]] = {}
        self.given = 0
        self.put(*papers)

    def put(self, *papers: Paper) -> None:
        for paper in papers:
            self.given += 1
            self.stored.pop(paper.id, None)
            self.stored[paper.id] = (self.given, paper)

    def replace(self, old: PaperId, paper: Paper) -> None:
        """The paper is stored under its id; the id `old`, which it had, is none any more."""
        del self.stored[old]
        self.put(paper)
        self.given += 1
        self.replaced[old] = (self.given, paper.id)

    @property
    def papers(self) -> list[Paper]:
        return [paper for _, paper in self.stored.values()]

    async def newest_seq(self) -> int:
        return self.given

    async def count(self) -> int:
        return len(self.stored)

    async def get(self, ids: Collection[PaperId]) -> list[Paper]:
        return [self.stored[one][1] for one in ids if one in self.stored]

    async def changed_since(self, seq: int, limit: int) -> list[tuple[int, Paper]]:
        return [one for one in self.stored.values() if one[0] > seq][:limit]

    async def replaced_since(self, seq: int) -> dict[PaperId, PaperId]:
        return {old: new for old, (at, new) in self.replaced.items() if at > seq}

    async def ids_where(
        self, condition: Node, among: Collection[PaperId] | None = None
    ) -> list[PaperId]:
        asked = Query(condition)
        papers = self.papers if among is None else await self.get(among)
        return [paper.id for paper in papers if meets(asked, prepare(paper))]

    async def upvotes(self, ids: Collection[PaperId]) -> dict[PaperId, int]:
        return {one.id: one.upvotes for one in await self.get(ids) if one.upvotes}


# -- papers --------------------------------------------------------------------


def real_papers(limit: int, seed: int = 7) -> list[Paper]:
    """Papers of ../shared with invented numbers, links and lists; none where it is absent."""
    path = SHARED / "data/arxiv_20k.jsonl.gz"
    if not path.exists():
        return []
    drawn = random.Random(seed)
    found: dict[str, Paper] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            paper = Paper(
                id=PaperId(f"arxiv:{entry['id']}"),
                title=entry["title"],
                abstract=entry["abstract"],
                authors=tuple(entry["authors"]),
                categories=tuple(entry["categories"]),
                list_day=date.fromisoformat(entry["first_seen"]),
            )
            found[paper.id] = with_facts(paper, drawn)
            if len(found) >= limit:
                break
    return list(found.values())


def with_facts(paper: Paper, drawn: random.Random) -> Paper:
    """The paper with facts that only Hugging Face tells."""
    if drawn.random() < 0.5:
        return replace(paper, sources=frozenset({"arxiv"}))
    words = paper.abstract.split() or ["none"]
    return replace(
        paper,
        sources=frozenset({"arxiv", "huggingface"}),
        upvotes=drawn.choice([None, 0, 1, 10, 20, 300]),
        stars=drawn.choice([None, 5, 100]),
        comments=drawn.choice([None, 5]),
        code_url=drawn.choice([None, "https://github.com/a/b"]),
        project_url=drawn.choice([None, "https://a.github.io"]),
        lists=frozenset(drawn.sample(["daily", "trending"], drawn.randint(0, 2))),
        organization=drawn.choice([None, "Google DeepMind", "Inria", "3D-GS Labs"]),
        keywords=tuple(" ".join(drawn.sample(words, min(2, len(words)))) for _ in range(2)),
    )


WORDS = [
    *("gaussian", "Gaussians", "splatting", "splats", "GS", "3D", "3DGS", "3D-GS", "3d-gs-slam"),
    *("nerf", "NeRFs", "slam", "SLAM", "naïve", "naive", "ﬁeld", "fields", "c++", "C#", "gs-slam"),
    *("multi-agent", "multiagents", "高斯", "高", "don't", "news", "new", "LLMs", "3-d", "d-gs"),
    *("llm", "x-ray", "state-of-the-art", "state", "of", "the", "art", "stateoftheart", "a/b", "–"),
    *("the-art", "a--b-c", "-", "c++-like", "x-", "real-time", "realtime", "real", "time"),
]
NAMES = [
    *("Bernhard Kerbl", "B. Kerbl", "Jonathan T. Barron", "Zhi-Hao Wang", "Müller", "Li L"),
    *("J. R. R. Tolkien", "Jean-Pierre Serre", "J.-P. Serre", "Zhihao Wang", "Wei Wang", "W Wang"),
    *("Anna Maria Bella Clara Dora Emma Frida Gold", "A-B C-D", "Jean-Pierre Smith-Jones", "C++"),
    *("Jonathan Barron", "Kerbl", "王伟", "A. B. C. D. E. F. G. Gold", ""),
]
CATEGORIES = ["cs.CV", "cs.GR", "math.AG", "hep-th", "stat.ML", "physics.app-ph"]


def made_papers(count: int, seed: int = 3) -> list[Paper]:
    """Small papers of few words, so that words meet, join and stand beside each other often."""
    drawn = random.Random(seed)

    def text(most: int) -> str:
        return " ".join(drawn.choices(WORDS, k=drawn.randint(0, most)))

    papers = []
    for number in range(count):
        paper = Paper(
            id=PaperId(f"arxiv:{number}"),
            title=text(6),
            abstract=text(14),
            authors=tuple(drawn.choices(NAMES, k=drawn.randint(0, 3))),
            categories=tuple(drawn.choices(CATEGORIES, k=drawn.randint(0, 2))),
            list_day=drawn.choice([None, NEWEST - timedelta(days=drawn.randint(0, 40))]),
        )
        papers.append(replace(with_facts(paper, drawn), keywords=(text(2), text(3))))
    return papers


# -- queries -------------------------------------------------------------------


class Asker:
    """Draws queries, mostly from the words of given papers, so that they find some of them."""

    def __init__(self, papers: list[Paper], seed: int) -> None:
        self._papers = papers
        self._drawn = random.Random(seed)

    def query(self) -> Query:
        while True:
            node = self._node(depth=2)
            if brings(node):
                return Query(node)

    def _node(self, depth: int) -> Node:
        kind = self._drawn.random()
        if depth == 0 or kind < 0.55:
            return self._leaf()
        items = tuple(self._node(depth - 1) for _ in range(self._drawn.randint(2, 3)))
        if kind < 0.8:
            last = items[-1]
            return And(items=(*items[:-1], Not(item=last) if self._drawn.random() < 0.4 else last))
        return Or(items=items)

    def _leaf(self) -> Node:
        draw = self._drawn.choices(
            [self._word, self._phrase, self._prefix, self._author, self._fact, self._place],
            weights=[5, 5, 2, 3, 2, 2],
        )[0]
        return draw()

    def _words(self, least: int, most: int) -> tuple[str, ...]:
        """Neighbours in some text, now and then spelled otherwise."""
        while True:
            paper = self._drawn.choice(self._papers)
            texts = [paper.title, paper.abstract, *paper.keywords]
            folded = fold(self._drawn.choice(texts))
            chunks = [folded[start:end] for start, end, _ in chunk_spans(folded)]
            size = self._drawn.randint(least, most)
            if len(chunks) >= size:
                at = self._drawn.randint(0, len(chunks) - size)
                return tuple(map(self._respelled, chunks[at : at + size]))

    def _respelled(self, chunk: str) -> str:
        choice = self._drawn.random()
        if choice < 0.15:
            return chunk.replace("-", " ")
        if choice < 0.3:
            return chunk.replace("-", "")
        if choice < 0.35 and len(chunk) > 3:
            at = self._drawn.randint(1, len(chunk) - 1)
            return f"{chunk[:at]}-{chunk[at:]}"
        return chunk

    def _field(self) -> TextField | None:
        return self._drawn.choice([None, None, None, None, *TextField])

    def _word(self) -> Node:
        return Word(text=self._words(1, 1)[0].split()[0], field=self._field())

    def _phrase(self) -> Node:
        return Phrase(text=" ".join(self._words(1, 4)), field=self._field())

    def _prefix(self) -> Node:
        word = self._words(1, 1)[0].replace("-", "").split()[0]
        return Prefix(text=word[: self._drawn.randint(3, 6)], field=self._field())

    def _author(self) -> Node:
        named = [paper for paper in self._papers if any(map(str.split, paper.authors))]
        if not named or self._drawn.random() < 0.05:
            return Author(name="Nemo Nobody")
        named = [name for name in self._drawn.choice(named).authors if name.split()]
        words = self._drawn.choice(named).split()
        first = self._drawn.randint(0, len(words) - 1)
        kept = words[first : self._drawn.randint(first + 1, len(words))]
        shortened = [
            word[0] if self._drawn.random() < 0.25 and word[0].isalpha() else word for word in kept
        ]
        name = " ".join(shortened)
        return Author(name=name) if names(name) else self._author()

    def _fact(self) -> Node:
        return self._drawn.choice(
            [
                Number(
                    count=self._drawn.choice(list(Count)), least=self._drawn.choice([1, 10, 50])
                ),
                Has(link=self._drawn.choice(list(Link))),
                ListedIn(list=self._drawn.choice(list(ListName))),
                SourceIs(source=self._drawn.choice(list(SourceName))),
            ]
        )

    def _place(self) -> Node:
        if self._drawn.random() < 0.2:
            return Org(name=self._drawn.choice(["Google DeepMind", "inria", "deepmind", "3dgs"]))
        paper = self._drawn.choice(self._papers)
        category = self._drawn.choice(paper.categories or ("cs.CV",))
        archive = category.split(".")[0] + ".*"
        return Category(pattern=self._drawn.choice([category, category.lower(), archive]))
