"""Looking papers up: a query, one paper, an author, a citation."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.catalogue import Name
from bot.commands.desk import Asked
from bot.commands.handlers.lists import found_heading, show
from bot.commands.parser import Line, Ordinal
from bot.domain.identity import PaperRef
from bot.domain.papers import Paper, PaperId
from bot.domain.replies import Action, Button, CodeBlock, Notice, Reply, Text, plain
from bot.errors import SourceAway, Unusable
from bot.ports import Found, Order
from bot.query.values import Query, Word, required, without, written
from bot.rendering.papers import Shown, card_reply, cite
from bot.rendering.words import code, count, spelled, text, with_code

ENOUGH = 10
"""With fewer matches than this the sources are asked too."""

LIST_LASTS = timedelta(minutes=30)
"""How long `#7` means number 7 of one's last list."""

STARTER_NOTE = (
    "From the starter catalogue of titles: no source has been read yet. "
    "`paperboy poll --once` reads today's."
)


async def search(asked: Asked, line: Line) -> Reply:
    """Ranked papers, five a page."""
    assert line.query is not None
    found = await find(asked, line)
    if not found.total:
        return await nothing_found(asked, line.query)
    notes = list(_notes(asked, line))
    subscribe = await _subscribe_button(asked, line.query)
    return await show(
        asked,
        found,
        command=_command_of(line),
        heading=found_heading(found, str(line.query)),
        query=line.query,
        notes=tuple(notes),
        buttons=(subscribe,),
    )


async def find(asked: Asked, line: Line) -> Found:
    """Local first; with fewer than ten matches the sources are asked, then local again."""
    assert line.query is not None
    newest_first = line.command.name is Name.AUTHOR
    order = line.order or (Order.NEW if newest_first else Order.RELEVANCE)

    async def look() -> Found:
        assert line.query is not None
        return await asked.shelf.search.find(
            line.query, order=order, after=line.after, before=line.before
        )

    found = await look()
    lookup = asked.desk.lookup
    if found.total >= ENOUGH or lookup is None or asked.shelf.starter:
        return found
    return await look() if await lookup.search(line.query) else found


def _command_of(line: Line) -> str:
    """The line that makes this list again."""
    options = [
        f"sort:{line.order}" if line.order else "",
        f"after:{line.after}" if line.after else "",
        f"before:{line.before}" if line.before else "",
    ]
    return " ".join(("search", str(line.query), *(option for option in options if option)))


def _notes(asked: Asked, line: Line) -> list[Text]:
    notes = []
    if line.instead_of is not None:
        usage = line.instead_of.usage
        notes.append(text("(Searched as words. The command is ", code(usage), ".)"))
    if asked.shelf.starter:
        notes.append(with_code(STARTER_NOTE))
    return notes


async def _subscribe_button(asked: Asked, query: Query) -> Button:
    draft = await asked.desk.memory.keep_draft(
        asked.channel, asked.invocation.actor.id, f"subscribe {query}"
    )
    return Button(
        action=Action.RUN,
        ref=draft,
        label="Subscribe to this",
        spoken=f"Subscribe this channel to {query}",
    )


# -- nothing found ------------------------------------------------------------


async def nothing_found(asked: Asked, query: Query) -> Reply:
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
        parts=(Notice(lines=tuple(lines), buttons=button),),
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


async def run_button(asked: Asked, command: str, label: str, *, primary: bool = False) -> Button:
    """A button that runs a command as if it had been typed."""
    draft = await asked.desk.memory.keep_draft(asked.channel, asked.invocation.actor.id, command)
    return Button(action=Action.RUN, ref=draft, label=label, primary=primary)


# -- one paper ----------------------------------------------------------------


async def paper(asked: Asked, line: Line) -> Reply:
    """One paper as a card."""
    found = await referred(asked, line)
    shown = Shown(today=asked.today, note=_version_note(line, found))
    return card_reply(found, shown)


def _version_note(line: Line, found: Paper) -> str | None:
    if not isinstance(line.ref, PaperRef) or line.ref.version is None or found.version is None:
        return None
    if line.ref.version >= found.version:
        return None
    return f"You linked v{line.ref.version}; v{found.version} is current."


async def citation(asked: Asked, line: Line) -> Reply:
    """A citation to copy."""
    found = await referred(asked, line)
    return cited(found, line.style)


def cited(found: Paper, style: str = "bibtex") -> Reply:
    """A paper's citation as a code block."""
    block = cite(found, style)
    return Reply(summary=block, parts=(CodeBlock(text=block, language=style),))


async def referred(asked: Asked, line: Line) -> Paper:
    """The paper that a line names.  Raises Unusable when there is none."""
    if isinstance(line.ref, Ordinal):
        return await _of_last_list(asked, line.ref.number)
    assert line.ref is not None
    for shelf in (asked.shelf, asked.desk.stored):
        if (known := await shelf.papers.resolve(line.ref)) is not None:
            return known
    name = line.ref.value
    if asked.desk.lookup is None:
        raise Unusable(f"I have not seen {name}, and I may not ask the sources from here.")
    try:
        fetched = await asked.desk.lookup.paper(line.ref)
    except SourceAway:
        raise Unusable(
            f"I have not seen {name}, and its source does not answer. Try again in a minute."
        ) from None
    if fetched is None:
        place = "arXiv says it does not exist" if line.ref.kind == "arxiv" else "nor has its source"
        raise Unusable(f"I have not seen {name}, and {place}. Check the number.")
    return fetched


async def _of_last_list(asked: Asked, number: int) -> Paper:
    last = await asked.desk.memory.last_listing(
        asked.channel, asked.invocation.actor.id, asked.now - LIST_LASTS
    )
    if last is None:
        raise Unusable(
            f"#{number} is a number of your last list here, and it is over 30 minutes ago."
        )
    if not 1 <= number <= len(last.ids):
        raise Unusable(f"Your last list here has {count(len(last.ids), 'paper')}, not {number}.")
    return await by_id(asked, last.ids[number - 1])


async def by_id(asked: Asked, paper_id: PaperId) -> Paper:
    """A paper that a button or a list names.  Raises Unusable when it is gone."""
    found = await asked.papers([paper_id])
    if not found:
        raise Unusable("I no longer know that paper. Look it up again by its id or title.")
    return found[0]
