"""What the browser sends, as values: JSON in, `Invocation` out, pure.

It decides whether a request is well formed, with a sentence where it is not; what a command means
is the core's.
"""

from __future__ import annotations

import json
import re
import zoneinfo
from typing import Any

from adapters.web.names import RULE, is_channel_name, nearest_name
from bot.domain.channels import Actor, ActorId, ChannelRef, MessageId
from bot.domain.invocations import Invocation, InvocationKind
from bot.domain.replies import Action

YOU = ActorId("you")
LONGEST_REF = 512

_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LOCALE = re.compile(r"[A-Za-z0-9-]{2,35}")
_POSITION = re.compile(r"[0-9]{1,18}")


class BadRequestError(ValueError):
    """A request that the page would not send; the message is a sentence."""


class BadNameError(BadRequestError):
    """A name that no channel can have; `nearest` is one it could have, or empty."""

    def __init__(self, typed: str) -> None:
        super().__init__(RULE)
        self.nearest = nearest_name(typed)


def parse_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body holds."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError too
        raise BadRequestError("The request is not JSON.") from error
    if not isinstance(value, dict):
        raise BadRequestError("The request is not a JSON object.")
    return value


def parse_channel(name: object) -> str:
    """A channel's name."""
    if not isinstance(name, str):
        raise BadRequestError("A channel's name is text.")
    if not is_channel_name(name):
        raise BadNameError(name)
    return name


def parse_number(value: str | None) -> int | None:
    """A position or sequence in a URL; None when it is not given."""
    if value is None:
        return None
    if not _POSITION.fullmatch(value):
        raise BadRequestError("A position is a whole number.")
    return int(value)


def parse_invocation(body: dict[str, Any], channel: str) -> Invocation:
    """A typed command or a pressed button in a channel."""
    number = _text(body, "id")
    if not _ID.fullmatch(number):
        raise BadRequestError("An invocation's id is 8 to 64 letters, digits, - or _.")
    kind = _text(body, "kind")
    if kind not in {InvocationKind.COMMAND, InvocationKind.BUTTON}:
        raise BadRequestError("An invocation's kind is command or button.")
    is_button = kind == InvocationKind.BUTTON
    source = _text(body, "source_message", "")
    return Invocation(
        id=number,
        kind=InvocationKind(kind),
        actor=Actor(
            id=YOU,
            name="you",
            locale=_locale(_text(body, "locale", "")),
            timezone=_timezone(_text(body, "timezone", "")),
        ),
        channel=ChannelRef(platform="local", workspace="local", channel=channel),
        channel_name=channel,
        text="" if is_button else _text(body, "text"),
        action=_action(_text(body, "action")) if is_button else None,
        ref=_ref(_text(body, "ref", "")) if is_button else "",
        source_message=MessageId(source) if _POSITION.fullmatch(source) else None,
    )


def _text(body: dict[str, Any], key: str, default: str | None = None) -> str:
    """A text entry.  Lone surrogates, which no file or database can hold, become U+FFFD."""
    value = body.get(key, default)
    if not isinstance(value, str):
        raise BadRequestError(f"{key} is missing or no text.")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _action(value: str) -> Action:
    try:
        return Action(value)
    except ValueError as error:
        raise BadRequestError("This button is not known here. Reload the page.") from error


def _ref(value: str) -> str:
    if len(value) > LONGEST_REF:
        raise BadRequestError(f"A button's ref has at most {LONGEST_REF} characters.")
    return value


def _locale(value: str) -> str | None:
    return value if _LOCALE.fullmatch(value) else None


def _timezone(value: str) -> str | None:
    """An IANA name that this machine knows too; anything else counts as not told."""
    return value if value in zoneinfo.available_timezones() else None
