"""How a paper is shown: as a card, as a row of a listing, as a citation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.domain.deliveries import Reason
from bot.domain.identity import abs_url, arxiv_id, surname
from bot.domain.papers import Paper
from bot.domain.replies import Action, Button, Card, Link, Reply, Row, Span, Text, Visibility, plain
from bot.query.matching import match, prepare
from bot.query.values import Query
from bot.rendering.words import (
    authors_line,
    authors_spoken,
    count,
    cut,
    day,
    joined,
    lead,
    marked,
    short_day,
    text,
)

LEAD = 320
"""Characters of abstract on a card."""

Places = Mapping[str, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a card is shown with: who asks today, what matched, and what may be pressed."""

    today: date
    places: Places = field(default_factory=dict)
    reasons: tuple[Text, ...] = ()
    note: str | None = None
    whole_abstract: bool = False
    buttons: tuple[Action, ...] = (Action.ABSTRACT, Action.CITE, Action.SHARE)


LABELS = {Action.ABSTRACT: "Abstract", Action.CITE: "Cite", Action.SHARE: "Share"}


def places_of(query: Query, paper: Paper) -> Places:
    """Where a paper's title and abstract have the words of a query; nowhere without a match."""
    found = match(query, prepare(paper))
    return found.places if found else {}


def paper_buttons(paper: Paper, actions: Sequence[Action]) -> tuple[Button, ...]:
    """Buttons on one paper, labelled with it for screen readers."""
    title = cut(paper.title, 60)
    return tuple(
        Button(
            action=action,
            ref=paper.id,
            label=LABELS[action],
            spoken=f"{LABELS[action]} {title}",
        )
        for action in actions
        if action is not Action.ABSTRACT or paper.abstract
    )


def card(paper: Paper, shown: Shown) -> Card:
    """One paper in full."""
    buttons = tuple(
        action
        for action in shown.buttons
        if not (shown.whole_abstract and action is Action.ABSTRACT)
    )
    return Card(
        paper=paper.id,
        title=marked(paper.title, shown.places.get("title", ())),
        url=abs_url(paper),
        authors=authors_line(paper.authors),
        meta=" · ".join((*_where(paper, shown.today), *_categories(paper))),
        body=_body(paper, shown.places, whole=shown.whole_abstract),
        signals=signals(paper),
        links=_links(paper),
        reasons=shown.reasons,
        note=_note(paper, shown.note),
        buttons=paper_buttons(paper, buttons),
    )


def _note(paper: Paper, said: str | None) -> str | None:
    withdrawn = "Withdrawn by its authors." if paper.withdrawn else None
    return " ".join(note for note in (withdrawn, said) if note) or None


def card_reply(
    paper: Paper, shown: Shown, *, lead_in: str = "", visibility: Visibility = Visibility.PRIVATE
) -> Reply:
    """A card as a message.  Its summary is what is heard and glanced at: title, authors, where and
    when, and why, in words (DESIGN section 8, "Cards").
    """
    shape = card(paper, shown)
    reasons = ". ".join(plain(reason) for reason in shown.reasons)
    pieces = [
        lead_in + paper.title.rstrip("."),
        authors_spoken(paper.authors),
        ", ".join(_where(paper, shown.today)),
        reasons,
        joined(list(shape.signals)),
        shape.note.rstrip(".") if shape.note else "",
    ]
    if shown.whole_abstract:
        pieces.append(paper.abstract.rstrip("."))
    said = ". ".join(piece for piece in pieces if piece)
    summary = f"{said}. {shape.url}" if shape.url else f"{said}."
    return Reply(summary=summary, parts=(shape,), visibility=visibility)


def row(number: int, paper: Paper, today: date, places: Places | None = None) -> Row:
    """One paper of a listing."""
    where = " · ".join(
        piece
        for piece in (
            authors_line(paper.authors, 2),
            short_day(paper.list_day, today) if paper.list_day else "",
            paper.categories[0] if paper.categories else "",
            *signals(paper),
            "withdrawn" if paper.withdrawn else "",
        )
        if piece
    )
    return Row(
        number=number,
        paper=paper.id,
        title=marked(paper.title, (places or {}).get("title", ())),
        url=abs_url(paper),
        meta=where,
        buttons=paper_buttons(paper, (Action.ABSTRACT, Action.CITE, Action.SHARE)),
    )


def signals(paper: Paper) -> tuple[str, ...]:
    """`24 upvotes`, `86 stars`: only what is known and not nothing."""
    numbers = ((paper.upvotes, "upvote"), (paper.stars, "star"), (paper.comments, "comment"))
    return tuple(count(number, noun) for number, noun in numbers if number)


_ONE_TERM = re.compile(r'(\w+:)?("[^"]*"|[^\s"()]+)')


def why_line(reason: Reason) -> Text:
    """`Matches "gaussian splatting" in the title (subscription 1)`, or who shared it.  The words
    that hit are told where the query has more than one term."""
    if reason.subscription is None:
        return text(f"@{reason.query} shared this")
    said_already = _ONE_TERM.fullmatch(reason.query) is not None and bool(reason.fields)
    hit = "" if said_already or not reason.words else f": {joined(list(reason.words))}"
    where = joined([f"the {field}" for field in reason.fields])
    place = f" in {where}" if where else ""
    return text(f"Matches {reason.query}{hit}{place} (subscription {reason.number})")


