"""What keyboards and platforms make of a typed query, undone before it is read.

It decides which characters stand for others (DESIGN section 3, "Before parsing") and keeps where
each came from, so that a mistake can be shown in the text that the person sees.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_RULES = re.compile(
    r"""
      <(?P<hidden>[^<>|\s]*)\|(?P<label>[^<>|]*)>                 # Slack: <url|text>
    | <(?P<url>(?:https?|ftp|mailto):[^<>|\s]+)>                  # Slack: <url>
    | &(?P<entity>gt|lt|amp);
    | (?P<quote>[“”„‟«»″＂〝〞])
    | (?P<apostrophe>[‘’‚‛′])
    | (?P<at_least>[≥⩾≧])
    | (?P<at_most>[≤⩽≦])
    | (?P<minus>(?<![^\s(|"“”„‟«»])[-‐‑‒–—―−﹣－]+(?=[^\s)|‐‑‒–—―−﹣－-]))
    | (?P<wide>[\uff01-\uff5e])
    | (?P<odd>[^\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0600])      # perhaps a control character
    """,
    re.VERBOSE,
)
_SINGLE = {
    "quote": '"',
    "apostrophe": "'",
    "at_least": ">=",
    "at_most": "<=",
    "minus": "-",
}
_ENTITIES = {"gt": ">", "lt": "<", "amp": "&"}
_WIDE = 0xFEE0  # full-width forms stand this far behind ASCII


@dataclass(frozen=True, slots=True)
class Normal:
    """A text made plain; its character i comes from `[starts[i], ends[i])` of the typed one.

    Both have one more entry, for the text's end.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place in the typed text of `text[start:end]`."""
        first = self.starts[start]
        return first, max(first, self.ends[end - 1] if end > start else first)


def normal(typed: str) -> Normal:
    """The typed text with plain quotes, minus and comparison signs, without control and direction
    characters, platform links and entities.  Takes time linear in the length.
    """
    builder = _Builder()
    done = 0
    for found in _RULES.finditer(typed):
        builder.copy(typed, done, found.start())
        _replace(builder, typed, found)
        done = found.end()
    builder.copy(typed, done, len(typed))
    return builder.build(len(typed))


class _Builder:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def copy(self, typed: str, start: int, end: int) -> None:
        self.pieces.append(typed[start:end])
        self.starts += range(start, end)
        self.ends += range(start + 1, end + 1)

    def put(self, text: str, start: int, end: int) -> None:
        self.pieces.append(text)
        self.starts += [start] * len(text)
        self.ends += [end] * len(text)

    def build(self, length: int) -> Normal:
        return Normal("".join(self.pieces), (*self.starts, length), (*self.ends, length))


def _replace(builder: _Builder, typed: str, found: re.Match[str]) -> None:
    kind = found.lastgroup
    start, end = found.span()
    match kind:
        case "label" | "url":
            builder.copy(typed, *found.span(kind))
        case "entity":
            builder.put(_ENTITIES[found["entity"]], start, end)
        case "wide":
            builder.put(chr(ord(typed[start]) - _WIDE), start, end)
        case "odd":
            builder.put(_visible(typed[start]), start, end)
        case _:
            builder.put(_SINGLE[str(kind)], start, end)


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Cc" | "Cs" | "Zs" | "Zl" | "Zp":
            return " "
        case _:
            return character
