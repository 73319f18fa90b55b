# ruff: noqa: INP001 - a script, in no package
"""Choose the starter catalogue out of a file of arXiv's metadata.

    .venv/bin/python scripts/make_starter.py ../shared/data/arxiv_118k.jsonl.xz

Writes adapters/sources/starter.jsonl.gz: one paper a line, by id, with id, title, authors, date and
categories, which are bibliographic facts (arXiv's metadata is CC0), and nothing else.  The same
input gives the same bytes.  Decides which papers; `adapters.sources.starter` is what reads them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "adapters" / "sources" / "starter.jsonl.gz"

MOST_AUTHORS = 40
WEEKDAYS = range(5)  # arXiv announces from Monday to Friday; other dates are the scraper's
CATEGORY = re.compile(r"[a-z-]+(?:\.[A-Za-z-]+)?")  # MSC and ACM classes stand among them
VERSION = re.compile(r"v\d+$")
NEWEST_DAYS = 3
OF_A_NEWEST_DAY = 15
OF_A_CATEGORY = 4

TOPICS = {
    r"splatting|splats?": 60,
    r"radiance field|nerf": 20,
    r"diffusion|flow matching": 55,
    r"language models?|llms?": 65,
    r"agents?|agentic": 45,
    r"vision-language|multimodal|mllms?": 40,
    r"robot\w*|manipulation|vision-language-action": 40,
    r"reinforcement learning|policy optimization|grpo": 40,
    r"retrieval|rag|embeddings?": 30,
    r"reasoning|chain-of-thought": 30,
    r"speech|audio|music": 25,
    r"medical|clinical|mri|radiology|patholog\w*": 30,
    r"graphs?|gnns?": 30,
    r"video generation|text-to-video|text-to-image": 20,
    r"segmentation|detection": 30,
    r"slam|localization|odometry": 15,
    r"autonomous driving|driving": 20,
    r"point clouds?|meshes|3d reconstruction": 20,
    r"benchmark|dataset": 25,
    r"survey|review": 15,
    r"jailbreak\w*|safety|alignment|watermark\w*": 20,
    r"transformers?|attention|mamba|state space": 25,
    r"quantization|pruning|distillation|speculative": 20,
    r"federated|privacy|private": 15,
    r"translation|summarization|low-resource": 15,
    r"code generation|programming|software": 15,
    r"recommend\w*|click-through": 10,
    r"causal\w*|bayesian|gaussian process\w*": 15,
    r"convex|convergence|bounds?|optimal": 20,
    r"games?|auctions?|mechanism design": 12,
    r"codes|channel|decoding": 12,
    r"quantum|qubits?|entanglement": 25,
    r"superconduct\w*|altermagnet\w*|topological": 20,
    r"molecul\w*|proteins?|materials": 20,
    r"climate|weather|turbulence|ocean": 12,
    r"galax\w*|gravitational|cosmolog\w*|dark matter": 10,
}
"""Words of a title → how many papers to choose for them."""

Entry = dict[str, Any]


def read(path: Path) -> Iterator[Entry]:
    """Papers that can stand in the catalogue: with authors, categories and a weekday."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            day = date.fromisoformat(paper["first_seen"])
            authors = paper["authors"]
            categories = [name for name in paper["categories"] if CATEGORY.fullmatch(name)]
            known = paper["title"] and authors and categories
            if known and len(authors) <= MOST_AUTHORS and day.weekday() in WEEKDAYS:
                yield {
                    "id": VERSION.sub("", paper["id"]),
                    "title": " ".join(paper["title"].split()),
                    "authors": authors,
                    "date": paper["first_seen"],
                    "categories": categories,
                }


def spread(papers: Iterable[Entry]) -> Iterator[Entry]:
    """One of each month in turn, the newest first; within a month in an order without bias."""
    months: defaultdict[str, list[Entry]] = defaultdict(list)
    for paper in sorted(papers, key=lambda one: hashlib.sha256(one["id"].encode()).digest()):
        months[paper["date"][:7]].append(paper)
    queues = [iter(months[month]) for month in sorted(months, reverse=True)]
    while queues:
        for queue in tuple(queues):
            following = next(queue, None)
            if following is None:
                queues.remove(queue)
            else:
                yield following


def choose(papers: list[Entry]) -> list[Entry]:
    """Newest days, then topics, then a few of each primary category; each paper once, by id."""
    chosen: dict[str, Entry] = {}

    def take(found: Iterable[Entry], count: int) -> None:
        fresh = (paper for paper in spread(found) if paper["id"] not in chosen)
        for paper, _ in zip(fresh, range(count), strict=False):
            chosen[paper["id"]] = paper

    by_day: defaultdict[str, list[Entry]] = defaultdict(list)
    by_category: defaultdict[str, list[Entry]] = defaultdict(list)
    for paper in papers:
        by_day[paper["date"]].append(paper)
        by_category[paper["categories"][0]].append(paper)
    for day in sorted(by_day)[-NEWEST_DAYS:]:
        take(by_day[day], OF_A_NEWEST_DAY)
    for words, count in TOPICS.items():
        in_title = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
        take((paper for paper in papers if in_title.search(paper["title"])), count)
    for category in sorted(by_category):
        take(by_category[category], OF_A_CATEGORY)
    return [chosen[number] for number in sorted(chosen)]


def main(arguments: list[str]) -> None:
    """Choose and write."""
    [source] = arguments
    chosen = choose(list(read(Path(source))))
    lines = (json.dumps(paper, ensure_ascii=False, separators=(",", ":")) for paper in chosen)
    written = "".join(f"{line}\n" for line in lines).encode()
    TARGET.write_bytes(gzip.compress(written, compresslevel=9, mtime=0))
    print(f"{len(chosen)} papers, {TARGET.stat().st_size:,} bytes: {TARGET.name}")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
