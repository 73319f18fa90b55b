"""From a typed line to a command with its arguments.  Pure: it looks nothing up.

First words (DESIGN section 2): a first word that is a command is a command; a lookup command whose
arguments cannot be read becomes a search that names the command; one that changes something never
falls through; a first word one edit away from a command asks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date

from bot.commands.catalogue import BY_NAME, FIRST_WORDS, RESERVED, Command, Name, Right, Takes
from bot.domain.identity import PaperRef, parse_ref
from bot.errors import QueryError, Unusable
from bot.ports import Order
from bot.query.parser import parse
from bot.query.values import And, Not, Query
from bot.rendering.words import cut

LONGEST_LINE = 4_000
CITATION_STYLES = ("bibtex", "ris", "markdown")
EXAMPLE = "splatting"
LONGEST_ECHO = 40
"""Characters of a mistaken word that are said back."""
LONGEST_EXAMPLE = 100


@dataclass(frozen=True, slots=True)
class Ordinal:
    """`#7`: number 7 of one's last list."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A typed line, read.

    `text` is what followed the command word, without options; `query`, `ref` and `words` hold what
    the command takes, `number` a subscription's.  `instead_of` is the command that the line began
    with when its arguments could not be read and it was searched instead.
    """

    command: Command
    text: str = ""
    query: Query | None = None
    ref: PaperRef | Ordinal | None = None
    style: str = "bibtex"
    order: Order | None = None
    after: date | None = None
    before: date | None = None
    number: int | None = None
    timezone: str | None = None
    instead_of: Command | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Misspelt:
    """A first word one edit away from a command: nothing is done before the person has chosen."""

    typed: str
    meant: str  #: the corrected line
    command: Command


@dataclass(slots=True)
class _Options:
    """A line without its options, and the options."""

    text: str
    values: dict[str, str] = field(default_factory=dict)


def read(line: str) -> Line | Misspelt:
    """Read a line (without `/papers`).  Raises Unusable, with the usage of its command."""
    line = _visible(line).strip()
    if len(line) > LONGEST_LINE:
        raise Unusable(
            f"That line has {len(line):,} characters, and a query has at most 500. "
            "Keep the words that matter most."
        )
    if not line:
        return Line(command=BY_NAME[Name.HOME])
    if (ref := _paper(line)) is not None:
        return Line(command=BY_NAME[Name.PAPER], text=line, ref=ref)
    first, rest = _split(line)
    command = FIRST_WORDS.get(first.lower())
    if command is None:
        return _misspelt(first, rest) or _with_usage(BY_NAME[Name.SEARCH], line)
    return _command(command, line, rest)


def _visible(line: str) -> str:
    """The line without characters that nobody sees, which could hide a command or turn the line
    around; tabs, line ends and half characters become spaces."""
    kinds = {"Cf": "", "Cc": " ", "Cs": " ", "Zl": " ", "Zp": " "}
    return "".join(kinds.get(unicodedata.category(character), character) for character in line)


def _split(line: str) -> tuple[str, str]:
    first, *rest = line.split(maxsplit=1)
    return first, "".join(rest)


def _command(command: Command, line: str, rest: str) -> Line:
    never_searched = command.right is Right.CHANGE and not _are_words(command, rest)
    if command.name is Name.SEARCH or never_searched:
        return _with_usage(command, rest)
    try:
        return _with_usage(command, rest)
    except Unusable as mistake:
        if not rest or command.name is Name.HELP:
            raise
        try:
            found = _with_usage(BY_NAME[Name.SEARCH], line)
        except Unusable:
            raise mistake from None
        return replace(found, instead_of=command)


def _are_words(command: Command, rest: str) -> bool:
    """Whether a line such as `edit distance` can only be meant as words to search for."""
    return command.name is Name.EDIT and bool(rest) and _NUMBERED.fullmatch(rest) is None


def _with_usage(command: Command, rest: str) -> Line:
    try:
        return _arguments(command, _options(command, rest))
    except Unusable as error:
        error.usage = error.usage or command.usage
        if isinstance(error, QueryError) and command.takes is Takes.QUERY:
            _add_example(error, command)
        raise


def _add_example(error: QueryError, command: Command) -> None:
    """Where a word to find is all that is missing, show the line with one."""
    words = f"{EXAMPLE} {error.text.strip()}".strip()
    if error.fix is not None or len(words) > LONGEST_EXAMPLE:
        return
    try:
        parse(words)
    except QueryError:
        pass
    else:
        first = "" if command.name is Name.SEARCH else f"{command.name} "
        error.message = f"{error.message.removesuffix('.')}: `/papers {first}{words}`."


# -- arguments ----------------------------------------------------------------


def _arguments(command: Command, options: _Options) -> Line:
    text = options.text
    line = replace(_dated(Line(command=command, text=text), options.values), text=text)
    match command.takes:
        case Takes.NOTHING:
            if text:
                raise Unusable(f"`{command.name}` takes nothing after it.", fix=str(command.name))
            return line
        case Takes.QUERY:
            return replace(line, query=parse(text))
        case Takes.PAPER:
            return _cited(line)
        case Takes.WORDS:
            return _worded(line)


def _cited(line: Line) -> Line:
    words = line.text.split()
    style = "bibtex"
    if len(words) > 1 and words[-1].lower() in CITATION_STYLES:
        style = words.pop().lower()
    ref = _paper(" ".join(words))
    if ref is None:
        raise Unusable("Say which paper: an arXiv id, a link, a DOI, or #2 of your last list.")
    return replace(line, ref=ref, style=style)


def _worded(line: Line) -> Line:
    match line.command.name:
        case Name.AUTHOR:
            name = line.text.replace('"', " ").strip()
            if not name:
                raise Unusable("Say whose papers.", fix="author Bernhard Kerbl")
            return replace(line, query=_by_author(name))
        case Name.UNSUBSCRIBE if not line.text:
            raise Unusable("Say which one: its number stands in `/papers subscriptions`.")
        case Name.EDIT:
            return _edited(_numbered(line))
        case Name.PAUSE | Name.RESUME:
            return _held(_numbered(line))
        case Name.SETTINGS if line.text:
            raise Unusable(f"I cannot set {_echo(line.text)}. Write `tz:` and a zone.")
        case Name.UNSUBSCRIBE:
            return replace(line, query=parse(line.text.removeprefix("#")))
        case _:
            return line


def _by_author(name: str) -> Query:
    try:
        return parse(f'author:"{name}"')
    except QueryError as error:
        raise Unusable(error.message) from None  # its place is not one of the line typed


_NUMBERED = re.compile(r"#?(\d{1,9})(?:\s+(.*))?", re.DOTALL)
_UNTIL = re.compile(r"until\b\s*", re.IGNORECASE)


def _numbered(line: Line) -> Line:
    """Take the subscription's number from the front."""
    name = line.command.name
    found = _NUMBERED.fullmatch(line.text)
    if found is None:
        words = f"{name} {line.text}"
        raise Unusable(
            f"Say which one to {name}, by its number: it stands in `/papers subscriptions`.",
            fix=f"search {words}" if line.text else "subscriptions",
        )
    return replace(line, number=int(found[1]), text=found[2] or "")


