"""Holding a subscription for a while, and letting it go on."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.commands.days import day_to_come
from bot.commands.desk import Asked
from bot.commands.handlers.offering import may_change, notice, run_button
from bot.commands.handlers.standing import numbered
from bot.commands.parser import Line
from bot.domain.deliveries import NoticeBody
from bot.domain.papers import PaperId
from bot.domain.replies import Reply, Tone
from bot.domain.subscriptions import Pause, Subscription
from bot.errors import Unusable
from bot.ports import Order
from bot.rendering.words import day, text, with_code


async def pause(asked: Asked, line: Line) -> Reply:
    """Hold it, until a day or until somebody resumes it."""
    may_change(asked)
    one = await numbered(asked, line.number)
    if isinstance(one, Reply):
        return one
    until, words = None, ""
    if line.text:
        last = day_to_come(line.text, asked.today)
        until = datetime.combine(last, time(), asked.zone)
        words = f" until {day(last, asked.today)}"
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(f"{asked.person} paused {one.number}{words}",),
    )
    paused = await asked.desk.changes.pause(
        asked.channel, one.id, until=until, by=asked.invocation.actor.name, notice=body
    )
    if paused is None:
        raise Unusable(f"{one.number} was stopped meanwhile. See `/papers subscriptions`.")
    asked.desk.wake()
    resume_it = await run_button(asked, f"resume {one.number}", f"Resume {one.number}")
    said = text(f"Paused {one.number}{words}. What waits for it is kept, nothing new comes.")
    return notice(said, resume_it, tone=Tone.DONE)


async def resume(asked: Asked, line: Line) -> Reply:
    """Let it go on, and offer what was missed."""
    may_change(asked)
    one = await numbered(asked, line.number)
    if isinstance(one, Reply):
        return one
    body = NoticeBody(
        actor_name=asked.invocation.actor.name, lines=(f"{asked.person} resumed {one.number}",)
    )
    held = await asked.desk.changes.resume(
        asked.channel, one.id, by=asked.invocation.actor.name, notice=body
    )
    if held is None:
        raise Unusable(f"{one.number} is not paused.", fix=f"pause {one.number}")
    asked.desk.wake()
    missed = await _missed(asked, one, held)
    if not missed:
        return notice(text(f"Resumed {one.number}. Nothing matched meanwhile."), tone=Tone.DONE)
    these = f"The {len(missed):,} that matched" if len(missed) > 1 else "The one that matched"
    verb = "are" if len(missed) > 1 else "is"
    command = f"{one.query} after:{_first_missed(asked, held)}"
    show = await run_button(asked, f"search {command}", f"/papers {command}")
    said = f"Resumed {one.number}. {these} meanwhile {verb} not posted."
    return notice(with_code(said), show, tone=Tone.DONE)


def _first_missed(asked: Asked, held: Pause) -> str:
    """The list day after the newest one that had been read when the pause began."""
    began = held.began_at.astimezone(asked.zone).date()
    return str(began if held.from_day is None else held.from_day + timedelta(days=1))


async def _missed(asked: Asked, one: Subscription, held: Pause) -> list[PaperId]:
    """What a list brought during the pause that matches, and that the channel has not got."""
    after = None if held.from_day is None else held.from_day + timedelta(days=1)
    found = await asked.shelf.search.find(one.query, order=Order.NEW, after=after)
    announced = [
        paper.id
        for paper in await asked.papers(found.ids)
        if paper.announced_at is not None and paper.announced_at >= held.began_at
    ]
    here = await asked.desk.deliveries.among(asked.channel, announced)
    return [paper for paper in announced if paper not in here]
