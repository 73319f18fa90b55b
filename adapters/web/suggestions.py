"""What the composer offers while a command is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`text` is the command's text without `/papers`, put into the composer when it is chosen;
    a trailing space says that more is to be typed.  `usage` (with or without `/papers`) and
    `description` are shown.
    """

    text: str
    usage: str
    description: str = ""


Suggest = Callable[[str], Sequence[Suggestion]]
"""From the text typed after `/papers` to what it could become, the likeliest first."""

MOST_SUGGESTIONS = 12


def nothing(_text: str) -> Sequence[Suggestion]:
    """Offers nothing."""
    return ()
