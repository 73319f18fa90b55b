"""What is owed, as the message that is posted."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.deliveries import Delivery, NoticeBody
from bot.domain.replies import Action, Button, Notice, Reply, Text, Tone, Visibility, plain
from bot.query.hits import merged
from bot.query.matching import match, prepare
from bot.query.parser import parse
from bot.rendering.papers import Shown, card_reply, why_line
from bot.rendering.words import with_code


def delivery_reply(delivery: Delivery, now: datetime, zone: ZoneInfo) -> Reply:
    """The message of a delivery: a paper's card with its reasons, or a notice."""
    if delivery.paper is not None:
        reasons: tuple[Text, ...] = tuple(why_line(reason) for reason in delivery.reasons)
        owed_by_query = any(reason.subscription is not None for reason in delivery.reasons)
        shown = Shown(
            today=now.astimezone(zone).date(),
            places=_places(delivery),
            reasons=reasons,
            buttons=(Action.ABSTRACT, Action.CITE),
        )
        lead_in = "New paper: " if owed_by_query else ""
        return card_reply(delivery.paper, shown, lead_in=lead_in, visibility=Visibility.PUBLIC)
    assert delivery.notice is not None
    return notice_reply(delivery.notice)


def notice_reply(body: NoticeBody) -> Reply:
    """A visible notice of a change, with *Undo* where it can be undone."""
    lines = tuple(with_code(line) for line in body.lines)
    undo: tuple[Button, ...] = ()
    if body.undo is not None:
        action, ref = body.undo
        undo = (Button(action=Action(action), ref=ref, label="Undo", spoken="Undo this change"),)
    return Reply(
        summary=" ".join(plain(line) for line in lines),
        parts=(Notice(lines=lines, tone=Tone.DONE, buttons=undo),),
        visibility=Visibility.PUBLIC,
    )


def _places(delivery: Delivery) -> dict[str, list[tuple[int, int]]]:
    """The places to mark: those of every subscription that matched, together."""
    assert delivery.paper is not None
    document = prepare(delivery.paper)
    spans: dict[str, list[tuple[int, int]]] = {}
    for reason in delivery.reasons:
        if reason.subscription is None:
            continue
        found = match(parse(reason.query), document)
        for part, places in found.places.items() if found else ():
            spans.setdefault(part, []).extend(places)
    return {part: list(merged(places)) for part, places in spans.items()}
