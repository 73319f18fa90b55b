"""The relay: claim, post, settle, whatever happens in between."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.channels import ChannelRef, MessageId
from bot.domain.deliveries import (
    Ambiguous,
    Delivery,
    DeliveryId,
    DeliveryState,
    NoticeBody,
    NotSent,
    Outcome,
    Refused,
    Sent,
)
from bot.domain.replies import Reply
from bot.pipeline.relay import Relay

NOW = datetime(2026, 6, 12, 5, tzinfo=UTC)
LAB = ChannelRef(platform="local", workspace="local", channel="lab")


class StillClock:
    def now(self) -> datetime:
        return NOW

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.Event().wait()


class MemoryOutbox:
    def __init__(self, *deliveries: Delivery) -> None:
        self.waiting = list(deliveries)
        self.settled: dict[str, Outcome] = {}
        self.renewed: list[str] = []

    async def claim(self, lease: timedelta, limit: int) -> list[Delivery]:
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return claimed

    async def settle(self, delivery: DeliveryId, outcome: Outcome) -> None:
        await asyncio.sleep(0)
        self.settled[delivery] = outcome

    async def renew(self, delivery: DeliveryId, lease: timedelta) -> None:
        self.renewed.append(delivery)

    async def next_due(self) -> datetime | None:
        return None


class Wall:
    """A messenger that keeps what is posted, or answers what it is told to."""

    def __init__(self, answer: Outcome | None = None) -> None:
        self.answer = answer
        self.posted: dict[str, str] = {}
        self.edited: list[str] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def post(self, delivery: DeliveryId, channel: ChannelRef, reply: Reply) -> Outcome:
        self.posted[delivery] = reply.summary
        await self.hold.wait()
        return self.answer or Sent(MessageId(f"m-{delivery}"))

    async def edit(self, message: MessageId, channel: ChannelRef, reply: Reply) -> Outcome:
        self.edited.append(message)
        return Sent(message)

    async def find(
        self, delivery: DeliveryId, channel: ChannelRef, since: datetime
    ) -> MessageId | None:
        return MessageId(f"m-{delivery}") if delivery in self.posted else None


def delivery(
    name: str,
    state: DeliveryState = DeliveryState.SENDING,
    message: str | None = None,
    *,
    empty: bool = False,
) -> Delivery:
    return Delivery(
        id=DeliveryId(name),
        channel=LAB,
        state=state,
        created_at=NOW,
        attempts=1,
        notice=None if empty else NoticeBody(actor_name="you", lines=("hello",)),
        message_id=MessageId(message) if message else None,
        attempt_started_at=NOW,
    )


def relay(outbox: MemoryOutbox, wall: Wall) -> Relay:
    return Relay(outbox, wall, lambda one: Reply(summary=str(one.id)), StillClock())


async def test_what_is_owed_is_posted_and_settled() -> None:
    outbox, wall = MemoryOutbox(delivery("a"), delivery("b")), Wall()
    assert await relay(outbox, wall).drain() == 2
    assert wall.posted == {"a": "a", "b": "b"}
    assert outbox.settled == {"a": Sent(MessageId("m-a")), "b": Sent(MessageId("m-b"))}


@pytest.mark.parametrize("answer", [NotSent(NOW, "away"), Ambiguous("cut"), Refused("archived")])
async def test_every_outcome_is_settled_as_it_came(answer: Outcome) -> None:
    outbox = MemoryOutbox(delivery("a"))
    await relay(outbox, Wall(answer)).drain()
    assert outbox.settled == {"a": answer}


async def test_a_cut_off_attempt_is_looked_for_before_it_is_repeated() -> None:
    wall = Wall()
    wall.posted["a"] = "posted before the crash"
    outbox = MemoryOutbox(
        delivery("a", DeliveryState.AMBIGUOUS), delivery("b", DeliveryState.AMBIGUOUS)
    )
    await relay(outbox, wall).drain()
    assert wall.posted["a"] == "posted before the crash", "found, so not posted again"
    assert wall.posted["b"] == "b", "not found, so posted"
    assert set(outbox.settled) == {"a", "b"}


async def test_a_posted_delivery_is_edited() -> None:
    outbox, wall = MemoryOutbox(delivery("a", message="m-1")), Wall()
    await relay(outbox, wall).drain()
    assert (wall.posted, wall.edited) == ({}, ["m-1"])


async def test_a_delivery_without_content_is_refused() -> None:
    outbox = MemoryOutbox(delivery("a", empty=True))
    await relay(outbox, Wall()).drain()
    assert isinstance(outbox.settled["a"], Refused)


async def test_a_cancelled_relay_still_settles_what_was_in_flight() -> None:
    outbox, wall = MemoryOutbox(delivery("a")), Wall()
    wall.hold.clear()
    task = asyncio.create_task(relay(outbox, wall).run())
    while not wall.posted:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(outbox.settled["a"], Ambiguous)


async def test_a_waiting_relay_wakes_for_new_work() -> None:
    outbox, wall = MemoryOutbox(), Wall()
    one = relay(outbox, wall)
    task = asyncio.create_task(one.run())
    for _ in range(5):
        await asyncio.sleep(0)
    outbox.waiting.append(delivery("a"))
    one.wake()
    while not outbox.settled:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "a" in wall.posted
