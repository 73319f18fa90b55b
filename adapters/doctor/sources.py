"""Asks each source once, through the program's own clients and arXiv's gate, and reads the answer.

It keeps nothing of what it hears.  The gate begins with the cool-down that is stored, so that a
doctor who is called again and again does not ask an arXiv that wants to be left alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

from aiohttp import ClientSession, TraceConfig, TraceRequestEndParams

from adapters.doctor.deliveries import duration
from adapters.doctor.findings import Check, Finding, counted, fail, ok, warn
from adapters.http import TooManyRequests, open_session
from adapters.settings import Settings
from adapters.sources.arxiv import ArxivApi, ArxivFeed
from adapters.sources.arxiv_gate import SPACING, ArxivGate, GateClosed
from adapters.sources.huggingface import HuggingFace
from bot.clock import Clock
from bot.domain.breakers import CLOSED, Breaker
from bot.domain.pages import Page, Unchanged
from bot.errors import SourceAway, SourceError

FEED_PATIENCE = timedelta(seconds=2.5)
ARXIV_PATIENCE = timedelta(seconds=7.5)
"""For the feed, the gate's spacing and the API, which has what the feed leaves: within the ten
seconds that the doctor has, the start of the program included."""
HUGGING_FACE_PATIENCE = timedelta(seconds=6)

KNOWN_PAPER = "1706.03762"  #: it will not go away
MOST_SKEW = timedelta(minutes=2)
NETWORK = "Check this machine's network (proxy, firewall, DNS), and {setting}."


@dataclass(slots=True)
class Hearing:
    """What the sources' `Date` headers say, beside this machine's clock when they came."""

    clock: Clock
    skews: dict[str, timedelta] = field(default_factory=dict)

    def session(self, contact: str | None, name: str) -> ClientSession:
        """A session whose answers are dated under `name`."""

        async def heard(
            _session: ClientSession, _context: SimpleNamespace, end: TraceRequestEndParams
        ) -> None:
            at = _date(end.response.headers.get("Date", ""))
            if at is not None:
                self.skews[name] = self.clock.now() - at

        trace = TraceConfig()
        trace.on_request_end.append(heard)
        return open_session(contact, traces=[trace])


class Kept:
    """The gate's memory for the life of the doctor."""

    def __init__(self, breaker: Breaker | None) -> None:
        self._breaker = breaker or CLOSED

    async def get(self, _scope: str) -> Breaker:
        return self._breaker

    async def put(self, _scope: str, breaker: Breaker) -> None:
        self._breaker = breaker


async def check_arxiv(
    settings: Settings, gate_state: Breaker | None, hearing: Hearing
) -> list[Finding]:
    """The feed, then, when the gate lets it through, the query API."""
    clock = hearing.clock
    gate = ArxivGate(clock, Kept(gate_state))
    async with hearing.session(settings.contact, "arXiv") as session:
        feed = ArxivFeed(
            session,
            gate,
            feed_url=settings.arxiv_feed_url,
            categories=settings.arxiv_categories,
            timeout=FEED_PATIENCE,
        )
        begun = clock.now()
        read = await _asked(Check.ARXIV_FEED, "ARXIV_FEED_URL", lambda: _feed(feed))
        spent = min(max(clock.now() - begun, timedelta(0)), FEED_PATIENCE)
        api = ArxivApi(
            session,
            gate,
            api_url=settings.arxiv_api_url,
            timeout=ARXIV_PATIENCE - SPACING - spent,
        )
        return [read, await _asked(Check.ARXIV_API, "ARXIV_API_URL", lambda: _api(api))]


async def check_hugging_face(settings: Settings, hearing: Hearing) -> list[Finding]:
    """The newest Daily list."""
    async with hearing.session(settings.contact, "Hugging Face") as session:
        client = HuggingFace(
            session,
            hf_url=settings.huggingface_url,
            clock=hearing.clock,
            token=settings.hf_token.get_secret_value() if settings.hf_token else None,
            timeout=HUGGING_FACE_PATIENCE,
        )
        return [await _asked(Check.HUGGING_FACE, "HUGGINGFACE_URL", lambda: _daily(client))]


