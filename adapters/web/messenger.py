"""The `Messenger` of platform `local`: a post is a stored message that open tabs are told about.

Exactly once by construction: the store keeps one message per delivery id.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters.web import wire
from adapters.web.live import Hub
from adapters.web.messages import LocalMessages
from adapters.web.names import is_channel_name
from bot.clock import Clock
from bot.domain.channels import ChannelRef, MessageId
from bot.domain.deliveries import Ambiguous, DeliveryId, NotSent, Outcome, Refused, Sent
from bot.domain.replies import Reply
from bot.errors import StoreError

PAUSE = timedelta(seconds=5)  #: before a store that could not write is tried again


class LocalMessenger:
    """Implements `bot.ports.Messenger`."""

    def __init__(self, messages: LocalMessages, hub: Hub, clock: Clock) -> None:
        self._messages = messages
        self._hub = hub
        self._clock = clock

    async def post(self, delivery: DeliveryId, channel: ChannelRef, reply: Reply) -> Outcome:
        if not _is_local(channel):
            return Refused(f"{channel.key} is no channel of the local workspace")
        try:
            message, created = await self._messages.post(
                delivery, channel.channel, wire.dump(reply)
            )
        except StoreError as error:
            return self._later(error)
        if created:
            self._hub.announce(message)
        return Sent(MessageId(message.id))

    async def edit(self, message: MessageId, channel: ChannelRef, reply: Reply) -> Outcome:
        if not _is_local(channel):
            return Refused(f"{channel.key} is no channel of the local workspace")
        try:
            edited = await self._messages.edit(message, channel.channel, wire.dump(reply))
        except StoreError as error:
            return self._later(error)
        if edited is None:
            return Refused(f"there is no message {message} in {channel.key}")
        self._hub.announce(edited)
        return Sent(MessageId(edited.id))

    async def find(
        self, delivery: DeliveryId, channel: ChannelRef, since: datetime
    ) -> MessageId | Ambiguous | None:
        try:
            found = await self._messages.find(delivery, channel.channel, since)
        except StoreError as error:
            return Ambiguous(str(error))
        return None if found is None else MessageId(found)

    def _later(self, error: StoreError) -> NotSent:
        """A second try is safe even if the first one was stored: the delivery id is unique."""
        return NotSent(self._clock.now() + PAUSE, str(error))


def _is_local(channel: ChannelRef) -> bool:
    return (
        channel.platform == "local"
        and channel.workspace == "local"
        and is_channel_name(channel.channel)
    )
