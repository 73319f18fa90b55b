r"""The reader behind `bot.text.latex.readable`: one pass over TeX, left to right.

It decides what is text, formula, group or command; what commands with arguments show is in
`bot.text.latex_commands`.  Every stretch of the source is read once: braces are paired beforehand,
and a search for the end of a formula that failed is not repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.text import latex_math as formula
from bot.text.latex_symbols import ACCENTS, GREEK, OPERATORS, SWITCHES, SYMBOLS

NOTHING_BEFORE: Final = "\x00"
"""Mark in the result: a space before it goes with it."""
PAD: Final = "\x01"
"""Mark in the result: a space, if it would otherwise join two words."""
DEEPEST: Final = 60
"""Groups and arguments inside one another; what nests deeper was never meant to be read."""
SHORTEST_PASSAGE: Final = 3
"""Characters: a macro's shorter argument is a parameter, a longer one is text."""
_LONGEST_GROUPED_WORD: Final = 40

_BRACES = re.compile(r"\\.|[{}]")
_TEXT_RUN = re.compile(r"""[^\\${}~`'"]+""")
_MATH_RUN = re.compile(r"[^\\${}~'^_&]+")
_NAME = re.compile(r"([A-Za-z]+)\*?")
_OPTION = re.compile(r"\s?\[([^\[\]{}$]{0,80})\]")
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})(?![0-9a-fA-F])")
_ACCENTED = re.compile(r"\{ ?(\\[ij](?![A-Za-z])|[A-Za-zı]) ?\}|(\\[ij])(?![A-Za-z]) ?|([A-Za-z])")
_LETTER_ACCENTED = re.compile(
    r" ?\{ ?(\\[ij](?![A-Za-z])|[A-Za-zı]) ?\}| (\\[ij])(?![A-Za-z])| ([A-Za-z])(?![A-Za-z])"
)
_QUOTES = re.compile(r"`{1,8}|'{1,2}|\"")
_DRIVE = re.compile(r"[^A-Za-z0-9]?[A-Za-z]:")
_PATH = re.compile(r"[\w.\\-]+")
_CLOSING = {"(": r"\)", "[": r"\]"}
_SIGNS = dict.fromkeys(" ,;:>\\", " ") | dict.fromkeys("!-", "")
_DIAERESIS_LETTERS = frozenset("aeiouyAEIOUYı")


class TooDeep(Exception):  # noqa: N818 - says what happened; `readable` is its only reader
    """The source nests deeper than anyone writes."""


def _partners(text: str) -> dict[int, int]:
    """Where each opening brace is closed."""
    partners: dict[int, int] = {}
    opened: list[int] = []
    for brace in _BRACES.finditer(text):
        if brace.group() == "{":
            opened.append(brace.start())
        elif brace.group() == "}" and opened:
            partners[opened.pop()] = brace.start()
    return partners


