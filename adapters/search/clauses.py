"""tantivy's queries over our fields, in the few forms that searching needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import tantivy

from adapters.search.entries import schema

SCHEMA = schema()

_MUST, _SHOULD, _MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot


def term(field: str, word: str) -> tantivy.Query:
    return tantivy.Query.term_query(SCHEMA, field, word)


def phrase(field: str, words: Sequence[tuple[int, str]]) -> tantivy.Query:
    """Finds words at these slots, counted from anywhere."""
    if len(words) == 1:
        return term(field, words[0][1])
    return tantivy.Query.phrase_query(SCHEMA, field, list(words))


def every() -> tantivy.Query:
    return tantivy.Query.all_query()


def none() -> tantivy.Query:
    return tantivy.Query.empty_query()


def any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(_SHOULD, query) for query in queries])


def all_of(
    required: Sequence[tantivy.Query], excluded: Sequence[tantivy.Query] = ()
) -> tantivy.Query:
    """What all of `required` find (without any: everything) and none of `excluded`."""
    parts = [(_MUST, query) for query in required or [every()]]
    parts += [(_MUST_NOT, query) for query in excluded]
    return tantivy.Query.boolean_query(parts) if len(parts) > 1 else parts[0][1]


def unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)


def favouring(query: tantivy.Query, favoured: tantivy.Query, weight: float) -> tantivy.Query:
    """The query's papers; those that are `favoured` too score more."""
    more = tantivy.Query.boost_query(favoured, weight)
    return tantivy.Query.boolean_query([(_MUST, query), (_SHOULD, more)])


def filtered(
    query: tantivy.Query,
    *required: tantivy.Query | None,
    excluded: Sequence[tantivy.Query | None] = (),
) -> tantivy.Query:
    """The query's papers and scores, of those that are in all of `required` and none of
    `excluded`; None stands for no condition."""
    must = [query, *(unscored(one) for one in required if one is not None)]
    return all_of(must, [one for one in excluded if one is not None])


def between(after: date | None, before: date | None) -> tantivy.Query | None:
    """Finds papers by list day, `after <= day < before`; None where both bounds are open."""
    if after is None and before is None:
        return None
    return tantivy.Query.range_query(
        SCHEMA,
        "day",
        tantivy.FieldType.Integer,
        lower_bound=after.toordinal() if after else 1,
        upper_bound=before.toordinal() if before else date.max.toordinal(),
        include_upper=before is None,
    )


def on_days(ordinals: Iterable[int]) -> tantivy.Query:
    """Finds the papers of these list days."""
    return tantivy.Query.term_set_query(SCHEMA, "day", list(ordinals))


def with_ids(ids: Iterable[str]) -> tantivy.Query:
    """Finds the papers of these ids."""
    given = list(ids)
    return tantivy.Query.term_set_query(SCHEMA, "id", given) if given else none()
