"""How people name a paper: ids, links and DOIs, read into one value.

Decides which texts are a reference and which paper they mean; not whether such a paper exists.
The forms of arXiv's ids: https://info.arxiv.org/help/arxiv_identifier.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

Kind = Literal["arxiv", "doi", "hf", "title"]

LONGEST = 1_000
"""Characters; a longer text is no reference."""

_ARCHIVES = (
    r"acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas"
    r"|cond-mat|cs|dg-ga|econ|eess|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th"
    r"|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|q-fin|quant-ph|solv-int|stat"
    r"|supr-con"
)
_ARXIV_ID = re.compile(
    rf"""
    (?: (?P<new> [0-9]{{2}}(?:0[1-9]|1[0-2]) \. [0-9]{{4,5}} )
      | (?P<archive> {_ARCHIVES} ) (?: \.[a-z]{{2}} )?
        / (?P<number> [0-9]{{2}}(?:0[1-9]|1[0-2])[0-9]{{3}} )
    )
    (?: v(?P<version> [1-9][0-9]{{0,3}} ) )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_SITES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "arxiv",
        re.compile(
            r"(?:(?:www|export|browse)\.)?arxiv\.org/(?:abs|pdf|html|list|format|ps|src|e-print)/"
            r"|ar5iv(?:\.labs\.arxiv)?\.org/(?:abs|html)/"
            r"|(?:www\.)?alphaxiv\.org/(?:[a-z]{2}/)?(?:abs|pdf|html|overview|audio|resources)/",
            re.IGNORECASE,
        ),
    ),
    ("hf", re.compile(r"(?:www\.)?(?:huggingface\.co|hf\.co)/papers/", re.IGNORECASE)),
    ("doi", re.compile(r"(?:(?:dx|www)\.)?doi\.org/", re.IGNORECASE)),
)
_ARXIV_PREFIX = re.compile(r"arxiv(?:\s*:\s*|\s+)", re.IGNORECASE)
_CLASS_AFTER = re.compile(r"\s*\[[a-z]+(?:-[a-z]+)?(?:\.[a-z-]{2,})?\]$", re.IGNORECASE)
_DOI_PREFIX = re.compile(r"doi\s*:\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\x00-\x1f\x7f]+")
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.", re.IGNORECASE)
_HF_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,99}")
_SLACK_LINK = re.compile(r"[(\[]*<([^<>|]*)(?:\|[^<>]*)?>[)\].,;:!?]*")
_AFTER = ".,;:!? "
_BRACKETS = {")": "(", "]": "["}
_HF_PAGES = frozenset({"trending", "submit", "daily", "date", "week", "month", "search"})


@dataclass(frozen=True, slots=True)
class PaperRef:
    """One paper as named: canonical, so that equal papers have equal `kind` and `value`.

    `arxiv`: without version and subject class, in lower case (`2606.06690`, `hep-th/9901001`).
    `doi`: in lower case.  `hf`: a name of Hugging Face's own.  `title`: a hash, see `paper_id`.
    `version` is what was named, or None for the newest.
    """

    kind: Kind
    value: str
    version: int | None = None


def parse_ref(text: str) -> PaperRef | None:
    """The paper that the whole of `text` names, or None.  Never raises.

    Slack's `<url|text>` and `<url>` count as the address; brackets around and punctuation after the
    reference are no part of it.
    """
    if len(text) > LONGEST:
        return None
    text = _unwrapped(text.strip())
    scheme = _SCHEME.match(text)
    bare = text[scheme.end() :] if scheme else text
    for kind, site in _SITES:
        if found := site.match(bare):
            return _on_site(kind, re.split(r"[?#]", bare[found.end() :], maxsplit=1)[0])
    return None if scheme else _plain(text)


def _unwrapped(text: str) -> str:
    if link := _SLACK_LINK.fullmatch(text):
        text = link[1]
    text = text.strip().lstrip("(<[").rstrip(_AFTER + ">")
    while text and text[-1] in _BRACKETS and text.count(text[-1]) > text.count(_BRACKETS[text[-1]]):
        text = text[:-1].rstrip(_AFTER)
    return text


def _on_site(kind: Kind, path: str) -> PaperRef | None:
    path = unquote(path).strip("/")
    if kind == "doi":
        return _doi(path)
    named = _arxiv(re.sub(r"\.pdf$", "", path, flags=re.IGNORECASE))
    if named is None and kind == "hf" and _HF_NAME.fullmatch(path):
        return None if path.lower() in _HF_PAGES else PaperRef("hf", path)
    return named


def _plain(text: str) -> PaperRef | None:
    if prefix := _DOI_PREFIX.match(text):
        return _doi(text[prefix.end() :])
    if prefix := _ARXIV_PREFIX.match(text):
        text = text[prefix.end() :]
    text = re.sub(r"\.pdf$", "", _CLASS_AFTER.sub("", text), flags=re.IGNORECASE)
    return _arxiv(text) or _doi(text)


def _doi(text: str) -> PaperRef | None:
    if own := _ARXIV_DOI.match(text):
        return _arxiv(text[own.end() :])
    return PaperRef("doi", text.lower()) if _DOI.fullmatch(text) else None


def _arxiv(text: str) -> PaperRef | None:
    found = _ARXIV_ID.fullmatch(text)
    if found is None:
        return None
    version = int(found["version"]) if found["version"] else None
    if found["archive"]:
        return PaperRef("arxiv", f"{found['archive'].lower()}/{found['number']}", version)
    month, _, number = found["new"].partition(".")
    # Four digits from 0704 to 1412, five since 1501.
    if len(number) != (5 if month >= "1501" else 4) or month < "0704":
        return None
    return PaperRef("arxiv", found["new"], version)
