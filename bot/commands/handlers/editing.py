"""Another query for a subscription: what it would change, then the change and its undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.commands.desk import Asked
from bot.commands.handlers.offering import may_change, notice
from bot.commands.handlers.previewing import already
from bot.commands.handlers.standing import numbered
from bot.commands.parser import Line, only_leaves_out
from bot.domain.deliveries import NoticeBody
from bot.domain.papers import Paper
from bot.domain.replies import Action, Button, DraftId, Notice, Preview, Reply, Text, Tone, plain
from bot.domain.subscriptions import Subscription
from bot.errors import Unusable
from bot.query.matching import meets, prepare
from bot.query.parser import parse
from bot.query.values import Or, Query
from bot.query.wording import describe
from bot.rendering.words import count, strong, text, with_code

WEEK, MONTH = 7, 30  #: days


async def edit(asked: Asked, line: Line) -> Reply:
    """What the new query would change.  Nothing is stored but the draft behind the button."""
    may_change(asked)
    one = await numbered(asked, line.number)
    if isinstance(one, Reply):
        return one
    if not line.text:
        raise Unusable(
            f"{one.number} is {one.query}. Write what it is to be: "
            f"`/papers edit {one.number} QUERY`.",
            usage=line.command.usage,
        )
    query = line.query or _with_exclusion(one.query, line.text)
    if (same := await _same(asked, query)) is not None:
        return (
            notice(text(f"{one.number} is {query} already."))
            if same == one
            else await already(asked, same)
        )
    counts = await _counts(asked, one.query, query)
    buttons = await _buttons(asked, one, query)
    if line.query is None:
        said = with_code(
            f"An edit's query replaces the old one. `{line.text}` alone finds nothing. "
            f"Did you mean {query}? {counts}"
        )
        return Reply(summary=plain(said), parts=(Notice(lines=(said,), buttons=buttons),))
    lines: list[Text] = [
        text(f"{one.number} would become {query} (now {one.query}). {counts}"),
        text(f"{asked.here} will get every new paper with {describe(query)}, as it is announced."),
    ]
    if nothing := await _finds_nothing(asked, query):
        lines.append(text(nothing))
    shape = Preview(
        heading=text(strong("Nothing is changed yet.")),
        lines=tuple(lines),
        closing=(text("Nothing older is posted."),),
        buttons=buttons,
    )
    said_all = (shape.heading, *shape.lines, *shape.closing)
    return Reply(summary=" ".join(map(plain, said_all)), parts=(shape,))


def _with_exclusion(old: Query, typed: str) -> Query:
    """The old query with what is typed left out of it."""
    assert only_leaves_out(typed)
    return parse(f"({old}) {typed}" if isinstance(old.root, Or) else f"{old} {typed}")


async def _same(asked: Asked, query: Query) -> Subscription | None:
    active = await asked.desk.subscriptions.of_channel(asked.channel)
    return next((one for one in active if str(one.query) == str(query)), None)


async def _buttons(asked: Asked, one: Subscription, query: Query) -> tuple[Button, ...]:
    draft = await asked.desk.memory.keep_draft(
        asked.channel, asked.invocation.actor.id, f"{one.number} {query}"
    )
    use = Button(
        action=Action.EDIT,
        ref=draft,
        label="Use this",
        spoken=f"Change subscription {one.number} to {query}",
        primary=True,
    )
    return (use, Button(action=Action.CANCEL, ref=draft, label="Cancel"))


async def _counts(asked: Asked, old: Query, new: Query) -> str:
    """`18 → 18 this week.`, over the list days known of it."""
    days = await _days(asked, WEEK)
    if not days:
        return "How many that changes I cannot say: no list of the last week has been read."
    before = await _total(asked, old, days)
    after = await _total(asked, new, days)
    return f"{before:,} → {after:,} this week."


async def _finds_nothing(asked: Asked, query: Query) -> str | None:
    days = await _days(asked, MONTH)
    if not days or await _total(asked, query, days):
        return None
    known = count(len(days), "list")
    return f"It finds nothing in the {known} of the last 30 days that I know."


async def _total(asked: Asked, query: Query, days: Sequence[date]) -> int:
    return sum((await asked.shelf.search.count_by_day(query, days)).values())


async def _days(asked: Asked, span: int) -> list[date]:
    if asked.shelf.starter:
        return []
    first = asked.today - timedelta(days=span)
    return [day for day in await asked.shelf.papers.list_days(span) if day > first]


# -- carried out --------------------------------------------------------------


async def use(asked: Asked, ref: str) -> Reply:
    """*Use this*: the new query, told to the channel."""
    may_change(asked)
    draft = await asked.desk.memory.draft(asked.channel, DraftId(ref))
    number, _, typed = draft.text.partition(" ") if draft else ("", "", "")
    if not number.isdecimal():
        raise Unusable("That is too old to be used. Edit it again: `/papers edit NUMBER QUERY`.")
    one = await numbered(asked, int(number))
    if isinstance(one, Reply):
        return one
    query = parse(typed)
    if (same := await _same(asked, query)) is not None:
        return replace(await already(asked, same), replaces=True)
    verb = "narrowed" if await _narrows(asked, one.query, query) else "changed"
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(f"{asked.person} {verb} {one.number} to {query}",),
        undo=(Action.UNDO_EDIT, ""),
    )

    def keeps(paper: Paper) -> bool:
        return meets(query, prepare(paper))

    edited = await asked.desk.changes.edit(
        asked.channel,
        one.id,
        query,
        by=asked.invocation.actor.name,
        notice=body,
        keeps=keeps,
    )
    if edited is None:
        raise Unusable(f"{one.number} was changed meanwhile. See `/papers subscriptions`.")
    asked.desk.wake()
    undo = Button(
        action=Action.UNDO_EDIT,
        ref=str(edited.change),
        label="Undo",
        spoken=f"Undo: subscription {one.number} is {one.query} again",
    )
    said = text(f"{one.number} is now {query} (was {one.query}). Nothing older is posted.")
    return replace(notice(said, undo, tone=Tone.DONE), replaces=True)


async def _narrows(asked: Asked, old: Query, new: Query) -> bool:
    """Whether every known match of the new query is one of the old."""
    found = await asked.shelf.search.find(new)
    if not found.exact or not found.ids:
        return False
    return all(meets(old, prepare(one)) for one in await asked.papers(found.ids))


async def undo(asked: Asked, ref: str) -> Reply:
    """*Undo* of an edit: the old query, and what waited for it."""
    may_change(asked)
    if not ref.isdecimal() or len(ref) > 18:  # noqa: PLR2004 - digits of an id
        raise Unusable("I do not know that change any more. See `/papers subscriptions`.")
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(f"{asked.person} took the change of {{n}} back.",),
    )
    restored = await asked.desk.changes.undo_edit(
        asked.channel, int(ref), by=asked.invocation.actor.name, notice=body
    )
    if restored is None:
        raise Unusable("That was changed again since. See `/papers subscriptions`.")
    asked.desk.wake()
    return notice(text(f"{restored.number} is {restored.query} again."), tone=Tone.DONE)
