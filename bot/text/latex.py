r"""TeX in titles and abstracts → plain, readable text.

Decides what a reader sees instead of `$\ell_1$`, `Fr\'echet` or `\textbf{D}eep`, and that control
characters and direction overrides never reach a chat.  It never shows less than the source: what
it cannot read it leaves as written.  It does not split words; see `bot.text.analysis`.
"""

from __future__ import annotations

import re

from bot.text.latex_commands import COMMANDS
from bot.text.latex_reader import NOTHING_BEFORE, PAD, Reader, TooDeep

_HIDDEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls
    "\xad\u200b\u2060\ufeff"  # shows nothing, and would cut words apart
    "\u202a-\u202e\u2066-\u2069"  # turns the text of others around
)
_SPECIAL = re.compile(rf"[\\$`~^{{}}{_HIDDEN}\ud800-\udfff]")
_TEX = re.compile(r"[\\$`~^{}]")
_REMOVED = re.compile(f"[{_HIDDEN}]")
_SURROGATES = re.compile("[\ud800-\udfff]")  # halves, which no encoding takes

_PAD_NEEDED = re.compile(rf"(?<=[\w)\]]){PAD}+(?=\w)")
_NOTHING_BEFORE = re.compile(f" ?{NOTHING_BEFORE}")
_SINGLE_QUOTES = re.compile(r"(?<![\w`'])`(?=[^\s`'])([^`'‘’]{1,120})'(?![\w'])")
# `24times` for `$24\times$`, from pages that lost their backslashes: the one such loss that can
# be repaired safely (2 hits in 74,728 clean texts, both a ×).
_LOST_TIMES = re.compile(r"(?<=\d)times(?=\b|\d)")


def readable(raw: str) -> str:
    """`raw` as plain text on one line, in time linear in its length; never raises.

    Its own output comes back unchanged, but for braces, backslashes and backquotes that a text
    about TeX had asked for.
    """
    if _SPECIAL.search(raw) is None:
        return _repaired(" ".join(raw.split()))
    visible = _SURROGATES.sub("\ufffd", _REMOVED.sub("", raw))
    folded = _repaired(" ".join(visible.split()))
    if _TEX.search(folded) is None:
        return folded
    try:
        return _tidied(Reader(folded, COMMANDS).read()) or folded
    except (TooDeep, RecursionError, LookupError, ValueError, ArithmeticError):
        return folded


def _repaired(text: str) -> str:
    return _LOST_TIMES.sub("×", text) if "times" in text else text


def _tidied(plain: str) -> str:
    """Carry out the reader's marks, and fold the spaces that commands left."""
    plain = _PAD_NEEDED.sub(" ", plain).replace(PAD, "")
    plain = _NOTHING_BEFORE.sub("", " ".join(plain.split()))
    if "`" in plain:
        plain = _SINGLE_QUOTES.sub(r"‘\1’", plain)
    return plain.strip()
