"""What is said when nothing was found: a way on, with its count."""

from __future__ import annotations

from bot.commands.desk import Asked
from bot.commands.handlers.offering import STARTER_NOTE, run_button
from bot.domain.replies import Button, Notice, Reply, Text, plain
from bot.query.values import Query, Word, required, without, written
from bot.rendering.words import spelled, text, with_code


async def nothing_found(asked: Asked, query: Query, more: tuple[Button, ...] = ()) -> Reply:
    """The nearest word with its count, or what remains when one word is left out."""
    if len(required(query)) == 1:
        line, button = await _nearest(asked, query)
    else:
        line, button = await _left_out(asked, query)
    lines = [line]
    if asked.shelf.starter:
        lines.append(with_code(STARTER_NOTE))
    return Reply(
        summary=" ".join(plain(one) for one in lines),
        parts=(Notice(lines=tuple(lines), buttons=button + more),),
    )


async def _nearest(asked: Asked, query: Query) -> tuple[Text, tuple[Button, ...]]:
    (term,) = required(query)
    said = text(f"No paper has {query}.")
    if not isinstance(term, Word):
        return said, ()
    near = await asked.shelf.search.nearest_word(term.text)
    if near is None:
        return said, ()
    word, hits = near
    button = await run_button(asked, f"search {word}", f"Search {word}")
    return text(f"No paper has {query}. Nearest word: {word} ({hits:,})."), (button,)


async def _left_out(asked: Asked, query: Query) -> tuple[Text, tuple[Button, ...]]:
    """Around the most frequent term: what is left when one of the others is dropped."""
    terms = required(query)
    words = "words" if all(isinstance(term, Word) for term in terms) else "terms"
    number = "both" if len(terms) == 2 else f"all {spelled(len(terms))}"  # noqa: PLR2004
    said = f"No paper has {number} {words}."
    alone = {term: await asked.shelf.search.count(Query(term)) for term in terms}
    keep = max(terms, key=lambda term: alone[term])
    if not alone[keep]:
        return text(said, " None has any one of them."), ()
    told = [
        f" Without {written(term)}: {_capped(await asked.shelf.search.count(rest))}."
        for term in terms
        if term is not keep and (rest := without(query, term)) is not None
    ]
    button = await run_button(asked, f"search {written(keep)}", f"Search {written(keep)}")
    return text(said, *told), (button,)


def _capped(number: int) -> str:
    return f"{number:,}" if number < 1_000 else "1,000+"  # noqa: PLR2004 - the port's limit
