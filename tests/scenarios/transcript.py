"""A reply as the lines a person reads, in the notation of the dialogues."""

from bot.domain.replies import (
    Button,
    Card,
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


def transcript(reply: Reply) -> str:
    """All parts of a reply: `**strong**`, `[Button]`, `[⋯: …]` for the menu of a row."""
    return "\n".join(line for part in reply.parts for line in _part(part) if line)


def buttons(reply: Reply) -> list[Button]:
    """Every button of a reply, in order."""
    found: list[Button] = []
    for part in reply.parts:
        found.extend(getattr(part, "buttons", ()))
        for row in (*getattr(part, "rows", ()), *getattr(part, "samples", ())):
            found.extend(row.buttons)
    return found


def _part(part: Part) -> list[str]:
    match part:
        case Card():
            return [
                _text(part.title),
                part.authors,
                part.meta,
                _text(part.body),
                " · ".join(part.signals),
                *map(_text, part.reasons),
                part.note or "",
                _buttons(part.buttons),
            ]
        case Listing():
            rows = [_row(row) for row in part.rows]
            return [_text(part.heading), *rows, *map(_text, part.notes), _buttons(part.buttons)]
        case Preview():
            return [
                _text(part.heading),
                *map(_text, part.lines),
                *(_row(row) for row in part.samples),
                *map(_text, part.closing),
                _buttons(part.buttons),
            ]
        case Notice():
            caret = part.caret
            place = [caret.text, " " * caret.start + "^"] if caret else []
            usage = f"usage: {part.usage}" if part.usage else ""
            return [*map(_text, part.lines), _buttons(part.buttons), usage, *place]
        case CodeBlock():
            return [part.text]


def _row(row: Row) -> str:
    menu = f" [⋯: {', '.join(button.label for button in row.buttons)}]" if row.buttons else ""
    return f"{row.number} {_text(row.title)}{menu}"


def _buttons(shown: tuple[Button, ...]) -> str:
    return " ".join(f"[{button.label}]" for button in shown)


def _text(text: Text) -> str:
    marks = {Style.STRONG: "**", Style.CODE: "`", Style.MARK: "", Style.PLAIN: ""}
    return "".join(f"{marks[span.style]}{span.text}{marks[span.style]}" for span in text)
