"""Replies as lines of a terminal."""

import io

import pytest

from adapters.terminal import as_text, show
from bot.domain.papers import PaperId
from bot.domain.replies import (
    Action,
    Button,
    Card,
    Caret,
    CodeBlock,
    Link,
    Listing,
    Notice,
    Part,
    Preview,
    Reply,
    Row,
    Span,
    Style,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def text(*spans):
    return tuple(span if isinstance(span, Span) else Span(span) for span in spans)


def row(number, title):
    return Row(
        number=number,
        paper=PaperId("arxiv:2404.19149"),
        title=text(*title),
        url="https://arxiv.org/abs/2404.19149",
        meta="A. Author, B. Author +2 · 1 May 2024 · cs.CV",
    )


MORE = Button(action=Action.PAGE, ref="x:6", label="Next 5")


def said(part: Part, **options):
    return as_text(Reply(summary="", parts=(part,)), **options)


def test_a_listing_in_a_pipe_is_whole_lines():
    title = "A title that is longer than any terminal is wide, " * 4
    listing = Listing(
        heading=text("17 papers for ", Span("splatting", Style.CODE)),
        rows=(row(9, [title.strip()]), row(10, ["Short"])),
        notes=text("A note."),
        buttons=(MORE,),
    )
    lines = said(Listing(heading=listing.heading, rows=listing.rows, buttons=(MORE,))).splitlines()
    assert lines == [
        "17 papers for splatting",
        f"  9 {title.strip()}",
        "    A. Author, B. Author +2 · 1 May 2024 · cs.CV",
        "    https://arxiv.org/abs/2404.19149",
        " 10 Short",
        "    A. Author, B. Author +2 · 1 May 2024 · cs.CV",
        "    https://arxiv.org/abs/2404.19149",
        "[Next 5]  (buttons work in the browser: paperboy run)",
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_are_folded_to_the_width(width):
    listing = Listing(heading=text("Papers"), rows=(row(1, ["word " * 60, "中文" * 40]),))
    lines = said(listing, width=width).splitlines()
    assert all(sum(2 if letter in "中文" else 1 for letter in line) <= width for line in lines)
    assert all(line.startswith((" 1 ", "   ")) or line == "Papers" for line in lines if line)


def test_on_a_terminal_matched_words_stand_out_and_titles_are_links():
    card = Card(
        paper=PaperId("arxiv:2404.19149"),
        title=text("3D ", Span("Splatting", Style.MARK, href="https://arxiv.org/abs/2404.19149")),
        url="https://arxiv.org/abs/2404.19149",
        authors="A. Author",
        meta="arXiv, Monday 8 June",
        body=text("The body."),
        signals=("24 upvotes",),
        links=(Link(label="Code", url="https://github.com/x/y"),),
        reasons=(text("Because of 1 splatting"),),
        note="v1 linked; v2 is current.",
    )
    screen = Terminal()
    show(Reply(summary="", parts=(card,)), screen, width=80)
    marked = screen.getvalue()
    assert "\x1b]8;" in marked
    assert "\x1b[1;33m" in marked
    assert said(card).splitlines() == [
        "3D Splatting",
        "A. Author",
        "arXiv, Monday 8 June",
        "https://arxiv.org/abs/2404.19149",
        "",
        "The body.",
        "",
        "24 upvotes · Code: https://github.com/x/y",
        "Because of 1 splatting",
        "v1 linked; v2 is current.",
    ]


def test_a_caret_stands_under_its_place():
    notice = Notice(
        lines=(text("The quote is never closed."),),
        caret=Caret(text='"中文 x', start=1, end=3),
        usage="/papers QUERY",
    )
    assert said(notice).splitlines() == [
        "The quote is never closed.",
        '  "中文 x',
        "   ^^^^",
        "Usage: /papers QUERY",
    ]


def test_a_preview_and_a_block_of_code():
    preview = Preview(
        heading=text("Preview: nothing is stored yet."),
        lines=(text("About 9 a day."),),
        samples=(row(1, ["A sample"]),),
        closing=(text("First papers: Monday."),),
    )
    reply = Reply(summary="", parts=(preview, CodeBlock(text="@misc{a,\n  x = {y}\n}")))
    lines = as_text(reply).splitlines()
    assert lines[:3] == ["Preview: nothing is stored yet.", "About 9 a day.", " 1 A sample"]
    assert lines[-4:] == ["", "@misc{a,", "  x = {y}", "}"]


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_foreign_text_commands_no_terminal(stream):
    hostile = "a\x1b[31mb\x1b]0;title\x07c\rd\x08e\u202ef\x9bg [bold]h[/bold] :smile:"
    screen = stream()
    part = Notice(lines=(text(hostile, Span("i", href="https://x/\x1b]8;;\x07")),))
    show(Reply(summary=hostile, parts=(part,)), screen, width=200)
    show(Reply(summary=hostile), screen, width=200)
    got = screen.getvalue()
    for bad in ("\x1b[31m", "\x1b]0", "\x07", "\r", "\x08", "\u202e", "\x9b", "\x1b]8;;\x07"):
        assert bad not in got
    assert "[bold]h[/bold] :smile:" in got
