"""What the core says, without markup: every edge renders these values in its own way.

Text is a tuple of spans.  All of it is foreign to the platform: an edge escapes every span.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from bot.domain.papers import PaperId

ListingId = NewType("ListingId", str)
DraftId = NewType("DraftId", str)


class Style(StrEnum):
    """How a span stands out.  MARK is a word that matched."""

    PLAIN = "plain"
    STRONG = "strong"
    CODE = "code"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `href` (http or https) makes it a link."""

    text: str
    style: Style = Style.PLAIN
    href: str | None = None


Text = tuple[Span, ...]


def plain(text: Text) -> str:
    """The characters of a text, without styles."""
    return "".join(span.text for span in text)


class Action(StrEnum):
    """What a button does; `Button.ref` carries the ids it needs."""

    RUN = "run"  #: ref: draft id; runs the stored command text
    PAGE = "page"  #: ref: `<listing id>:<first number>`; edits the same message
    ABSTRACT = "abstract"  #: ref: paper id
    CITE = "cite"  #: ref: paper id
    SHARE = "share"  #: ref: paper id
    SHARE_AGAIN = "share-again"  #: ref: paper id
    SUBSCRIBE = "subscribe"  #: ref: draft id; stores the subscription that the preview showed
    CANCEL = "cancel"  #: ref: draft id; nothing is stored
    SAMPLE = "sample"  #: ref: subscription id; a private sample card
    UNDO_SUBSCRIBE = "undo-subscribe"  #: ref: subscription id
    UNDO_STOP = "undo-stop"  #: ref: subscription id
    STOP_ALL = "stop-all"  #: ref: draft id of the numbers to stop
    EDIT = "edit"  #: ref: draft id of `NUMBER QUERY`; stores what the confirmation showed
    UNDO_EDIT = "undo-edit"  #: ref: id of the change


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button: `label` is shown, `spoken` is read out by screen readers (it names the paper)."""

    action: Action
    ref: str
    label: str
    spoken: str | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A labelled link; `url` is http or https."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One paper in full."""

    paper: PaperId
    title: Text
    url: str | None
    authors: str
    meta: str  #: where and when announced, and the categories
    body: Text  #: first sentences, or the whole abstract where asked for
    signals: tuple[str, ...] = ()  #: "24 upvotes", "86 stars"
    links: tuple[Link, ...] = ()
    reasons: tuple[Text, ...] = ()  #: the subscriptions that matched, or who shared it
    note: str | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One paper of a listing; `number` is counted over the whole listing, from 1."""

    number: int
    paper: PaperId
    title: Text
    url: str | None
    meta: str  #: authors, day, categories, signals in one line
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list of papers."""

    heading: Text
    rows: tuple[Row, ...]
    notes: tuple[Text, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a subscription would bring, before anything is stored."""

    heading: Text
    lines: tuple[Text, ...]
    samples: tuple[Row, ...] = ()
    closing: tuple[Text, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caret:
    """A place in a line that a person typed: `text[start:end]`, `end` may equal `start`."""

    text: str
    start: int
    end: int


class Tone(StrEnum):
    """What kind of notice it is."""

    INFO = "info"
    DONE = "done"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Sentences, with buttons; a mistake may show its place and the usage line of its command."""

    lines: tuple[Text, ...]
    tone: Tone = Tone.INFO
    caret: Caret | None = None
    usage: str | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBlock:
    """Text to copy as it stands, such as a BibTeX entry."""

    text: str
    language: str = ""


Part = Card | Listing | Preview | Notice | CodeBlock


class Visibility(StrEnum):
    """Who sees a reply."""

    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer or a message.

    `summary` is the whole content as plain text: what a notification shows and a screen reader
    says.  `replaces` asks the edge to edit the message whose button was pressed.
    """

    summary: str
    parts: tuple[Part, ...] = field(default=())
    visibility: Visibility = Visibility.PRIVATE
    replaces: bool = False
