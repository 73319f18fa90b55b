"""Which subscription is meant, and the way back to one that was stopped."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.desk import Asked
from bot.commands.handlers.offering import notice
from bot.domain.replies import Action, Button, Reply, Tone
from bot.domain.subscriptions import Subscription
from bot.errors import Unusable
from bot.rendering.words import joined, short_day, text

MAY_COME_BACK = timedelta(days=7)
"""How long what was stopped or replaced can be brought back."""


async def numbered(asked: Asked, number: int | None) -> Subscription | Reply:
    """The active subscription of that number, or what is said of a stopped one.

    Raises Unusable when there is none.
    """
    everything = await asked.desk.subscriptions.of_channel(asked.channel, stopped=True)
    one = next((one for one in everything if one.number == number), None)
    if one is None:
        numbers = [str(one.number) for one in everything if one.stopped_at is None]
        have = f"It has {joined(numbers)}." if numbers else "It has none."
        raise Unusable(f"No subscription {number} in {asked.here}. {have}")
    return one if one.stopped_at is None else stopped(asked, one)


def stopped(asked: Asked, one: Subscription) -> Reply:
    """That it was stopped, by whom and when; within 7 days it can be brought back."""
    assert one.stopped_at is not None
    when = short_day(one.stopped_at.astimezone(asked.zone).date(), asked.today)
    said = text(f"No subscription {one.number} here (stopped by @{one.stopped_by} {when}).")
    back = Button(
        action=Action.UNDO_STOP,
        ref=str(one.id),
        label="Bring it back",
        spoken=f"Bring subscription {one.number} back",
    )
    buttons = (back,) if may_come_back(asked, one) else ()
    return notice(said, *buttons, tone=Tone.MISTAKE)


def may_come_back(asked: Asked, one: Subscription) -> bool:
    """Whether it was stopped in the last 7 days."""
    return one.stopped_at is not None and asked.now - one.stopped_at <= MAY_COME_BACK
