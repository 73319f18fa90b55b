"""arXiv on loopback with invented papers, for scenarios that need no ../shared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.announcements import appears_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A paper on an invented list."""

    number: str
    title: str
    abstract: str
    authors: str
    categories: tuple[str, ...] = ("cs.CV",)
    kind: str = "new"


THURSDAY = (
    Entry(
        number="2606.90010",
        title="Paper Cranes: Folding Radiance Fields by Hand",
        abstract="We fold radiance fields into cranes. A thousand of them grant one wish.",
        authors="Ada Lamplight, Otto Vane",
        categories=("cs.GR", "cs.CV"),
    ),
    Entry(
        number="2606.90011",
        title="Lanterns at Sea: Drift Estimation from Light",
        abstract="Lanterns drift. We estimate where to.",
        authors="Ida Mast",
    ),
)
FRIDAY = (
    Entry(
        number="2606.90020",
        title="Kites on a String: Gaussian Splatting from a Single Flight",
        abstract=(
            "A kite carries one camera over a harbour, once. From that flight alone we reconstruct "
            "the quay with Gaussian splatting, and let the string, whose length we know, fix the "
            r"scale. Errors stay below 2\% of the kite's height. Code and flights are available."
        ),
        authors="Mei Sand, Ada Lamplight, Rene Quill, Otto Vane, Ida Mast",
        categories=("cs.CV", "cs.RO"),
    ),
    Entry(
        number="2606.90021",
        title="Tide Tables Without Tears",
        abstract="We forecast tides with a pencil.",
        authors="Per Strand",
        categories=("cs.LG",),
    ),
)


_SPLATS = (
    "Splatting Before Breakfast: Gaussians at the Bakery",
    "Umbrella Splats: Gaussian Splatting in Light Rain",
    "One Gaussian Is Enough: Splatting a Billiard Ball",
    "A Map of the Attic by Gaussian Splatting",
    "Splats That Stay: Gaussian Splatting of Things That Move",
    "Slow Splatting: Gaussians Drawn by Hand",
    "The Lighthouse Set: Gaussian Splatting at Night",
)
WEEK = {
    date(2026, 6, 8): (0, 1, 2),
    date(2026, 6, 9): (3,),
    date(2026, 6, 10): (4, 5, 6),
}
"""Before THURSDAY: which of the invented splats each day brought."""


def week() -> dict[date, tuple[Entry, ...]]:
    """Five lists, Monday 8 to Friday 12 June 2026."""
    before = {
        day: tuple(
            Entry(
                number=f"2606.900{n + 30}",
                title=_SPLATS[n],
                abstract="We make a picture of it.",
                authors="Mei Sand, Per Strand",
            )
            for n in numbers
        )
        for day, numbers in WEEK.items()
    }
    return before | {date(2026, 6, 11): THURSDAY, date(2026, 6, 12): FRIDAY}


@dataclass(slots=True)
class Press:
    """Prints the feed of a day; `lists` may be changed while it runs."""

    day: date
    lists: dict[date, tuple[Entry, ...]] = field(default_factory=dict)
    upvotes: dict[str, int] = field(default_factory=dict)  #: the papers of the daily list
    url: str = ""

    async def daily(self, request: web.Request) -> web.Response:
        """Hugging Face's daily list: the papers that have upvotes, on the press's day."""
        listed = request.query.get("p", "0") == "0" and "sort" not in request.query
        entries = {one.number: one for day in self.lists.values() for one in day}
        items = [
            {
                "paper": {
                    "id": number,
                    "title": entries[number].title,
                    "summary": entries[number].abstract,
                    "upvotes": upvotes,
                    "submittedOnDailyAt": f"{self.day}T00:00:00.000Z",
                }
            }
            for number, upvotes in self.upvotes.items()
        ]
        return web.json_response(items if listed else [])

    async def feed(self, _request: web.Request) -> web.Response:
        stamp = format_datetime(appears_at(self.day))
        items = "".join(map(_item, self.lists.get(self.day, ())))
        body = (
            "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' "
            "xmlns:arxiv='http://arxiv.org/schemas/atom' "
            "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>"
            f"<title>cs updates on arXiv.org</title><pubDate>{stamp}</pubDate>{items}"
            "</channel></rss>"
        )
        return web.Response(body=body.encode(), content_type="application/rss+xml")


def _item(entry: Entry) -> str:
    categories = "".join(f"<category>{one}</category>" for one in entry.categories)
    return (
        f"<item><title>{escape(entry.title)}</title>"
        f"<link>https://arxiv.org/abs/{entry.number}</link>"
        f"<description>arXiv:{entry.number}v1 Announce Type: {entry.kind} \n"
        f"Abstract: {escape(entry.abstract)}</description>"
        f"<guid isPermaLink='false'>oai:arXiv.org:{entry.number}v1</guid>{categories}"
        f"<arxiv:announce_type>{entry.kind}</arxiv:announce_type>"
        f"<dc:creator>{escape(entry.authors)}</dc:creator></item>"
    )


async def _empty(_request: web.Request) -> web.Response:
    return web.json_response([])


async def _unknown(_request: web.Request) -> web.Response:
    """arXiv's answer to an id that it does not have."""
    body = "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'/>"
    return web.Response(body=body.encode(), content_type="application/atom+xml")


@asynccontextmanager
async def printing() -> AsyncIterator[Press]:
    """The press on Thursday 11 June 2026; Friday's list is ready."""
    thursday = date(2026, 6, 11)
    press = Press(day=thursday, lists=week())
    application = web.Application()
    application.add_routes(
        [
            web.get("/rss/{categories}", press.feed),
            web.get("/api/daily_papers", press.daily),
            web.get("/api/papers/search", _empty),
            web.get("/api/query", _unknown),
        ]
    )
    server = TestServer(application)
    await server.start_server()
    press.url = f"http://{server.host}:{server.port}"
    try:
        yield press
    finally:
        await server.close()
