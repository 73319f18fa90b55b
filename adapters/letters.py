"""How dead letters are told in the terminal.  What becomes of them is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.storage.dead_letters import LeftAlone, shown
from bot.domain.deliveries import DeadLetter, Delivery
from bot.domain.replies import Notice, Text
from bot.rendering.words import clock_time, count, short_day, strong, text, with_code


def letters_notice(
    letters: Sequence[DeadLetter], alone: Sequence[LeftAlone], now: datetime, zone: ZoneInfo
) -> Notice:
    """All dead letters with their reasons, then the channels and workspaces left alone."""
    lines: list[Text] = []
    if not letters:
        lines.append(text("No dead letters: nothing was given up."))
    for letter in letters:
        lines += [
            text(strong(letter.delivery.id), f" for {shown(letter.delivery.channel)}"),
            text(f"  {_content(letter.delivery)}"),
            text(f"  {letter.reason} ({_when(letter.at, now, zone)})"),
        ]
    if letters:
        what = f"{count(len(letters), 'dead letter')}. `paperboy outbox retry ID` tries one again, "
        lines.append(with_code(f"{what}`paperboy outbox drop ID` gives it up."))
    lines += [
        text(
            strong(one.name),
            f" is left alone until {_when(one.until, now, zone)}, {one.waiting:,} waiting: ",
            one.reason,
        )
        for one in alone
    ]
    return Notice(lines=tuple(lines))


def _content(delivery: Delivery) -> str:
    if delivery.paper is not None:
        return f"“{delivery.paper.title}”"
    return " ".join(delivery.notice.lines) if delivery.notice else "a paper that is gone"


def _when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    today = now.astimezone(zone).date()
    return f"{short_day(at.astimezone(zone).date(), today)} {clock_time(at, zone)}"
