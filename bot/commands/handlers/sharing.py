"""Buttons on a paper: its abstract, its citation, and sharing it with the channel."""

from __future__ import annotations

from bot.commands.desk import Asked
from bot.commands.handlers.looking_up import by_id, cited
from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.pages import Item, Page
from bot.domain.papers import Paper, PaperId
from bot.domain.replies import Action, Button, Notice, Reply, Tone, plain
from bot.rendering.papers import Shown, card_reply
from bot.rendering.words import cut, short_day, text


async def abstract(asked: Asked, ref: str) -> Reply:
    """The whole abstract."""
    paper = await by_id(asked, PaperId(ref))
    return card_reply(paper, Shown(today=asked.today, whole_abstract=True))


async def citation(asked: Asked, ref: str) -> Reply:
    """BibTeX of the paper."""
    return cited(await by_id(asked, PaperId(ref)))


async def share(asked: Asked, ref: str, *, again: bool = False) -> Reply:
    """Post the paper's card to the channel, once; `again` makes it the person's own message."""
    paper = await by_id(asked, PaperId(ref))
    await _make_known(asked, paper)
    delivery = await asked.desk.deliveries.share(
        asked.channel, paper.id, by=asked.invocation.actor.name, again=again
    )
    if delivery is None:
        return await _already(asked, paper)
    asked.desk.wake()
    said = text(f"Shared in {asked.here}.")
    return Reply(summary=plain(said), parts=(Notice(lines=(said,), tone=Tone.DONE),))


async def share_again(asked: Asked, ref: str) -> Reply:
    """Post it once more, as the person's message."""
    return await share(asked, ref, again=True)


async def _make_known(asked: Asked, paper: Paper) -> None:
    """A paper of the starter catalogue that someone shares becomes knowledge."""
    if not await asked.desk.stored.papers.get([paper.id]):
        await asked.desk.remember(Page(source="paper", items=(Item(paper=paper),)))


async def _already(asked: Asked, paper: Paper) -> Reply:
    delivery = await asked.desk.deliveries.of_paper(asked.channel, paper.id)
    said = text(_where_it_is(asked, delivery))
    button = Button(
        action=Action.SHARE_AGAIN,
        ref=paper.id,
        label="Share again",
        spoken=f"Share again: {cut(paper.title, 60)}",
    )
    return Reply(summary=plain(said), parts=(Notice(lines=(said,), buttons=(button,)),))


def _where_it_is(asked: Asked, delivery: Delivery | None) -> str:
    if delivery is None or delivery.state is not DeliveryState.SENT:
        return f"It is on its way to {asked.here}."
    when = short_day(delivery.created_at.astimezone(asked.zone).date(), asked.today)
    since = when if when in {"today", "yesterday"} else f"since {when}"
    return f"Already here {since}."
