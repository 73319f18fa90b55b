"""What a channel is set to."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.commands.desk import Asked
from bot.commands.handlers.offering import may_change, notice, run_button
from bot.commands.parser import LONGEST_ECHO, Line
from bot.commands.zones import near_zones, zone_name, zones_of
from bot.domain.deliveries import NoticeBody
from bot.domain.replies import Reply, Tone
from bot.errors import Unusable
from bot.ports import ChannelSettings
from bot.rendering.words import clock_time, cut, joined, text, with_code


async def settings(asked: Asked, line: Line) -> Reply:
    """Show them, or set the zone."""
    if line.timezone is not None:
        return await _set_zone(asked, line.timezone)
    zone = (await asked.desk.channels.settings(asked.channel)).timezone
    if zone is None:
        said = text(f"{asked.here} has no time zone of its own: its cards use {asked.desk.zone}.")
    else:
        now = clock_time(asked.now, ZoneInfo(zone))
        said = text(f"{asked.here} has the time zone {zone}; it is {now} there.")
    return notice(said, more=(with_code("Set it: `/papers settings tz:Europe/Berlin`"),))


async def _set_zone(asked: Asked, typed: str) -> Reply:
    may_change(asked)
    name = zone_name(typed)
    if name is None:
        return await _which_zone(asked, cut(typed, LONGEST_ECHO))
    body = NoticeBody(
        actor_name=asked.invocation.actor.name,
        lines=(f"{asked.person} set the time zone of {asked.here} to {name}.",),
    )
    await asked.desk.channels.change(
        asked.channel,
        ChannelSettings(timezone=name),
        by=asked.invocation.actor.name,
        notice=body,
    )
    asked.desk.wake()
    now = clock_time(asked.now, ZoneInfo(name))
    return notice(
        text(f"Times in {asked.here} are those of {name}; it is {now} there."), tone=Tone.DONE
    )


async def _which_zone(asked: Asked, typed: str) -> Reply:
    """The zones that may be meant, to choose from: none is guessed."""
    several = zones_of(typed)
    names = several or near_zones(typed)
    if not names:
        raise Unusable(
            f"{typed or 'Nothing'} is no time zone. Write a place such as `tz:Europe/Berlin`."
        )
    buttons = [await run_button(asked, f"settings tz:{one}", one) for one in names]
    if len(several) > 1:
        said = f"{typed} is several zones."
    else:
        said = f"{typed} names no zone. Did you mean {joined(list(names), 'or')}?"
    return notice(text(said), *buttons, tone=Tone.MISTAKE)
