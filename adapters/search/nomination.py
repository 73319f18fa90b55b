"""What the index answers where it cannot decide alone: who surely meets a term, and who may."""

from __future__ import annotations

from dataclasses import dataclass

import tantivy

from adapters.search.clauses import all_of, any_of, term
from bot.query.sought import AllOf, AnyOf, Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Papers in `sure` meet the term, of those in `maybe` `match()` decides, no other does."""

    sure: tantivy.Query
    maybe: tantivy.Query


def having(needed: Need, field: str) -> tantivy.Query:
    """The papers that have what is needed somewhere in a field."""
    match needed:
        case AllOf():
            return all_of([having(item, field) for item in needed.items])
        case AnyOf():
            return any_of([having(item, field) for item in needed.items])
        case _:
            return term(field, needed.text)
