"""Looking papers up: a query, one paper, an author, a citation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.commands.catalogue import Name
from bot.commands.desk import Asked
from bot.commands.handlers.lists import found_heading, show
from bot.commands.handlers.nothing_found import nothing_found
from bot.commands.handlers.offering import STARTER_NOTE, run_button
from bot.commands.parser import Line, Ordinal
from bot.domain.identity import PaperRef
from bot.domain.papers import Paper, PaperId
from bot.domain.replies import Action, Button, CodeBlock, Reply, Text
from bot.errors import SourceAway, Unusable
from bot.ports import Found, Order
from bot.query.values import Query
from bot.rendering.papers import Shown, card_reply, cite
from bot.rendering.words import code, count, text, with_code

ENOUGH = 10
"""With fewer matches than this the sources are asked too."""

LIST_LASTS = timedelta(minutes=30)
"""How long `#7` means number 7 of one's last list."""


async def search(asked: Asked, line: Line) -> Reply:
    """Ranked papers, five a page."""
    assert line.query is not None
    query = line.query
    if line.command.name is Name.AUTHOR and line.order is None:
        line = replace(line, order=Order.NEW)
    found, late = await find(asked, line)
    command = _command_of(line)
    more = (await _more_button(asked, command),) if late else ()
    notes = tuple(_notes(asked, line))
    if not found.total:
        return await nothing_found(asked, line, notes, more)
    subscribe = await _subscribe_button(asked, query)
    return await show(
        asked,
        found,
        command=command,
        heading=found_heading(found, str(query)),
        query=query,
        notes=notes,
        buttons=(*more, subscribe),
    )


async def find(asked: Asked, line: Line) -> tuple[Found, bool]:
    """Local first; with fewer than ten matches the sources are asked, then local again.  The flag
    says that an answer is still under way."""
    assert line.query is not None
    order = line.order or Order.RELEVANCE

    async def look() -> Found:
        assert line.query is not None
        return await asked.shelf.search.find(
            line.query, order=order, after=line.after, before=line.before
        )

    found = await look()
    lookup = asked.desk.lookup
    if found.total >= ENOUGH or lookup is None or asked.shelf.starter:
        return found, False
    asked_sources = await lookup.search(line.query)
    if asked_sources.stored:
        found = await look()
    return found, asked_sources.under_way


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


async def _more_button(asked: Asked, command: str) -> Button:
    """What arrived late stands behind it: the same search, made again."""
    button = await run_button(asked, command, "More")
    return replace(button, spoken="Search again: a source was still answering")


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
        if line.ref.kind != "arxiv":
            raise Unusable(f"I have not seen {name}. Search for its title, or give its arXiv id.")
        raise Unusable(f"I have not seen {name}, and arXiv says it does not exist. Check it.")
    # As it is stored: with its list day, and with what had been known before.
    return await asked.desk.stored.papers.resolve(line.ref) or fetched


async def _of_last_list(asked: Asked, number: int) -> Paper:
    last = await asked.desk.memory.last_listing(
        asked.channel, asked.invocation.actor.id, asked.now - LIST_LASTS
    )
    if last is None:
        raise Unusable(
            f"#{number} is a number of your last list here, and you had none for 30 minutes. "
            "Ask for one first, such as `/papers today`."
        )
    if not 1 <= number <= len(last.ids):
        has = count(len(last.ids), "paper")
        raise Unusable(f"Your last list here has {has}, and none has the number {number:,}.")
    return await by_id(asked, last.ids[number - 1])


async def by_id(asked: Asked, paper_id: PaperId) -> Paper:
    """A paper that a button or a list names.  Raises Unusable when it is gone."""
    found = await asked.papers([paper_id])
    if not found:
        raise Unusable("I no longer know that paper. Look it up again by its id or title.")
    return found[0]
