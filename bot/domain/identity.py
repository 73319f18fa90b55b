"""Which entries are one paper, under which ids it is found, and what is known of it in the end.

Pure: decides ids, aliases, links and merging; where papers are kept is the store's business.  The
rules are DESIGN section 7, *Identity*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import blake2b
from typing import TypeVar
from urllib.parse import quote

from bot.domain.papers import Paper, PaperId
from bot.domain.references import Kind, PaperRef, parse_ref
from bot.text.analysis import fold

__all__ = [
    "Kind",
    "PaperRef",
    "abs_url",
    "aliases",
    "arxiv_id",
    "may_merge",
    "merge",
    "paper_id",
    "parse_ref",
    "pdf_url",
    "ref_of",
    "same_title_key",
    "surname",
]

_KINDS: tuple[Kind, ...] = ("arxiv", "doi", "hf", "title")
"""The better id first."""
_AUTHORITIES = ("arxiv", "huggingface", "file")
"""Whose text wins: arXiv has the original, Hugging Face a copy, a file may be old."""
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
_WORD = re.compile(r"[^\W_]+")


# -- ids ----------------------------------------------------------------------


def paper_id(
    ref: PaperRef | None = None, *, title: str = "", authors: Sequence[str] = ()
) -> PaperId:
    """The id of the paper that `ref` names; without one, a hash of its title and first author."""
    if ref is not None:
        return PaperId(f"{ref.kind}:{ref.value}")
    name = f"{same_title_key(title)}\n{_first_author(authors)}"
    return PaperId(f"title:{blake2b(name.encode(), digest_size=10).hexdigest()}")


def ref_of(paper: Paper) -> PaperRef:
    """The reference that a paper's own id is."""
    kind, _, value = paper.id.partition(":")
    for known in _KINDS:
        if kind == known:
            return PaperRef(known, value)
    raise ValueError(f"not a paper's id: {paper.id!r}")


def aliases(paper: Paper) -> tuple[tuple[Kind, str], ...]:
    """(kind, value) of every id under which this paper can be named, its own first."""
    own = ref_of(paper)
    found = [(own.kind, own.value)]
    if paper.doi and ("doi", paper.doi.lower()) not in found:
        found.append(("doi", paper.doi.lower()))
    return tuple(found)


def arxiv_id(paper: Paper) -> str | None:
    """`2606.06690` or `hep-th/9901001`; None if it is not known to be on arXiv."""
    kind, _, value = paper.id.partition(":")
    return value if kind == "arxiv" else None


def abs_url(paper: Paper) -> str | None:
    """The page about the paper; None when only its title is known."""
    ref = ref_of(paper)
    value = quote(ref.value, safe="/()-._;:")
    match ref.kind:
        case "arxiv":
            return f"https://arxiv.org/abs/{value}"
        case "doi":
            return f"https://doi.org/{value}"
        case "hf":
            return f"https://huggingface.co/papers/{value}"
        case "title":
            return None


def pdf_url(paper: Paper) -> str | None:
    """The PDF at arXiv; None for papers that are not there, or withdrawn."""
    number = arxiv_id(paper)
    return f"https://arxiv.org/pdf/{number}" if number and not paper.withdrawn else None


# -- one paper or two ---------------------------------------------------------


def same_title_key(title: str) -> str:
    """Equal for titles that differ in case, accents, hyphens, spaces and punctuation only."""
    plain = fold(title)
    return "".join(_WORD.findall(plain)) or plain.strip()


def surname(author: str) -> str:
    """`Kerbl` of `Bernhard Kerbl` and of `Kerbl, Bernhard`; with particles: `van den Oord`."""
    name = re.sub(r"\s*\([^()]*\)\s*$", "", author).strip()
    if "," in name:
        first, _, rest = name.partition(",")
        if _bare(rest) not in _SUFFIXES:
            return first.strip() or rest.strip()
        name = first
    words = name.split()
    while len(words) > 1 and _bare(words[-1]) in _SUFFIXES:
        words.pop()
    start = len(words) - 1
    while start > 1 and words[start - 1].islower():
        start -= 1
    return " ".join(words[start:]) if words else ""


def _bare(word: str) -> str:
    return word.strip(" .").lower()


def _first_author(authors: Sequence[str]) -> str:
    """What is compared of the first author: the last word of the surname, folded."""
    words = _WORD.findall(fold(surname(authors[0]))) if authors else []
    return words[-1] if words else ""


