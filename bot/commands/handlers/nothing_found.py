"""What is said when nothing was found: a way on, with its count."""

from __future__ import annotations

from bot.commands.desk import Asked
from bot.commands.handlers.offering import run_button
from bot.commands.parser import Line
from bot.domain.replies import Button, Notice, Reply, Text, plain
from bot.query.values import Query, Word, required, without, written
from bot.rendering.words import spelled, text


async def nothing_found(
    asked: Asked, line: Line, notes: tuple[Text, ...], more: tuple[Button, ...]
) -> Reply:
    """The nearest word with its count, or what remains when one word or the dates are left out."""
    assert line.query is not None
    said, buttons = await _way_on(asked, line, line.query)
    lines = (said, *notes)
    return Reply(
        summary=" ".join(plain(one) for one in lines),
        parts=(Notice(lines=lines, buttons=buttons + more),),
    )


async def _way_on(asked: Asked, line: Line, query: Query) -> tuple[Text, tuple[Button, ...]]:
    if (line.after or line.before) and (elsewhere := await asked.shelf.search.count(query)):
        button = await run_button(asked, f"search {query}", f"Search {query}")
        said = f"No paper of those days has {query}. On all days: {_capped(elsewhere)}."
        return text(said), (button,)
    if len(required(query)) == 1:
        return await _nearest(asked, query)
    return await _left_out(asked, query)


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