class Reader:
    """Reads one text.  Methods take a place, and the end of the stretch that they must stay in.

    `text` is the source, `math` whether the place is in a formula; both are for commands to read.
    """

    __slots__ = ("_commands", "_depth", "_hopeless", "_opened_quotes", "_partners", "math", "text")

    def __init__(self, text: str, commands: Mapping[str, Command]) -> None:
        self.text = text
        self._commands = commands
        self._partners = _partners(text)
        self._hopeless: set[tuple[str, int]] = set()
        self._opened_quotes = 0
        self._depth = 0
        self.math = False

    def read(self) -> str:
        return self._span(0, len(self.text), math=False)

    def _span(self, start: int, end: int, *, math: bool) -> str:
        """Raises TooDeep."""
        if self._depth >= DEEPEST:
            raise TooDeep
        outer, self.math = self.math, math
        self._depth += 1
        run = _MATH_RUN if math else _TEXT_RUN
        shown: list[str] = []
        place = start
        while place < end:
            plain = run.match(self.text, place, end)
            if plain:
                shown.append(plain.group())
                place = plain.end()
            else:
                piece, place = self._special(place, end, shown)
                if piece:
                    shown.append(piece)
        self._depth -= 1
        self.math = outer
        return "".join(shown)

    def _special(self, place: int, end: int, shown: list[str]) -> Shown:
        character = self.text[place]
        if character == "\\":
            return self._backslash(place, end, shown)
        if character == "{":
            return self._group(place, end)
        if character == "}":
            return character, place + 1
        if character == "$":
            return ("$", place + 1) if self.math else self._dollar(place, end)
        return self._math_sign(place, end) if self.math else self._text_sign(place, end)

    # -- single characters ----------------------------------------------------

    def _math_sign(self, place: int, end: int) -> Shown:
        character = self.text[place]
        if character in "^_":
            following = self.text[place + 1 : place + 2]
            if place + 1 >= end or following in "^_ ":
                return character, place + 1
            argument, after = self.argument(place + 1, end)
            script = formula.superscript if character == "^" else formula.subscript
            return script(argument), after
        return {"~": " ", "&": " ", "'": "′"}[character], place + 1

    def _text_sign(self, place: int, end: int) -> Shown:
        if self.text[place] == "~":
            return self._tilde(place), place + 1
        return self._quote(place, end)

    def _tilde(self, place: int) -> str:
        """A space that does not break, but for `~5`, `10~20` and `/~home`, which were never TeX."""
        before, after = self.text[place - 1 : place], self.text[place + 1 : place + 2]
        between_numbers = before.isdigit() and after.isdigit()
        literal = before in "(/[<>= " or after in ("", " ") or between_numbers
        return "~" if literal else " "

    def _quote(self, place: int, end: int) -> Shown:
        text, sign = self.text, self.text[place]
        after_word = text[place - 1 : place] not in " ([“"
        run = _QUOTES.match(text, place, end)
        stop = run.end() if run else place + 1
        if self._opened_quotes and after_word and text[place:stop] in ("''", "``", '"'):
            self._opened_quotes -= 1
            return "”", stop
        if sign == "`" and text[place:stop] == "``":
            self._opened_quotes += 1
            return "“", stop
        return text[place:stop], stop

    def _group(self, place: int, end: int) -> Shown:
        """Braces show nothing in TeX, but a set or a template that was never TeX keeps them."""
        close = self._partners.get(place, end)
        if close >= end:
            return "{", place + 1
        inner = self._span(place + 1, close, math=self.math)
        if self.math or self._is_grouping(place, close):
            return inner, close + 1
        return "{" + inner + "}", close + 1

    def _is_grouping(self, place: int, close: int) -> bool:
        text = self.text
        if text[place + 1] in "\\{$" or text[place - 1 : place] in ("$", "}"):
            return True
        before, after = text[place - 1 : place], text[close + 1 : close + 2]
        beside_letter = (before.isascii() and before.isalpha()) or (
            after.isascii() and after.isalpha()
        )
        return (
            beside_letter
            and close - place <= _LONGEST_GROUPED_WORD
            and _is_word(text[place + 1 : close])
        )

    # -- formulas -------------------------------------------------------------

    def _dollar(self, place: int, end: int) -> Shown:
        text = self.text
        mark = "$$" if text.startswith("$$", place) else "$"
        start = place + len(mark)
        close = self._find(mark, start, end)
        if close < 0:
            return mark, start
        content = text[start:close]
        stop = close + len(mark)
        before, after = text[place - 1 : place], text[stop : stop + 1]
        if not formula.is_formula(content, before=before, after=after):
            return mark, start
        return self._span(start, close, math=True), stop

    def _find(self, mark: str, start: int, end: int) -> int:
        """The next unescaped `mark`, or -1; one that was never found is not looked for again."""
        if (mark, end) in self._hopeless:
            return -1
        close = self.text.find(mark, start, end)
        while close > 0 and mark[0] == "$" and self.text[close - 1] == "\\":
            close = self.text.find(mark, close + 1, end)
        if close < 0:
            self._hopeless.add((mark, end))
        return close

    # -- commands -------------------------------------------------------------

    def _backslash(self, place: int, end: int, shown: list[str]) -> Shown:
        text = self.text
        if place + 1 >= end:
            return "\\", place + 1
        if not self.math and self._in_path(place):
            path = _PATH.match(text, place, end)
            if path:
                return path.group(), path.end()
        name = _NAME.match(text, place + 1, end)
        if name is None:
            return self._control_sign(place, end)
        return self._command(name[1], place, name.end(), end, shown)

    def _in_path(self, place: int) -> bool:
        r"""Whether this is the backslash of `C:\data` and not of a command."""
        if _DRIVE.fullmatch(self.text, max(0, place - 3), place) is None:
            return False
        name = _NAME.match(self.text, place + 1)
        return name is None or not self._knows(name[1])

    def _knows(self, name: str) -> bool:
        return any(name in table for table in (self._commands, SYMBOLS, SWITCHES, OPERATORS))

    def _control_sign(self, place: int, end: int) -> Shown:
        sign, after = self.text[place + 1], place + 2
        if not self.math:
            special = self._display(sign, after, end) or self._accent(sign, place, end)
            if special:
                return special
        if sign == "~" and self.text.startswith("{}", after):
            return "~", after + 2
        if sign == "|" and self.math:
            return "‖", after
        return _SIGNS.get(sign, sign), after

    def _display(self, sign: str, after: int, end: int) -> Shown | None:
        closing = _CLOSING.get(sign)
        close = self._find(closing, after, end) if closing else -1
        return (self._span(after, close, math=True), close + 2) if close >= 0 else None

    def _accent(self, sign: str, place: int, end: int) -> Shown | None:
        text = self.text
        before = text[place - 1 : place]
        if sign not in ACCENTS or (sign == "~" and before == "/"):
            return None
        target = (_LETTER_ACCENTED if sign.isalpha() else _ACCENTED).match(text, place + 2, end)
        if target is None:
            return None
        base = (target[1] or target[2] or target[3]).removeprefix("\\")
        after = text[target.end() : target.end() + 1]
        # don\'t, model\'s and \"word\" were escaped by a program, not written in TeX
        if sign == "'" and base in "st" and before.isalpha() and not after.isalpha():
            return None
        if sign == '"' and base not in _DIAERESIS_LETTERS:
            return None
        letter = formula.letter_with(base, ACCENTS[sign])
        return None if letter is None else (letter, target.end())

    def _command(self, name: str, place: int, after: int, end: int, shown: list[str]) -> Shown:
        handler = self._commands.get(name)
        if handler is not None:
            return handler(self, name, after, end)
        if name in SYMBOLS:
            return self._symbol(SYMBOLS[name], after, end, shown)
        if name in OPERATORS:
            return PAD + name + PAD, after
        if name in SWITCHES:
            return "" if self.math else PAD, self.past_space(after, end)
        if len(name) == 1 and not self.math:
            return self._letter_command(name, place, after, end)
        return self.unknown(name, after, end)

    def _symbol(self, symbol: str, after: int, end: int, shown: list[str]) -> Shown:
        """The space that ends a command's name is kept where one stands before the symbol too."""
        text = self.text
        if text.startswith("{}", after):
            return symbol, after + 2
        if symbol[-1] == "." and text.startswith(".", after):
            return symbol, after + 1
        balanced = bool(shown) and shown[-1].endswith(" ")
        is_word = not self.math and (len(symbol) > 1 or symbol.isalpha())
        if not balanced and not is_word:
            after = self.past_space(after, end)
        return symbol, after

    def _letter_command(self, name: str, place: int, after: int, end: int) -> Shown:
        r"""`\v{C}`, `\c c`; `\b{eta}`, arXiv's damage to `\beta`; else it stays as written."""
        accented = self._accent(name, place, end)
        if accented:
            return accented
        rest = self.source(after, end) if self.text.startswith("{", after) else None
        if rest is None:
            code = _CODE_POINT.match(self.text, place, end)
            return (character(int(code[1], 16)), code.end()) if code else ("\\" + name, after)
        greek = GREEK.get(name + rest[0])
        return (greek, rest[1]) if greek else self.unknown(name, after, end)

    def unknown(self, name: str, after: int, end: int) -> Shown:
        r"""A macro of the authors: `\method{}` shows its name, `\new{all this}` its argument."""
        arguments: list[str] = []
        while self.text.startswith("{", after) and self._partners.get(after, end) < end:
            argument, after = self.argument(after, end)
            if argument.strip():
                arguments.append(argument)
        shown = " ".join(arguments)
        if len(shown) < SHORTEST_PASSAGE:
            shown = PAD + f"{name} {shown}".rstrip()
        return shown + (PAD if self.math else ""), after

    # -- arguments ------------------------------------------------------------

    def past_space(self, place: int, end: int) -> int:
        return place + 1 if place < end and self.text[place] == " " else place

    def argument(self, place: int, end: int, *, math: bool | None = None) -> Shown:
        """The next group, command or character; empty at the end.  Raises TooDeep."""
        place = self.past_space(place, end)
        if place >= end:
            return "", place
        mode = self.math if math is None else math
        if self.text[place] == "{" and self._partners.get(place, end) < end:
            close = self._partners[place]
            return self._span(place + 1, close, math=mode), close + 1
        if self.text[place] == "\\":
            return self._command_argument(place, end)
        if self.text[place] in "{}$":
            return "", place
        return self.text[place], place + 1

    def _command_argument(self, place: int, end: int) -> Shown:
        if self._depth >= DEEPEST:
            raise TooDeep
        self._depth += 1
        shown = self._backslash(place, end, [])
        self._depth -= 1
        return shown

    def source(self, place: int, end: int) -> Shown | None:
        """The next group as written; None when there is none."""
        place = self.past_space(place, end)
        if not self.text.startswith("{", place) or self._partners.get(place, end) >= end:
            return None
        close = self._partners[place]
        return self.text[place + 1 : close], close + 1

    def past_option(self, place: int, end: int) -> Shown:
        option = _OPTION.match(self.text, place, end)
        return (option[1], option.end()) if option else ("", place)


def _is_word(text: str) -> bool:
    return bool(text) and text.replace("-", "").isalnum()


def character(code: int) -> str:
    """The character of a code point; never a control character or half of a pair."""
    try:
        found = chr(code).encode().decode()
    except (ValueError, OverflowError):
        return "\ufffd"
    return found if found.isprintable() else " "


Shown = tuple[str, int]
"""What a stretch of TeX shows, and the place after it."""
Command = Callable[[Reader, str, int, int], Shown]
"""(reader, name, place after the name, end of the stretch) → what it shows."""
