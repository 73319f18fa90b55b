r"""What TeX commands with arguments show: `\frac`, `\href`, `\textbf`, `\cite`, `\SI`, …

One function per rule.  It is given the reader, the command's name, the place after the name and the
end of the group or formula, and returns what is shown and the place to read on.
"""

from __future__ import annotations

import re

from bot.text import latex_math as formula
from bot.text.latex_reader import NOTHING_BEFORE, PAD, Command, Reader, Shown, character
from bot.text.latex_symbols import (
    BLACKBOARD,
    CITATIONS,
    HIDDEN_ARGUMENTS,
    LETTERS,
    MATH_ACCENTS,
    MATH_STYLES,
    SPACES,
    STYLES,
    WRAPPERS,
)

LONGEST_VERBATIM = 200
_ESCAPED = re.compile(r"\\([_%#&~{}$^])(?:\{\})?|\\(?=[A-Za-z]*[:/])")
_ADDRESS_START = re.compile(r"^https?://(www\.)?")
_VALUES = {"SI": 1, "qty": 1, "SIrange": 2, "qtyrange": 2}


def _letter(reader: Reader, name: str, after: int, end: int) -> Shown:
    if reader.text.startswith("{}", after):
        return LETTERS[name], after + 2
    return LETTERS[name], reader.past_space(after, end)


def _space(_reader: Reader, _name: str, after: int, _end: int) -> Shown:
    return " ", after


def _style(reader: Reader, _name: str, after: int, end: int) -> Shown:
    _, after = reader.past_option(after, end)
    if reader.text.startswith("{", after) or reader.math:
        return reader.argument(after, end, math=False)
    return "", after


def _math_style(reader: Reader, name: str, after: int, end: int) -> Shown:
    if not reader.math and not reader.text.startswith("{", after):
        return "", after
    shown, after = reader.argument(after, end, math=True)
    return (PAD + shown + PAD if name.startswith("operatorname") else shown), after


def _blackboard(reader: Reader, _name: str, after: int, end: int) -> Shown:
    shown, after = reader.argument(after, end, math=True)
    return BLACKBOARD.get(shown.strip(), shown), after


def _math_accent(reader: Reader, name: str, after: int, end: int) -> Shown:
    shown, after = reader.argument(after, end, math=True)
    return formula.accented(shown.strip(), MATH_ACCENTS[name]), after


def _delimiter(reader: Reader, _name: str, after: int, end: int) -> Shown:
    after = reader.past_space(after, end)
    return "", after + (1 if reader.text.startswith(".", after) and after < end else 0)


def _wrapped(reader: Reader, name: str, after: int, end: int) -> Shown:
    _, after = reader.past_option(after, end)
    if not reader.text.startswith("{", after):
        return reader.unknown(name, after, end)
    left, right = WRAPPERS[name]
    shown, after = reader.argument(after, end)
    return left + shown.strip() + right, after


def _hidden(reader: Reader, name: str, after: int, end: int) -> Shown:
    option, start = reader.past_option(after, end)
    _, start = reader.past_option(start, end)
    place = start
    for _ in range(HIDDEN_ARGUMENTS[name]):
        argument = reader.source(place, end)
        place = argument[1] if argument else place
    if place == start:
        return reader.unknown(name, after, end)
    if name not in CITATIONS:
        shown, place = _shown_argument(reader, place, end)
        return (" " if name in ("begin", "end") else "") + shown, place
    noted = f" ({option})" if option else ""
    joined = reader.text[place : place + 1].isalnum()
    return NOTHING_BEFORE + noted + (" " if joined else ""), place


def _shown_argument(reader: Reader, place: int, end: int) -> Shown:
    if reader.text.startswith("{", place):
        return reader.argument(place, end)
    return "", place


def _link(reader: Reader, _name: str, after: int, end: int) -> Shown:
    address = reader.source(after, end)
    if address is None:
        return "", after
    url, after = _address(address[0]), address[1]
    if not reader.text.startswith("{", reader.past_space(after, end)):
        return url, after
    shown, after = reader.argument(after, end, math=False)
    shown = shown.strip()
    if _bare(shown) == _bare(url) or not shown:
        return url, after
    return f"{shown} ({url})", after


def _url(reader: Reader, _name: str, after: int, end: int) -> Shown:
    address = reader.source(after, end)
    return ("", after) if address is None else (_address(address[0]), address[1])


def _fraction(reader: Reader, _name: str, after: int, end: int) -> Shown:
    above, after = reader.argument(after, end, math=True)
    below, after = reader.argument(after, end, math=True)
    return formula.fraction(above, below), after


def _root(reader: Reader, _name: str, after: int, end: int) -> Shown:
    degree, after = reader.past_option(after, end)
    shown, after = reader.argument(after, end, math=True)
    return formula.root(shown, degree), after


