"""Turns a query into tantivy queries that find exactly the papers that `match()` finds.

Facts that change are in no index, and some terms the index cannot decide alone (`terms.Open`);
whoever calls says which papers meet these, as `decided`.  Does not search, rank or ask the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import tantivy

from adapters.search.clauses import all_of, any_of, favouring, none, term, unscored
from adapters.search.entries import title_key
from adapters.search.nomination import Open
from adapters.search.terms import Lengths, indexed, text
from bot.query.matching import as_title
from bot.query.values import (
    And,
    Changing,
    Leaf,
    Node,
    Not,
    Or,
    Query,
    TextField,
    TextTerm,
    leaves,
    positive_leaves,
)

TITLE_WEIGHT = 0.2
"""Of a hit in the title beside the same one in the whole text; see DESIGN section 9."""

Decided = Mapping[Leaf, tantivy.Query]


class Compiler:
    """Compiles the terms and groups of one query, with what was decided elsewhere."""

    def __init__(self, lengths: Lengths, decided: Decided) -> None:
        self._lengths = lengths
        self._decided = decided

    def exact(self, node: Node) -> tantivy.Query:
        """Finds the papers that meet the node; the scores mean nothing."""
        return self._tree(node, self._leaf)

    def ranked(self, node: Node) -> tantivy.Query:
        """Finds the same papers, scored by their text: body and, for less, title."""
        return self._tree(node, self._scored)

    def in_title(self, node: Node) -> tantivy.Query:
        """Finds those of them whose title alone has the words, as `in_title` of the matcher."""
        return self._tree(node, self._titled)

    def _tree(self, node: Node, leaf: Callable[[Leaf], tantivy.Query]) -> tantivy.Query:
        match node:
            case And():
                return all_of(
                    [self._tree(item, leaf) for item in node.items if not isinstance(item, Not)],
                    [self.exact(item.item) for item in node.items if isinstance(item, Not)],
                )
            case Or():
                return any_of([self._tree(item, leaf) for item in node.items])
            case Not():
                return all_of([], [self.exact(node.item)])
            case _:
                return leaf(node)

    def _leaf(self, leaf: Leaf) -> tantivy.Query:
        if leaf in self._decided:
            return self._decided[leaf]
        assert not isinstance(leaf, Changing), leaf
        found = indexed(leaf, self._lengths)
        assert not isinstance(found, Open), leaf
        return found

    def _scored(self, leaf: Leaf) -> tantivy.Query:
        found = self._leaf(leaf)
        if not isinstance(leaf, TextTerm):
            return unscored(found)
        return favouring(found, self._titled(leaf), TITLE_WEIGHT) if leaf.field is None else found

    def _titled(self, leaf: Leaf) -> tantivy.Query:
        if not isinstance(leaf, TextTerm):
            return self._leaf(leaf)
        if leaf.field not in {None, TextField.TITLE}:
            return none()
        found = text(leaf, "title", self._lengths)
        return all_of([found.maybe, self._leaf(leaf)]) if isinstance(found, Open) else found


def excluded_leaves(query: Query) -> list[Leaf]:
    """The terms under a Not."""
    every = Counter(leaves(query.root))
    return list(every - Counter(positive_leaves(query.root)))


def whole_title(query: Query) -> tantivy.Query | None:
    """Finds the papers whose title the query equals; None if it can equal none."""
    words = as_title(query)
    return term("whole_title", title_key(words)) if words else None