def _edited(line: Line) -> Line:
    """Read the new query.  What only leaves something out is told by `text` alone: with the query
    that it would replace it may be one."""
    if not line.text:
        return line
    try:
        return replace(line, query=parse(line.text))
    except QueryError as error:
        if only_leaves_out(line.text):
            return line
        error.command = f"edit {line.number}"
        raise


def only_leaves_out(text: str) -> bool:
    """Whether a text is a query but for a word to find: `-survey -(slam OR nerf)`."""
    try:
        root = parse(f"{EXAMPLE} {text}").root
    except QueryError:
        return False
    return isinstance(root, And) and all(isinstance(item, Not) for item in root.items[1:])


def _held(line: Line) -> Line:
    """`until DATE` behind the number of a pause; the date is read where today is known."""
    if not line.text:
        return line
    until = _UNTIL.match(line.text) if line.command.name is Name.PAUSE else None
    if until is None or until.end() == len(line.text):
        raise Unusable(
            f"I cannot read {_echo(line.text)} behind the number.",
            fix=f"{line.command.name} {line.number}",
        )
    return replace(line, text=line.text[until.end() :])


def _paper(text: str) -> PaperRef | Ordinal | None:
    if found := re.fullmatch(r"#(\d{1,18})", text.strip()):
        return Ordinal(int(found[1]))
    return parse_ref(text)


