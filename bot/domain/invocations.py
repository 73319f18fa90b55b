"""What a person did at an edge, as one neutral value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.channels import Actor, ChannelRef, MessageId
from bot.domain.replies import Action


class InvocationKind(StrEnum):
    """How it was said."""

    COMMAND = "command"
    BUTTON = "button"
    AUTOCOMPLETE = "autocomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A command typed or a button pressed.

    `id` is unique per press or line, as the platform gives it: the same id again is the same
    invocation delivered twice.  `text` is the command's text without the leading `/papers`.
    `channel_name` is what people call the channel, without `#`.
    """

    id: str
    kind: InvocationKind
    actor: Actor
    channel: ChannelRef
    channel_name: str
    text: str = ""
    action: Action | None = None
    ref: str = ""
    source_message: MessageId | None = None