def place_of(paper: Paper) -> str:
    """Where it appeared."""
    if arxiv_id(paper):
        return "arXiv"
    if "huggingface" in paper.sources:
        return "Hugging Face"
    return "DOI" if paper.doi else "from a file"


def _where(paper: Paper, today: date) -> tuple[str, ...]:
    """Where and when it appeared."""
    place = place_of(paper)
    if paper.list_day is not None:
        return (f"{place}, {day(paper.list_day, today)}",)
    if paper.submitted_at is not None:
        return (f"{place}, {paper.submitted_at:%B %Y}",)
    return (place,)


def _categories(paper: Paper) -> tuple[str, ...]:
    shown = paper.categories[:4]
    more = f" +{len(paper.categories) - len(shown)}" if len(paper.categories) > len(shown) else ""
    return (", ".join(shown) + more,) if shown else ()


def _body(paper: Paper, places: Places, *, whole: bool) -> Text:
    """The abstract, its first sentences, or Hugging Face's summary; with the sentence that matched
    when neither the title nor the beginning did.
    """
    hits = places.get("abstract", ())
    if whole:
        return marked(paper.abstract, hits)
    if not paper.abstract:
        return text(paper.ai_summary or "")
    end = lead(paper.abstract, LEAD)
    if not end:
        return _cut_marked(paper.abstract, hits, LEAD)
    body = marked(paper.abstract, hits, end)
    far = [place for place in hits if place[0] >= end]
    if far and not places.get("title") and len(far) == len(hits):
        body += _sentence_around(paper.abstract, far[0], end)
    return body


def _cut_marked(abstract: str, hits: Sequence[tuple[int, int]], limit: int) -> Text:
    short = cut(abstract, limit)
    if short == abstract:
        return marked(abstract, hits)
    end = len(short.removesuffix(" …"))
    return (*marked(abstract, hits, end), Span(" …"))


def _sentence_around(abstract: str, place: tuple[int, int], after: int) -> Text:
    """` … the piece of abstract around a hit …`, at most about 200 characters."""
    start = max(after, abstract.rfind(" ", 0, max(after, place[0] - 80)) + 1)
    stop = abstract.find(" ", min(len(abstract), place[1] + 80))
    stop = len(abstract) if stop < 0 else stop
    skipped = "" if start <= after + 1 else " …"
    piece = marked(abstract[start:stop], [(place[0] - start, place[1] - start)])
    closing = "" if stop == len(abstract) else " …"
    space = "" if abstract[start:stop].startswith(" ") else " "
    return text(f"{skipped}{space}", *piece, closing)


def _links(paper: Paper) -> tuple[Link, ...]:
    pairs = (("Code", paper.code_url), ("Project", paper.project_url))
    return tuple(Link(label=label, url=url) for label, url in pairs if url)


# -- citations ----------------------------------------------------------------

_UNSAFE_KEY = re.compile(r"[^a-z0-9]+")
_TEX_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def cite(paper: Paper, style: str) -> str:
    """A citation as `bibtex`, `ris` or `markdown`."""
    return {"bibtex": _bibtex, "ris": _ris, "markdown": _markdown}[style](paper)


def _year(paper: Paper) -> str:
    when = paper.submitted_at or paper.list_day
    if when is not None:
        return str(when.year)
    number = arxiv_id(paper) or ""
    return f"20{number[:2]}" if re.match(r"\d{4}\.", number) else ""


def _key(paper: Paper) -> str:
    first = surname(paper.authors[0]) if paper.authors else "paper"
    word = next((w for w in re.findall(r"\w+", paper.title.lower()) if len(w) > 3), "")  # noqa: PLR2004
    return _UNSAFE_KEY.sub("", f"{first}{_year(paper)}{word}".lower()) or "paper"


def _bibtex(paper: Paper) -> str:
    number = arxiv_id(paper)
    fields = {
        "title": "{" + paper.title.translate(_TEX_SPECIAL) + "}",
        "author": " and ".join(name.translate(_TEX_SPECIAL) for name in paper.authors),
        "year": _year(paper),
        "eprint": number or "",
        "archiveprefix": "arXiv" if number else "",
        "primaryclass": paper.categories[0] if number and paper.categories else "",
        "doi": paper.doi or "",
        "url": abs_url(paper) or "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join((f"@misc{{{_key(paper)},", *lines, "}"))


def _ris(paper: Paper) -> str:
    lines = [
        "TY  - GEN",
        f"TI  - {paper.title}",
        *(f"AU  - {name}" for name in paper.authors),
        f"PY  - {_year(paper)}",
        f"DO  - {paper.doi or ''}",
        f"UR  - {abs_url(paper) or ''}",
        "ER  - ",
    ]
    return "\n".join(line for line in lines if line == "ER  - " or not line.endswith("- "))


def _markdown(paper: Paper) -> str:
    url = abs_url(paper)
    title = paper.title.replace("[", r"\[").replace("]", r"\]")
    linked = f"[{title}]({url})" if url else title
    return ", ".join(
        piece for piece in (authors_line(paper.authors), linked, _year(paper)) if piece
    )