# -- options ------------------------------------------------------------------

_PIECES = re.compile(r'[^\s"“”„]*["“”„][^"“”„]*["“”„]|\S+')
_OPTION = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)


def _options(command: Command, rest: str) -> _Options:
    """Take the `name:value` options with reserved names out of a line; quotes protect."""
    if command.takes is Takes.NOTHING and ":" not in rest:
        return _Options(rest)
    options = _Options("")
    kept: list[str] = []
    at = 0
    for piece in _PIECES.finditer(rest):
        found = _OPTION.fullmatch(piece[0])
        if found is None or found[1].lower() not in RESERVED:
            continue
        _take(command, options, found[1].lower(), found[2])
        kept.append(rest[at : piece.start()])
        at = piece.end()
    kept.append(rest[at:])
    options.text = "".join(kept).strip() if at == 0 else " ".join("".join(kept).split())
    return options


def _take(command: Command, options: _Options, name: str, value: str) -> None:
    if name not in command.options:
        if name in {"sort", "after", "before"}:
            raise Unusable(f"`{name}:` looks back, and {command.name} does not. Leave it out.")
        known = ", ".join(f"`{option}:`" for option in command.options)
        hint = f" It has {known}." if known else " It has no options."
        raise Unusable(f"`{name}:` is no option of {command.name}.{hint}")
    if name in options.values:
        raise Unusable(f"`{name}:` stands there twice. Keep one.")
    options.values[name] = value


def _dated(line: Line, values: dict[str, str]) -> Line:
    for name, value in values.items():
        match name:
            case "sort":
                line = replace(line, order=_order(value))
            case "after":
                line = replace(line, after=_date(name, value))
            case "before":
                line = replace(line, before=_date(name, value))
            case "when":
                _mode(value)
            case "tz":
                line = replace(line, timezone=value)
            case _:
                raise AssertionError(name)
    if line.after and line.before and line.after >= line.before:
        way = "Swap the two." if line.after > line.before else "Write a later `before:`."
        raise Unusable(f"No day is from {line.after} on and before {line.before}. {way}")
    return line


def _order(value: str) -> Order:
    try:
        return Order(value.lower())
    except ValueError:
        known = "`sort:relevance`, `sort:new` or `sort:upvotes`"
        raise Unusable(f"I cannot sort by {_echo(value)}. Use {known}.") from None


def _mode(value: str) -> None:
    if value.lower() != "instant":
        raise Unusable(
            f"`when:{_echo(value)}` is not offered. Papers are posted as they are announced: "
            "`when:instant`, which need not be written."
        )


_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


def _date(name: str, value: str) -> date:
    """`2026`, `2026-06` or `2026-06-11`; a missing part is 1."""
    found = _DATE.fullmatch(value)
    try:
        if found:
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        pass
    raise Unusable(f"{_echo(value)} is no date. Write `{name}:2026-06` or `{name}:2026-06-11`.")


def _echo(value: str) -> str:
    return cut(value, LONGEST_ECHO) or "nothing"


# -- near misses --------------------------------------------------------------


def _misspelt(first: str, rest: str) -> Misspelt | None:
    """The command one edit away whose arguments can be read, if there is one."""
    word = first.lower()
    for name, command in FIRST_WORDS.items():
        if not _one_edit(word, name):
            continue
        meant = f"{name} {rest}".strip()
        try:
            _with_usage(command, rest)
        except Unusable:
            continue
        return Misspelt(typed=f"{first} {rest}".strip(), meant=meant, command=command)
    return None


def _one_edit(a: str, b: str) -> bool:
    """One letter more, fewer or other, or two neighbours swapped; from four letters on."""
    if len(a) > len(b):
        a, b = b, a
    if len(a) < 4 or len(b) - len(a) > 1 or a == b:  # noqa: PLR2004 - shorter words are words
        return False
    same = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) != len(b):
        return a[same:] == b[same + 1 :]
    swapped = a[same : same + 2] == b[same : same + 2][::-1] and a[same + 2 :] == b[same + 2 :]
    return swapped or a[same + 1 :] == b[same + 1 :]