def may_merge(a: Paper, b: Paper) -> bool:
    """Whether two entries are one paper.

    Different arXiv ids never are.  The same title counts only if one side has neither an arXiv id
    nor a DOI, and the first author's surname agrees or is unknown.
    """
    ours, theirs = arxiv_id(a), arxiv_id(b)
    if ours and theirs:
        return ours == theirs
    if set(aliases(a)) & set(aliases(b)):
        return True
    if _is_identified(a) and _is_identified(b):
        return False
    if same_title_key(a.title) != same_title_key(b.title):
        return False
    first, second = _first_author(a.authors), _first_author(b.authors)
    return not first or not second or first == second


def _is_identified(paper: Paper) -> bool:
    return any(kind in ("arxiv", "doi") for kind, _ in aliases(paper))


# -- what is known together ---------------------------------------------------


def merge(known: Paper, new: Paper) -> Paper:
    """What is known of one paper after a new reading of it (the caller has asked `may_merge`).

    Text comes from the newer version, else from the better source (arXiv, Hugging Face, a file),
    else from the new reading.  A number is the newer reading's if it has one.  Keywords, summary
    and links stay until others come.  The earliest days stay.  Nothing known is ever lost.
    """
    first, second = (new, known) if _text_wins(new, known) else (known, new)
    title, raw_title = (
        (first.title, first.raw_title) if first.title else (second.title, second.raw_title)
    )
    abstract, raw_abstract = (
        (first.abstract, first.raw_abstract)
        if first.abstract
        else (second.abstract, second.raw_abstract)
    )
    chosen, other = _by_id(known, new)
    return replace(
        known,
        id=chosen.id,
        title=title,
        raw_title=raw_title,
        abstract=abstract,
        raw_abstract=raw_abstract,
        authors=first.authors or second.authors,
        categories=first.categories or second.categories,
        comment=first.comment or second.comment,
        doi=first.doi or second.doi or _doi_that_gives_way(chosen, other),
        version=_newest(known.version, new.version),
        withdrawn=_says_withdrawn(known, new) or _says_withdrawn(new, known),
        submitted_at=_earliest(known.submitted_at, new.submitted_at),
        list_day=_earliest(known.list_day, new.list_day),
        announced_at=_earliest(known.announced_at, new.announced_at),
        keywords=new.keywords or known.keywords,
        organization=new.organization or known.organization,
        ai_summary=new.ai_summary or known.ai_summary,
        code_url=new.code_url or known.code_url,
        project_url=new.project_url or known.project_url,
        upvotes=_told(new.upvotes, known.upvotes),
        stars=_told(new.stars, known.stars),
        comments=_told(new.comments, known.comments),
        sources=known.sources | new.sources,
        lists=known.lists | new.lists,
    )


def _text_wins(new: Paper, known: Paper) -> bool:
    if new.version is not None and known.version is not None and new.version != known.version:
        return new.version > known.version
    return _authority(new) <= _authority(known)


def _authority(paper: Paper) -> int:
    """The place of the paper's best source, the best is 0."""
    places = [place for place, source in enumerate(_AUTHORITIES) if source in paper.sources]
    return min(places, default=len(_AUTHORITIES))


def _by_id(known: Paper, new: Paper) -> tuple[Paper, Paper]:
    better = _KINDS.index(ref_of(new).kind) < _KINDS.index(ref_of(known).kind)
    return (new, known) if better else (known, new)


def _doi_that_gives_way(chosen: Paper, other: Paper) -> str | None:
    ref = ref_of(other)
    return ref.value if ref.kind == "doi" and other.id != chosen.id else None


def _says_withdrawn(paper: Paper, other: Paper) -> bool:
    """A withdrawal stands unless a newer version than the withdrawn one is not withdrawn."""
    if paper.version is None or other.version is None:
        return paper.withdrawn
    return paper.withdrawn and paper.version >= other.version


def _told(new: int | None, known: int | None) -> int | None:
    return known if new is None else new


def _newest(known: int | None, new: int | None) -> int | None:
    versions = [version for version in (known, new) if version is not None]
    return max(versions, default=None)


D = TypeVar("D", date, datetime)


def _earliest(known: D | None, new: D | None) -> D | None:
    if known is None or new is None:
        return new if known is None else known
    return min(known, new)
