"""The pieces of a formula as plain text, and whether dollar signs hold a formula or are money.

Pure functions of strings that are already plain, but for `is_formula`, which looks at TeX.
"""

from __future__ import annotations

import re
import unicodedata

from bot.text.latex_symbols import OPERATORS, SUBSCRIPTS, SUPERSCRIPTS, UNITS

_AMOUNT = re.compile(r"\d[\d,.]*\s?(?:[kKMBT]|bn|million|billion|trillion)?(?![A-Za-z\\^_{])")
_COMMANDS = re.compile(r"\\[A-Za-z]+\*?(?:\s?\{[^{}]{0,200}\})?")
_PROSE = re.compile(r"(?<![\w\\{])[A-Za-z]{2,}(?![\w}])")
_FORMULA_SIGNS = re.compile(r"[\\^_{}=<>+|]")
_COMPOUND = re.compile(r"[\s+\-=<>,*/·×±∓≤≥]")
_UNIT_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")


def is_formula(content: str, *, before: str, after: str) -> bool:
    """Whether `$content$` is mathematics rather than two amounts of money or shell variables.

    `before` and `after` are the characters next to the dollar signs, or empty.
    """
    if not content.strip():
        return False
    if _AMOUNT.match(content):
        between = after.isdigit() and not content[-1].isalnum()
        return not between and not _has_prose(content)
    padded = content[0].isspace() or content[-1].isspace()
    inside_word = before.isalnum() and after.isalnum()
    if not (padded or inside_word) or _FORMULA_SIGNS.search(content):
        return True
    return not _has_prose(content)


def _has_prose(content: str) -> bool:
    words = _PROSE.findall(_COMMANDS.sub(" ", content))
    return any(word not in OPERATORS for word in words)


def superscript(text: str) -> str:
    """`2` → ², `n+1` → ⁿ⁺¹; what has no raised form keeps its caret: `^q`, `^(a, b)`."""
    return _script(text, SUPERSCRIPTS, "^", most_letters=2)


def subscript(text: str) -> str:
    """`2` → ₂, `ij` → ᵢⱼ; what has no lowered form keeps its underscore: `_max`, `_(i ∈ S)`."""
    return _script(text, SUBSCRIPTS, "_", most_letters=2)


def _script(text: str, table: dict[str, str], sign: str, *, most_letters: int) -> str:
    text = text.strip(" \x01")
    if not text:
        return ""
    letters = sum(character.isalpha() for character in text)
    if letters <= most_letters and all(character in table for character in text):
        return "".join(table[character] for character in text)
    if text.isalnum() or len(text) == 1:
        return sign + text
    return f"{sign}({text})"


def fraction(above: str, below: str) -> str:
    """`1/T`, `(n+1)/2`."""
    return f"{_closed(above)}/{_closed(below)}"


def root(radicand: str, degree: str) -> str:
    """`√x`, `√(x+1)`, `∛x`, `⁵√x`."""
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree) or superscript(degree) + "√"
    return sign + _closed(radicand)


def _closed(text: str) -> str:
    text = text.strip(" \x01")
    return f"({text})" if _COMPOUND.search(text) or "\x01" in text else text


def accented(base: str, mark: str) -> str:
    """One letter with a combining mark, composed; longer text is left without the mark."""
    if len(base) != 1 or not base.isalpha():
        return base
    return unicodedata.normalize("NFC", base + mark)


def letter_with(base: str, mark: str) -> str | None:
    """The single character for a letter with an accent, or None where Unicode has none."""
    composed = unicodedata.normalize("NFC", {"ı": "i", "ȷ": "j"}.get(base, base) + mark)
    return composed if len(composed) == 1 and composed != base else None


def formula_of_substance(plain: str) -> str:
    """`Fe2O3` → `Fe₂O₃`: digits that follow a letter or a bracket are lowered."""
    return re.sub(r"(?<=[A-Za-z)\]])\d+", lambda digits: subscript(digits.group()), plain)


def unit(source: str) -> str:
    r"""`\micro\meter` → `µm`; names that are no unit stay as they are."""
    return _UNIT_COMMAND.sub(lambda name: UNITS.get(name[1], name[1]), source)
