"""A term under reading, and how a mistake in it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from lark import Token

from bot.query.mistakes import Mistake, spliced


class Term:
    """A token with the text around it, which the fixes need."""

    def __init__(self, token: Token, text: str) -> None:
        assert token.start_pos is not None
        assert token.end_pos is not None
        self.value = str(token)
        self.start = token.start_pos
        self.end = token.end_pos
        self.text = text

    def wrong(self, message: str, *meant: str, hint: str | None = None) -> Mistake:
        """A mistake in this term; each of `meant` is a term to stand in its place."""
        fixes = (spliced(self.text, self.start, self.end, instead) for instead in meant)
        return Mistake(message, self.start, self.end, *fixes, hint=hint)

    def without(self, message: str) -> Mistake:
        """A mistake that is mended by leaving the term out."""
        return self.wrong(message, " ")


def nearest(name: str, known: Iterable[str], meant: Mapping[str, str]) -> str | None:
    """The known name that a person may have meant, by a table of synonyms or by its letters."""
    if name in meant:
        return meant[name]
    close = get_close_matches(name, tuple(known), n=1, cutoff=0.6)
    return close[0] if close else None
