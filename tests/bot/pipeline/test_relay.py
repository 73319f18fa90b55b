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
    Scope,
    Sent,
)
from bot.domain.replies import CodeBlock, Reply
from bot.pipeline.relay import LEASE, PROMPT, Relay
from bot.pipeline.retrying import GRACE

NOW = datetime(2026, 6, 12, 5, tzinfo=UTC)
LAB = ChannelRef(platform="local", workspace="local", channel="lab")


class StillClock:
    def now(self) -> datetime:
        return NOW

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.Event().wait()


class HastyClock(StillClock):
    """What is waited for is over at once."""

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(0)


class MemoryOutbox:
    def __init__(self, *deliveries: Delivery) -> None:
        self.waiting = list(deliveries)
        self.settled: dict[str, Outcome] = {}
        self.begun: list[str] = []
        self.hold = asyncio.Event()
        self.hold.set()
        self.renewed: list[str] = []

    async def claim(self, lease: timedelta, limit: int) -> list[Delivery]:
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return claimed

    async def settle(self, delivery: DeliveryId, outcome: Outcome) -> None:
        self.begun.append(delivery)
        await asyncio.sleep(0)
        await self.hold.wait()
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
        self.looked_from: list[datetime] = []
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
        self.looked_from.append(since)
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


def relay(outbox: MemoryOutbox, wall: Wall, clock: StillClock | None = None) -> Relay:
    return Relay(outbox, wall, lambda one: Reply(summary=str(one.id)), clock or StillClock())


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


async def test_a_stopped_relay_lets_the_post_in_flight_end() -> None:
    outbox, wall = MemoryOutbox(delivery("a"), delivery("b")), Wall()
    wall.hold.clear()
    task = asyncio.create_task(relay(outbox, wall).run())
    while len(wall.posted) < 2:
        await asyncio.sleep(0)
    outbox.waiting.append(delivery("c"))
    task.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done()
    wall.hold.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert outbox.settled == {"a": Sent(MessageId("m-a")), "b": Sent(MessageId("m-b"))}
    assert "c" not in wall.posted


async def test_a_stopped_relay_cuts_off_a_post_that_takes_too_long() -> None:
    outbox, wall = MemoryOutbox(delivery("a")), Wall()
    wall.hold.clear()
    task = asyncio.create_task(relay(outbox, wall, HastyClock()).run())
    while not wall.posted:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(outbox.settled["a"], Ambiguous)


async def test_what_cannot_be_looked_for_is_not_posted() -> None:
    class Blind(Wall):
        async def find(self, delivery, channel, since):
            return Ambiguous("no history now")

    outbox, wall = MemoryOutbox(delivery("a", DeliveryState.AMBIGUOUS)), Blind()
    await relay(outbox, wall).drain()
    assert wall.posted == {}
    assert outbox.settled == {"a": Ambiguous("no history now")}


async def test_refused_content_is_tried_once_as_plain_text() -> None:
    class PlainWall(Wall):
        async def post(self, delivery, channel, reply):
            self.forms.append(reply)
            if reply.parts or self.answer:
                return Refused("invalid_blocks", Scope.CONTENT)
            return await super().post(delivery, channel, reply)

    def rich(one: Delivery) -> Reply:
        return Reply(summary=str(one.id), parts=(CodeBlock(text="x"),))

    for answer, end in ((None, Sent), (Refused("no"), Refused)):
        outbox, wall = MemoryOutbox(delivery("a")), PlainWall(answer)
        wall.forms = []
        await Relay(outbox, wall, rich, StillClock()).drain()
        assert [len(form.parts) for form in wall.forms] == [1, 0]
        assert isinstance(outbox.settled["a"], end)


async def test_a_post_that_begins_late_begins_with_a_new_lease() -> None:
    class Slow(Wall):
        async def find(self, delivery, channel, since):
            clock.at += PROMPT + timedelta(seconds=1)

    class MovingClock(StillClock):
        at = NOW

        def now(self) -> datetime:
            return self.at

    clock = MovingClock()
    outbox = MemoryOutbox(delivery("a", DeliveryState.AMBIGUOUS))
    one = Relay(outbox, Slow(), lambda one: Reply(summary=str(one.id)), clock)
    await one.drain()
    assert outbox.renewed == ["a"]
    assert GRACE + PROMPT == LEASE


async def test_what_raises_is_left_to_be_counted_and_the_others_end_first() -> None:
    """A poisonous delivery is not settled: the outbox counts it as it counts a crash."""

    def render(one: Delivery) -> Reply:
        if one.id == "poison":
            raise ZeroDivisionError
        return Reply(summary=str(one.id))

    outbox, wall = MemoryOutbox(delivery("poison"), delivery("b")), Wall()
    with pytest.raises(ZeroDivisionError):
        await Relay(outbox, wall, render, StillClock()).drain()
    assert outbox.settled == {"b": Sent(MessageId("m-b"))}


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


async def test_it_is_looked_for_from_before_the_first_attempt() -> None:
    wall = Wall()
    await relay(MemoryOutbox(delivery("a", DeliveryState.AMBIGUOUS)), wall).drain()
    (since,) = wall.looked_from
    assert since < NOW, "the platform's clock is not ours"


async def test_a_settling_that_has_begun_ends_before_the_relay_does() -> None:
    outbox, wall = MemoryOutbox(delivery("a"), delivery("b")), Wall()
    outbox.hold.clear()
    task = asyncio.create_task(relay(outbox, wall).run())
    while len(outbox.begun) < 2:
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    outbox.hold.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert outbox.settled == {"a": Sent(MessageId("m-a")), "b": Sent(MessageId("m-b"))}
