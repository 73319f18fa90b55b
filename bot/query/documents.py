"""A paper's text, analysed at most once however many queries look at it.

Everything here is worked out when it is first asked for.  It decides nothing about queries.
"""

from __future__ import annotations

from functools import cached_property
from itertools import chain

from bot.domain.papers import Paper
from bot.query.values import TextField
from bot.text.analysis import Chunk, Token, analyse, names, runs

Span = tuple[int, int]
"""The first and one past the last, of positions or of characters."""


class Text:
    """One text in which a phrase may stand: the title, the abstract, a keyword, an organisation."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def written(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(run.written for run in self._runs))

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(chain.from_iterable(run.stems for run in self._runs))

    @cached_property
    def beginnings(self) -> str:
        """Every written form behind a space, so that one search of a text finds a prefix."""
        return " " + " ".join(self.written)

    @cached_property
    def written_at(self) -> dict[str, list[Span]]:
        """Written form → the positions that it covers, wherever it stands."""
        found: dict[str, list[Span]] = {}
        at = 0
        for run in self._runs:
            for piece in run.pieces:
                start = at + piece.position
                found.setdefault(piece.written, []).append((start, start + piece.length))
            at += run.width
        return found

    @cached_property
    def stems_at(self) -> dict[str, list[Span]]:
        """Stem → the positions that it covers, wherever it stands."""
        found: dict[str, list[Span]] = {}
        at = 0
        for run in self._runs:
            for piece in run.pieces:
                start = at + piece.position
                found.setdefault(piece.stem, []).append((start, start + piece.length))
            at += run.width
        return found

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return analyse(self.source)

    @cached_property
    def parts(self) -> tuple[Token, ...]:
        """The tokens without joined forms, so that `parts[i].position == i`."""
        return tuple(token for token in self.tokens if token.length == 1)

    @cached_property
    def _runs(self) -> list[Chunk]:
        return runs(self.source)


class Document:
    """A paper as the matcher sees it; `prepare` makes it."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.title = Text(paper.title)
        self.abstract = Text(paper.abstract)
        self.keywords = tuple(map(Text, paper.keywords))

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text in which a term without a field may stand."""
        return (self.title, self.abstract, *self.keywords)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset().union(*(text.stems for text in self.texts))

    @cached_property
    def organization(self) -> Text:
        return Text(self.paper.organization or "")

    @cached_property
    def names(self) -> tuple[tuple[tuple[str, int, int], ...], ...]:
        """The words of each author's name, see `bot.text.analysis.names`."""
        return tuple(map(names, self.paper.authors))

    @cached_property
    def name_words(self) -> frozenset[str]:
        return frozenset(word for name in self.names for word, _, _ in name)

    @cached_property
    def categories(self) -> frozenset[str]:
        return frozenset(map(str.casefold, self.paper.categories))

    def of(self, field: TextField | None) -> tuple[Text, ...]:
        """The texts in which a term tied to the field may stand."""
        match field:
            case None:
                return self.texts
            case TextField.TITLE:
                return (self.title,)
            case TextField.ABSTRACT:
                return (self.abstract,)
            case TextField.KEYWORD:
                return self.keywords


def prepare(paper: Paper) -> Document:
    """The paper, ready to be matched with any number of queries.  It does not wait or fail."""
    return Document(paper)