def _binomial(reader: Reader, _name: str, after: int, end: int) -> Shown:
    above, after = reader.argument(after, end, math=True)
    below, after = reader.argument(after, end, math=True)
    return f"({above} choose {below})", after


def _script_command(reader: Reader, name: str, after: int, end: int) -> Shown:
    shown, after = reader.argument(after, end)
    raised = name == "textsuperscript"
    return (formula.superscript if raised else formula.subscript)(shown), after


def _stacked(reader: Reader, name: str, after: int, end: int) -> Shown:
    mark, after = reader.argument(after, end, math=True)
    base, after = reader.argument(after, end, math=True)
    return base + (formula.subscript if name == "underset" else formula.superscript)(mark), after


def _arrow(reader: Reader, name: str, after: int, end: int) -> Shown:
    _, after = reader.past_option(after, end)
    mark, after = reader.argument(after, end, math=True)
    return ("→" if name == "xrightarrow" else "←") + formula.superscript(mark), after


def _negation(reader: Reader, _name: str, after: int, end: int) -> Shown:
    shown, after = reader.argument(after, end)
    space = " " if reader.text[after - 1] == " " else ""
    return (formula.letter_with(shown, "\u0338") or "¬" + shown) + space, after


def _unicode(reader: Reader, _name: str, after: int, end: int) -> Shown:
    _, after = reader.past_option(after, end)
    code = reader.source(after, end)
    if code is None:
        return "unicode", after
    digits = code[0].strip().lower()
    base = 16 if digits.lstrip("0").startswith("x") else 10
    return character(int(digits.lstrip("0x") or "0", base)), code[1]


def _substance(reader: Reader, _name: str, after: int, end: int) -> Shown:
    shown, after = reader.argument(after, end, math=True)
    return formula.formula_of_substance(shown), after


def _quantity(reader: Reader, name: str, after: int, end: int) -> Shown:
    _, after = reader.past_option(after, end)
    values: list[str] = []
    for _ in range(_VALUES.get(name, 0)):
        value, after = reader.argument(after, end, math=True)
        values.append(value.strip())
    _, after = reader.past_option(after, end)
    written = reader.source(after, end)
    shown = formula.unit(written[0]) if written else ""
    after = written[1] if written else after
    tight = " " if values and not shown.startswith("°") else ""
    return "–".join(values) + (tight if shown else "") + shown, after


def _number(reader: Reader, _name: str, after: int, end: int) -> Shown:
    _, after = reader.past_option(after, end)
    return reader.argument(after, end, math=True)


def _item(reader: Reader, _name: str, after: int, end: int) -> Shown:
    option, after = reader.past_option(after, end)
    return f" {option or '•'} ", after


def _verbatim(reader: Reader, _name: str, after: int, end: int) -> Shown:
    mark = reader.text[after : after + 1]
    close = reader.text.find(mark, after + 1, min(end, after + LONGEST_VERBATIM)) if mark else -1
    return ("verb", after) if close < 0 else (reader.text[after + 1 : close], close + 1)


def _address(source: str) -> str:
    return _ESCAPED.sub(r"\1", source).replace(" ", "")


def _bare(url: str) -> str:
    return _ADDRESS_START.sub("", url.strip().lower()).rstrip("/")


_RULES: tuple[tuple[Command, str], ...] = (
    (_delimiter, "left right middle"),
    (_link, "href"),
    (_url, "url nolinkurl path"),
    (_fraction, "frac tfrac dfrac cfrac nicefrac sfrac"),
    (_root, "sqrt"),
    (_binomial, "binom tbinom dbinom"),
    (_script_command, "textsuperscript textsubscript"),
    (_stacked, "overset underset stackrel"),
    (_arrow, "xrightarrow xleftarrow"),
    (_negation, "not"),
    (_unicode, "unicode"),
    (_substance, "ce ch"),
    (_quantity, "SI qty si unit SIrange qtyrange"),
    (_number, "num"),
    (_item, "item"),
    (_verbatim, "verb"),
    (_blackboard, "mathbb Bbb"),
)
COMMANDS: dict[str, Command] = (
    dict.fromkeys(STYLES, _style)
    | dict.fromkeys(MATH_STYLES, _math_style)
    | dict.fromkeys(MATH_ACCENTS, _math_accent)
    | dict.fromkeys(WRAPPERS, _wrapped)
    | dict.fromkeys(HIDDEN_ARGUMENTS, _hidden)
    | dict.fromkeys(SPACES, _space)
    | dict.fromkeys(LETTERS, _letter)
    | {name: handler for handler, names in _RULES for name in names.split()}
)
"""Command name → its rule."""
