"""Listings: a saved list of papers, shown five at a time, and its pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.commands.catalogue import Name
from bot.commands.desk import Asked
from bot.commands.parser import Line, Misspelt, read
from bot.domain.papers import Paper
from bot.domain.replies import Action, Button, Listing, ListingId, Reply, Text, plain
from bot.errors import Unusable
from bot.ports import Found, SavedListing
from bot.query.values import Query
from bot.rendering.papers import places_of, row
from bot.rendering.words import day, strong, text

PAGE = 5


async def show(
    asked: Asked,
    found: Found,
    *,
    command: str,
    heading: Text,
    query: Query | None = None,
    notes: tuple[Text, ...] = (),
    buttons: tuple[Button, ...] = (),
) -> Reply:
    """Keep a list and show its first page.  `command` makes it again and heads its other pages."""
    saved = await asked.desk.memory.keep_listing(
        asked.channel, asked.invocation.actor.id, command, found
    )
    reply = await page(asked, saved, first=1, heading=heading, query=query)
    listing = reply.parts[0]
    assert isinstance(listing, Listing)
    listing = replace(listing, notes=notes, buttons=listing.buttons + buttons)
    said = " ".join((reply.summary, *(plain(note) for note in notes)))
    return replace(reply, summary=said, parts=(listing,))


async def page(
    asked: Asked,
    saved: SavedListing,
    *,
    first: int,
    heading: Text | None,
    query: Query | None,
) -> Reply:
    """The page that begins with number `first`; without a heading it is made from the command."""
    first = max(1, min(first, len(saved.ids) or 1))
    ids = saved.ids[first - 1 : first - 1 + PAGE]
    papers = await asked.papers(ids)
    if heading is None:
        heading = heading_of(saved, query, papers, asked.today)
    number = {paper_id: first + n for n, paper_id in enumerate(ids)}
    if len(papers) == len(ids):  # in order, though an id may have become another since
        number |= {paper.id: first + n for n, paper in enumerate(papers)}
    rows = tuple(
        row(number[paper.id], paper, asked.today, places_of(query, paper) if query else None)
        for paper in papers
    )
    last = first + len(ids) - 1
    whole = len(ids) == len(saved.ids)
    span = "" if whole or last <= first else f" · {first}–{last}"
    headline = heading + text(span)
    said = " ".join(f"{one.number} {plain(one.title).rstrip('.')}." for one in rows)
    listing = Listing(heading=headline, rows=rows, buttons=_turning(saved, first, last))
    return Reply(summary=f"{plain(headline)}. {said}", parts=(listing,))


def _turning(saved: SavedListing, first: int, last: int) -> tuple[Button, ...]:
    buttons = []
    if first > 1:
        back = max(1, first - PAGE)
        buttons.append(
            Button(
                action=Action.PAGE,
                ref=f"{saved.id}:{back}",
                label="Back",
                spoken=f"Back to papers {back} to {first - 1}",
            )
        )
    if last < len(saved.ids):
        more = min(PAGE, len(saved.ids) - last)
        buttons.append(
            Button(
                action=Action.PAGE,
                ref=f"{saved.id}:{last + 1}",
                label=f"Next {more}",
                spoken=f"Papers {last + 1} to {last + more}",
            )
        )
    return tuple(buttons)


async def turn(asked: Asked, ref: str) -> Reply:
    """A *Next* or *Back* button: the same message with another page."""
    listing_id, _, first = ref.partition(":")
    saved = await asked.desk.memory.listing(asked.channel, ListingId(listing_id))
    if saved is None or not re.fullmatch(r"\d{1,4}", first):
        raise Unusable("That list is too old to turn its pages. Ask again and it is made anew.")
    line = _again(saved.text)
    query = line.query if line else None
    reply = await page(asked, saved, first=int(first), heading=None, query=query)
    return replace(reply, replaces=True)


def _again(command: str) -> Line | None:
    """The line that made a list, read once more; None for a list that no line describes."""
    try:
        line = read(command)
    except Unusable:
        return None
    return None if isinstance(line, Misspelt) else line


def heading_of(
    saved: SavedListing, query: Query | None, papers: Sequence[Paper], today: date
) -> Text:
    """`17 papers for splatting`, or which days the list is of."""
    if query is not None:
        return found_heading(Found(ids=(), total=saved.total, exact=saved.exact), str(query))
    number = total(saved.total, exact=saved.exact)
    if saved.text == Name.TODAY and papers and papers[0].list_day is not None:
        return text(strong(day(papers[0].list_day, today)), f" · {number}")
    return text(strong(number), f" of that {saved.text}, most upvoted first")


def found_heading(found: Found, query: str) -> Text:
    """`17 papers for splatting`."""
    return text(strong(total(found.total, exact=found.exact)), f" for {query}")


def total(number: int, *, exact: bool) -> str:
    """`17 papers`, `1,000+ papers`."""
    if not exact:
        return f"{number:,}+ papers"
    return "1 paper" if number == 1 else f"{number:,} papers"