async def _asked(check: Check, setting: str, ask: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await ask()
    except (GateClosed, TooManyRequests) as error:
        wait = error.retry_after
        when = f"in {duration(wait)}" if wait else "in some minutes"
        return warn(
            check,
            str(error),
            why="Too many requests came from this address; Paperboy waits by itself.",
            fix=f"Nothing has to be done but to wait; ask again {when}. Is another program on "
            "this network asking it too?",
        )
    except SourceAway as error:
        return fail(
            check,
            str(error),
            why="What it announces is not read while this lasts; Paperboy tries again by itself.",
            fix=NETWORK.format(setting=setting),
        )
    except SourceError as error:
        return fail(
            check,
            str(error),
            why="Not the source answered, but a proxy, a login page or a wrong address.",
            fix=f"Open the address of {setting} in a browser on this machine, then correct it or "
            "the proxy.",
        )


async def _feed(feed: ArxivFeed) -> Finding:
    page = await feed.fetch(None)
    assert isinstance(page, Page), Unchanged  # nothing is unchanged since no cursor
    day = f" of {page.list_day:%A %-d %B %Y}" if page.list_day else ""
    if not page.items and page.skipped:
        return _unreadable(Check.ARXIV_FEED, page.skipped)
    if not page.items:
        return ok(Check.ARXIV_FEED, f"The list{day} is empty, as on weekends and holidays.")
    count = counted(len(page.items), "entry", "entries")
    return ok(Check.ARXIV_FEED, f"The list{day} has {count}.")


async def _api(api: ArxivApi) -> Finding:
    page = await api.papers([KNOWN_PAPER], wait_budget=SPACING + timedelta(seconds=1))
    if not page.items and page.skipped:
        return _unreadable(Check.ARXIV_API, page.skipped)
    if not page.items:
        return warn(
            Check.ARXIV_API,
            f"arXiv answered, and did not know the paper {KNOWN_PAPER}.",
            why="It sometimes answers with an empty page.",
            fix="Run `paperboy doctor` again in some minutes.",
        )
    return ok(Check.ARXIV_API, "It answered with a paper.")


async def _daily(client: HuggingFace) -> Finding:
    listed = await client.newest()
    if not listed.items and listed.skipped:
        return _unreadable(Check.HUGGING_FACE, listed.skipped)
    if not listed.items:
        return ok(Check.HUGGING_FACE, "Its newest list is empty.")
    day = f" of {listed.newest_day:%A %-d %B %Y}" if listed.newest_day else ""
    count = counted(len(listed.items), "paper", "papers")
    return ok(Check.HUGGING_FACE, f"The list{day} has {count}.")


def _unreadable(check: Check, entries: int) -> Finding:
    return fail(
        check,
        f"It answered with {counted(entries, 'entry', 'entries')}, and none can be read.",
        why="The source writes them in a new way.",
        fix="Upgrade Paperboy: `git pull`, then `make run`.",
    )


def check_clock(skews: dict[str, timedelta]) -> Finding:
    """The machine's clock beside the sources'.  `skews`: how far ours is ahead of each."""
    if not skews:
        return warn(
            Check.CLOCK,
            "It could not be compared.",
            why="No source answered with the time.",
            fix="Run `paperboy doctor` again when a source answers.",
        )
    off = {name: skew for name, skew in skews.items() if abs(skew) > MOST_SKEW}
    if not off:
        most = max(abs(skew) for skew in skews.values())
        said = "to the second" if most < timedelta(seconds=2) else f"within {duration(most)}"
        return ok(Check.CLOCK, f"It agrees {said} with {' and '.join(skews)}.")
    name, skew = max(off.items(), key=lambda one: abs(one[1]))
    side = "ahead of" if skew > timedelta(0) else "behind"
    what = f"This machine's clock is {duration(abs(skew))} {side} that of {name}."
    agreeing = [other for other in skews if other not in off]
    if agreeing:
        return warn(
            Check.CLOCK,
            what,
            why=f"It agrees with {' and '.join(agreeing)}, so {name} or a proxy is wrong.",
            fix=f"Look what answers for {name}; this machine's clock can stay.",
        )
    return warn(
        Check.CLOCK,
        what,
        why="Lists, pauses and digests are timed by it.",
        fix="Switch time synchronisation on: `timedatectl set-ntp true`.",
    )


def _date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return at if at.tzinfo is not None else None
