"""A reply as lines of a terminal: coloured and folded there, plain and unfolded in a pipe.

Pure but for the console it writes to.  Buttons cannot be pressed here, so they are named only.
Everything that is shown is foreign text: control and direction characters are taken out, and no
markup is read.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO, assert_never

from rich.console import Console
from rich.style import Style as RichStyle
from rich.text import Text as Line

from bot.domain.replies import (
    Button,
    Card,
    Caret,
    CodeBlock,
    Listing,
    Notice,
    Part,
    Preview,
    Reply,
    Row,
    Style,
    Text,
)

STYLES = {Style.PLAIN: "", Style.STRONG: "bold", Style.CODE: "cyan", Style.MARK: "bold yellow"}
QUIET = "dim"
#: Cf holds the direction marks, Cc the control characters, Zl and Zp foreign line ends.
UNSAFE = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
LINK = re.compile(r"https?://[!-~]+")  #: anything else could end the sequence of the link
JOINERS = "\u200c\u200d"  #: needed inside words and emoji
WIDTH_IN_A_PIPE = 10_000
"""Columns: nothing is folded where no person reads along."""


def show(reply: Reply, stream: TextIO, *, width: int | None = None) -> None:
    """Write the reply to `stream`; `width` in columns, by default the terminal's."""
    piped = not stream.isatty()
    console = Console(
        file=stream,
        width=width or (WIDTH_IN_A_PIPE if piped else None),
        markup=False,
        highlight=False,
        emoji=False,
    )
    for number, part in enumerate(reply.parts):
        if number:
            console.print()
        _part(console, part)
    if not reply.parts:
        console.print(Line(safe(reply.summary)))


def as_text(reply: Reply, *, width: int | None = None) -> str:
    """What `show` writes into a pipe."""
    out = io.StringIO()
    show(reply, out, width=width)
    return out.getvalue()


def _part(console: Console, part: Part) -> None:
    match part:
        case Card():
            _card(console, part)
        case Listing():
            _heading(console, part.heading)
            _rows(console, part.rows)
            _texts(console, part.notes)
            _buttons(console, part.buttons)
        case Preview():
            _heading(console, part.heading)
            _texts(console, part.lines)
            _rows(console, part.samples)
            _texts(console, part.closing)
            _buttons(console, part.buttons)
        case Notice():
            _notice(console, part)
        case CodeBlock():
            console.print(Line("\n".join(safe(line) for line in part.text.splitlines())))
        case _:
            assert_never(part)


def _card(console: Console, card: Card) -> None:
    console.print(_line(card.title, base="bold"))
    for text in (card.authors, card.meta, card.url or ""):
        if text:
            console.print(Line(safe(text), style=QUIET))
    if card.body:
        console.print()
        console.print(_line(card.body))
    facts = [*card.signals, *(f"{link.label}: {link.url}" for link in card.links)]
    if facts or card.reasons or card.note:
        console.print()
    if facts:
        console.print(Line(safe(" · ".join(facts)), style=QUIET))
    _texts(console, card.reasons)
    if card.note:
        console.print(Line(safe(card.note)))
    _buttons(console, card.buttons)


def _rows(console: Console, rows: Sequence[Row]) -> None:
    if not rows:
        return
    margin = len(str(rows[-1].number)) + 2
    for row in rows:
        first = Line(f"{row.number:>{margin - 1}} ", style=QUIET)
        lines = [_line(row.title, base="bold")]
        lines += [Line(safe(text), style=QUIET) for text in (row.meta, row.url or "") if text]
        table = Line("\n").join(lines)
        console.print(_hanging(console, first, table, margin))


def _hanging(console: Console, first: Line, text: Line, margin: int) -> Line:
    """The text folded to the width that is left, behind `first` and then behind spaces."""
    lines = text.wrap(console, max(20, console.width - margin), tab_size=4)
    for line in lines:
        line.rstrip()
    space = Line(" " * margin)
    return Line("\n").join(
        Line.assemble(space if number else first, line) for number, line in enumerate(lines)
    )


def _notice(console: Console, notice: Notice) -> None:
    _texts(console, notice.lines)
    if notice.caret is not None:
        console.print(_caret(notice.caret))
    if notice.usage:
        console.print(Line(safe(f"Usage: {notice.usage}"), style=QUIET))
    _buttons(console, notice.buttons)


def _caret(caret: Caret) -> Line:
    """The typed line, and under it marks at the place, as wide as the place is in columns."""
    before = Line(safe(caret.text[: caret.start])).cell_len
    place = max(1, Line(safe(caret.text[caret.start : caret.end])).cell_len)
    return Line.assemble(
        f"  {safe(caret.text)}\n", (f"  {' ' * before}{'^' * place}", "bold yellow")
    )


def _heading(console: Console, text: Text) -> None:
    if text:
        console.print(_line(text, base="bold"))


def _texts(console: Console, texts: Iterable[Text]) -> None:
    for text in texts:
        console.print(_line(text))


def _buttons(console: Console, buttons: Sequence[Button]) -> None:
    if buttons:
        labels = " ".join(f"[{safe(button.label)}]" for button in buttons)
        console.print(Line(f"{labels}  (buttons work in the browser: paperboy run)", style=QUIET))


def _line(text: Text, base: str = "") -> Line:
    line = Line(style=base)
    for span in text:
        style = RichStyle.parse(STYLES[span.style])
        if span.href is not None and LINK.fullmatch(span.href):
            style += RichStyle(link=span.href)
        line.append(safe(span.text), style=style)
    return line


def safe(text: str) -> str:
    """The text without characters that a terminal would obey."""
    return "".join(
        character
        for character in text.replace("\n", " ").replace("\t", " ")
        if character in JOINERS or unicodedata.category(character) not in UNSAFE
    )
