"""The catalogue of commands: the single source of parsing, help, suggestions and documentation.

An entry says what a command is called, who may use it and how it is written; what it does stands in
`bot.commands.handlers`.  What is not built is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """Who may use a command."""

    EVERYONE = "everyone"
    CHANGE = "may change the channel"


class Name(StrEnum):
    """The commands, by their first word (HOME has none)."""

    HOME = ""
    SEARCH = "search"
    PAPER = "paper"
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"
    AUTHOR = "author"
    CITE = "cite"
    SUBSCRIBE = "subscribe"
    SUBSCRIPTIONS = "subscriptions"
    UNSUBSCRIBE = "unsubscribe"
    EDIT = "edit"
    PAUSE = "pause"
    RESUME = "resume"
    WHY = "why"
    SETTINGS = "settings"
    STATUS = "status"
    HELP = "help"


class Takes(StrEnum):
    """What follows the first word."""

    NOTHING = "nothing"
    QUERY = "query"
    PAPER = "paper"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One entry.  `options` are the `name:value` options it understands."""

    name: Name
    usage: str
    summary: str
    examples: tuple[str, ...]
    takes: Takes
    right: Right = Right.EVERYONE
    public: bool = False  #: whether it also says something to the whole channel
    options: tuple[str, ...] = ()


LOOKUP_OPTIONS = ("sort", "after", "before")

RESERVED = frozenset(
    [
        "when",
        "at",
        "on",
        "tz",
        "top",
        "to",
        "ping",
        "backfill",
        "layout",
        "sort",
        "after",
        "before",
        "quiet",
        "cap",
        "notices",
        "links",
        "editors",
        "report",
    ]
)
"""Names of options, built or to come: never a field of a query (DESIGN section 2)."""

COMMANDS: tuple[Command, ...] = (
    Command(
        name=Name.HOME,
        usage="/papers",
        summary="the newest list's most upvoted papers, and what this channel gets",
        examples=("/papers",),
        takes=Takes.NOTHING,
    ),
    Command(
        name=Name.SEARCH,
        usage="/papers [search] QUERY [sort:new|upvotes|relevance] [after:DATE] [before:DATE]",
        summary="find papers; five a page, only you see them",
        examples=(
            "/papers splatting",
            '/papers "gaussian splatting" -survey',
            "/papers (nerf OR 3dgs) cat:cs.CV author:kerbl",
            "/papers splat* sort:new after:2026-01",
        ),
        takes=Takes.QUERY,
        options=LOOKUP_OPTIONS,
    ),
    Command(
        name=Name.PAPER,
        usage="/papers PAPER",
        summary="one paper: an arXiv id, a link, a DOI, or #7 of your last list here",
        examples=("/papers 2606.06690", "/papers https://arxiv.org/abs/2606.06690", "/papers #2"),
        takes=Takes.PAPER,
    ),
    Command(
        name=Name.TODAY,
        usage="/papers today",
        summary="the newest list, most upvoted first",
        examples=("/papers today",),
        takes=Takes.NOTHING,
    ),
    Command(
        name=Name.WEEK,
        usage="/papers week",
        summary="the last seven days, most upvoted first",
        examples=("/papers week",),
        takes=Takes.NOTHING,
    ),
    Command(
        name=Name.MONTH,
        usage="/papers month",
        summary="the last thirty days, most upvoted first",
        examples=("/papers month",),
        takes=Takes.NOTHING,
    ),
    Command(
        name=Name.AUTHOR,
        usage="/papers author NAME",
        summary="the papers of one author, newest first",
        examples=("/papers author Bernhard Kerbl",),
        takes=Takes.WORDS,
        options=LOOKUP_OPTIONS,
    ),
    Command(
        name=Name.CITE,
        usage="/papers cite PAPER [bibtex|ris|markdown]",
        summary="a citation to copy",
        examples=("/papers cite 2606.06690", "/papers cite #2 markdown"),
        takes=Takes.PAPER,
    ),
    Command(
        name=Name.SUBSCRIBE,
        usage="/papers subscribe QUERY [when:instant]",
        summary="post new papers that match here, after a preview",
        examples=('/papers subscribe "gaussian splatting" -survey',),
        takes=Takes.QUERY,
        right=Right.CHANGE,
        public=True,
        options=("when",),
    ),
    Command(
        name=Name.SUBSCRIPTIONS,
        usage="/papers subscriptions",
        summary="what this channel gets",
        examples=("/papers subscriptions",),
        takes=Takes.NOTHING,
    ),
    Command(
        name=Name.UNSUBSCRIBE,
        usage="/papers unsubscribe NUMBER or QUERY or all",
        summary="stop a subscription, or all of them",
        examples=("/papers unsubscribe 1", "/papers unsubscribe splatting"),
        takes=Takes.WORDS,
        right=Right.CHANGE,
        public=True,
    ),
    Command(
        name=Name.EDIT,
        usage="/papers edit NUMBER QUERY",
        summary="replace a subscription's query, after a count of what changes",
        examples=('/papers edit 1 "gaussian splatting" -survey',),
        takes=Takes.WORDS,
        right=Right.CHANGE,
        public=True,
    ),
    Command(
        name=Name.PAUSE,
        usage="/papers pause NUMBER [until DATE]",
        summary="hold a subscription; what waits is kept, nothing new comes",
        examples=("/papers pause 2", "/papers pause 2 until 2027-01-04"),
        takes=Takes.WORDS,
        right=Right.CHANGE,
        public=True,
    ),
    Command(
        name=Name.RESUME,
        usage="/papers resume NUMBER",
        summary="let a paused subscription go on",
        examples=("/papers resume 2",),
        takes=Takes.WORDS,
        right=Right.CHANGE,
        public=True,
    ),
    Command(
        name=Name.WHY,
        usage="/papers why PAPER",
        summary="why a paper was or was not posted here",
        examples=("/papers why 2606.06690", "/papers why #2"),
        takes=Takes.PAPER,
    ),
    Command(
        name=Name.SETTINGS,
        usage="/papers settings [tz:ZONE]",
        summary="what this channel is set to, and its time zone",
        examples=("/papers settings", "/papers settings tz:Europe/Berlin"),
        takes=Takes.WORDS,
        right=Right.CHANGE,
        public=True,
        options=("tz",),
    ),
    Command(
        name=Name.STATUS,
        usage="/papers status",
        summary="how fresh the sources are and what is waiting",
        examples=("/papers status",),
        takes=Takes.NOTHING,
    ),
    Command(
        name=Name.HELP,
        usage="/papers help [COMMAND]",
        summary="this help, or that of one command",
        examples=("/papers help", "/papers help subscribe"),
        takes=Takes.WORDS,
    ),
)

BY_NAME = {command.name: command for command in COMMANDS}
FIRST_WORDS = {
    command.name.value: command
    for command in COMMANDS
    if command.name not in {Name.HOME, Name.PAPER}
}
"""Words that make a line a command.  `paper` is none: a paper is named by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A line that can be completed to: what to type, and what it does."""

    text: str
    summary: str


def suggestions(typed: str) -> tuple[Suggestion, ...]:
    """Commands that begin as `typed` (without `/papers`) does, for autocompletion."""
    start = typed.lstrip().lower()
    return tuple(
        Suggestion(text=word, summary=command.summary)
        for word, command in FIRST_WORDS.items()
        if word.startswith(start)
    )
