"""Whether a paper meets a query, and by which words: the one judge for lookups and subscriptions.

The rules are DESIGN section 3.  A bare word is compared by stem, what was quoted by written form, a
prefix with the beginnings of written forms (joined forms of hyphenated chunks included).  Words of
one query may stand apart in title, abstract and keywords; adjacent words stand within one of them.
Facts are taken as the paper has them: a number that is not known is never met.  It does not rank
and waits for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.query.documents import Document, prepare
from bot.query.hits import Hit, hits, merged
from bot.query.judging import Test, judge
from bot.query.values import And, Not, Phrase, Query, TextField, TextTerm, Word, positive_leaves
from bot.text.analysis import chunk_spans, fold

__all__ = ["Document", "Match", "as_title", "equals_title", "in_title", "match", "meets", "prepare"]


@dataclass(frozen=True)
class Match:
    """That a paper meets a query, and how; worked out when it is asked for."""

    query: Query
    document: Document

    @cached_property
    def words(self) -> tuple[str, ...]:
        """For each term that was met, the first words that met it, as they stand in the paper:
        of texts, author names and organisation; only where there are none, the categories; only
        where there are none of these either, the facts in words (`24 upvotes`).
        """
        told = [hit for hit in self._hits if hit.rank == min(hit.rank for hit in self._hits)]
        return tuple({hit.words.casefold(): hit.words for hit in reversed(told)}.values())[::-1]

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Where the `words` stand, of: title, abstract, keywords, authors, organization,
        categories; empty where the words are facts.
        """
        told = [hit for hit in self._hits if hit.rank == min(hit.rank for hit in self._hits)]
        found = {field for hit in told for field in hit.fields}
        return tuple(field for field in _FIELDS if field in found)

    @cached_property
    def places(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """`title` and `abstract` → where words of the query stand, as offsets into the paper's
        title and abstract: sorted, apart from one another, none of what the query leaves out.
        """
        found = {
            field: merged(span for hit in self._hits for span in hit.spans.get(field, ()))
            for field in (TextField.TITLE, TextField.ABSTRACT)
        }
        return {str(field): spans for field, spans in found.items() if spans}

    @cached_property
    def _hits(self) -> tuple[Hit, ...]:
        return tuple(hits(self.query.root, self.document))


_FIELDS = ("title", "abstract", "keywords", "authors", "organization", "categories")


def match(query: Query, document: Document) -> Match | None:
    """The match, or None when the paper does not meet the query."""
    return Match(query, document) if _compiled(query)(document) else None


def meets(query: Query, document: Document) -> bool:
    """Whether there is a match."""
    return _compiled(query)(document)


def in_title(query: Query, document: Document) -> bool:
    """Whether the paper's title alone has all words, phrases and prefixes that the query asks for
    (of an OR, one side's).  False for a query without any.
    """
    return _compiled_for_title(query)(document)


def equals_title(query: Query, document: Document) -> bool:
    """Whether the query's words and phrases, in order, are the title's words, each counted once.

    A query that has anything else, but for what it leaves out, is no title.
    """
    asked = as_title(query)
    return asked is not None and asked == tuple(
        dict.fromkeys(token.written for token in document.title.parts)
    )


@lru_cache(maxsize=1 << 13)
def _compiled(query: Query) -> Test:
    return judge(query.root)


@lru_cache(maxsize=1 << 10)
def _compiled_for_title(query: Query) -> Test:
    if not any(isinstance(leaf, TextTerm) for leaf in positive_leaves(query.root)):
        return lambda _: False
    return judge(query.root, title_only=True)


@lru_cache(maxsize=1 << 10)
def as_title(query: Query) -> tuple[str, ...] | None:
    """The written words, each once, of a title that the query equals; None if it can equal none."""
    root = query.root
    asked = [
        item
        for item in (root.items if isinstance(root, And) else (root,))
        if not isinstance(item, Not)
    ]
    words: list[str] = []
    for item in asked:
        if not isinstance(item, Word | Phrase) or item.field not in {None, TextField.TITLE}:
            return None
        for _, _, chunk in chunk_spans(fold(item.text)):
            words += (part.written for part in chunk.parts)
    return tuple(dict.fromkeys(words))
