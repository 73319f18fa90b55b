"""One card per paper and channel, in whatever order papers are announced and shared, subscriptions
stopped and restored, and posts succeed, fail, vanish or are cut off: random histories against a
model of the rules.  PAPERBOY_PROVE=1 runs many more.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from adapters.storage import open_store
from bot.domain.channels import ActorId, ChannelRef
from bot.domain.deliveries import (
    Ambiguous,
    Delivery,
    NotSent,
    Outcome,
    Owed,
    Reason,
    Refused,
    Sent,
)
from bot.domain.papers import Paper, PaperId
from bot.domain.subscriptions import Subscription
from bot.ports import IngestPlan
from bot.query.values import Query, Word

HISTORIES = 500 if os.environ.get("PAPERBOY_PROVE") else 12
STEPS = 60
LEASE = timedelta(minutes=1)
PAPERS = tuple(Paper(id=PaperId(f"arxiv:{name}"), title=name) for name in "pq")
WORDS = ("one", "two")
SHARED = None
"""The key of the reason that a person gives."""


@dataclass
class Card:
    """What the rules say of one paper in one channel."""

    state: str = "pending"
    active: set[str | None] = field(default_factory=set)
    withdrawn: set[str | None] = field(default_factory=set)
    shown: set[str | None] | None = None  #: what stands in the channel
    edit_refused: bool = False

    def give(self, reason: str | None) -> None:
        if reason in self.active:
            return
        self.withdrawn.discard(reason)
        self.active.add(reason)
        self.edit_refused = False
        if self.state == "cancelled":
            self.state = "pending"

    def take(self, reasons: set[str | None]) -> None:
        if self.state != "pending":
            return
        self.withdrawn |= self.active & reasons
        self.active -= reasons
        if not self.active:
            self.state = "cancelled"


class History:
    """One random history in channels of its own, told to the store and to the model."""

    def __init__(self, store, clock, seed: int) -> None:
        self.store = store
        self.clock = clock
        self.chance = random.Random(seed)
        self.channels = tuple(
            ChannelRef(platform="local", workspace=f"{seed}{name}", channel="papers")
            for name in "ab"
        )
        self.cards: dict[tuple[ChannelRef, PaperId], Card] = {}
        self.subscriptions: dict[tuple[ChannelRef, str], Subscription] = {}
        self.stopped: set[tuple[ChannelRef, str]] = set()
        self.in_flight: list[tuple[Delivery, set[str | None]]] = []
        self.platform: dict[str, tuple[ChannelRef, PaperId]] = {}
        self.again: set[str] = set()
        self.again_refused: set[str] = set()
        self.steps: list[str] = []

    async def run(self) -> None:
        for channel in self.channels:
            for word in WORDS:
                self.subscriptions[channel, word], _ = await self.store.subscriptions.subscribe(
                    channel, Query(Word(text=word)), owner=ActorId("u"), owner_name="u"
                )
        happenings = {
            self.announce: 5,
            self.stop_or_restore: 4,
            self.share: 2,
            self.claim: 5,
            self.finish: 5,
            self.crash: 1,
            self.wait: 2,
            self.check_states: 1,
        }
        for _ in range(STEPS):
            (happening,) = self.chance.choices([*happenings], weights=[*happenings.values()])
            self.steps.append(happening.__name__)
            await happening()
            self.check()
        await self.settle_all()

    # -- what people and sources do -------------------------------------------

    async def announce(self) -> None:
        channel, word = self.chance.choice([*self.subscriptions])
        if (channel, word) in self.stopped:
            return
        paper = self.chance.choice(PAPERS)
        subscription = self.subscriptions[channel, word]
        reason = Reason(subscription=subscription.id, number=subscription.number, query=word)
        owed = Owed(channel=channel, paper=paper.id, reasons=(reason,))
        async with self.store.ingest.ingest() as transaction:
            await transaction.apply(IngestPlan(papers=(), owed=(owed,), cursor=None))
        self.cards.setdefault((channel, paper.id), Card()).give(word)

    async def stop_or_restore(self) -> None:
        channel, word = self.chance.choice([*self.subscriptions])
        subscription = self.subscriptions[channel, word].id
        mine = [card for (where, _), card in self.cards.items() if where == channel]
        if (channel, word) in self.stopped:
            change = self.store.subscriptions.restore
            self.stopped.discard((channel, word))
            for card in mine:
                if word in card.withdrawn:
                    card.give(word)
        else:
            change = self.store.subscriptions.stop
            self.stopped.add((channel, word))
            for card in mine:
                card.take({word})
        assert await change(channel, subscription, by="u", notice=None) is not None

    async def share(self) -> None:
        channel, paper = self.chance.choice(self.channels), self.chance.choice(PAPERS)
        again = self.chance.random() < 0.5
        card = self.cards.get((channel, paper.id))
        shared = await self.store.deliveries.share(channel, paper.id, by="u", again=again)
        if card is None or card.state in ("dead", "cancelled"):
            card = self.cards.setdefault((channel, paper.id), Card())
            card.give(SHARED)
            card.state = "pending"
            card.take(self.stopped_in(channel))
            assert shared is not None
        elif again:
            assert shared is not None
            self.again.add(shared.id)
        else:
            assert shared is None

    def stopped_in(self, channel: ChannelRef) -> set[str | None]:
        return {word for where, word in self.stopped if where == channel}

    # -- what the relay does --------------------------------------------------

    async def claim(self) -> None:
        for delivery in await self.store.outbox.claim(LEASE, 10):
            said = {reason.query if reason.number else SHARED for reason in delivery.reasons}
            self.in_flight.append((delivery, said))
            if delivery.id in self.again:
                continue
            card = self.cards[delivery.channel, delivery.paper.id]
            assert card.state in ("pending", "ambiguous", "sent")
            assert said == card.active
            assert (delivery.message_id is not None) == (card.state == "sent")
            if card.state != "sent":
                card.state = "sending"

    async def finish(self, end: str | None = None) -> None:
        if not self.in_flight:
            return
        ends = ("sent", "not sent", "lost", "arrived", "refused")
        end = end or self.chance.choices(ends, weights=(5, 3, 1, 1, 1))[0]
        delivery, said = self.in_flight.pop(self.chance.randrange(len(self.in_flight)))
        card = self.card_of(delivery)
        is_edit = delivery.message_id is not None
        if delivery.state == "ambiguous" and not is_edit and delivery.id in self.platform:
            await self.settle(delivery, Sent(delivery.id))  # the relay found it
            card.state = "sent"
        elif end in ("sent", "arrived"):
            self.arrive(delivery, said)
            await self.settle(delivery, Sent(delivery.id) if end == "sent" else Ambiguous("cut"))
            self.end(delivery, end if end == "sent" else "ambiguous")
        elif end == "lost":
            await self.settle(delivery, Ambiguous("cut"))
            self.end(delivery, "ambiguous")
        elif end == "refused":
            await self.settle(delivery, Refused("no"))
            card.edit_refused = is_edit
            self.again_refused |= {delivery.id} & self.again
            self.end(delivery, "dead")
        else:
            await self.settle(delivery, NotSent(self.clock.now() + LEASE / 2, "busy"))
            self.end(delivery, "pending")
            card.take(self.stopped_in(delivery.channel))

    async def crash(self) -> None:
        for delivery, said in self.in_flight:
            is_edit = delivery.message_id is not None
            found = delivery.state == "ambiguous" and delivery.id in self.platform
            if self.chance.random() < 0.5 and (is_edit or not found):
                self.arrive(delivery, said)
            self.end(delivery, "ambiguous")
        self.in_flight.clear()
        self.clock.at += LEASE

    async def wait(self) -> None:
        if not self.in_flight:
            self.clock.at += timedelta(seconds=self.chance.randint(1, 90))

    def card_of(self, delivery: Delivery) -> Card:
        """A message that a person asked for once more is no card of the paper."""
        if delivery.id in self.again:
            return Card()
        return self.cards[delivery.channel, delivery.paper.id]

    def arrive(self, delivery: Delivery, said: set[str | None]) -> None:
        """The platform takes a post or an edit."""
        if delivery.message_id is None:
            assert delivery.id not in self.platform, "posted twice"
            self.platform[delivery.id] = (delivery.channel, delivery.paper.id)
        self.card_of(delivery).shown = said

    def end(self, delivery: Delivery, state: str) -> None:
        """An edit that fails leaves the card posted."""
        self.card_of(delivery).state = "sent" if delivery.message_id is not None else state

    async def settle(self, delivery: Delivery, outcome: Outcome) -> None:
        await self.store.outbox.settle(delivery.id, outcome)

    # -- what always holds, and what holds in the end -------------------------

    def check(self) -> None:
        posted = [where for one, where in self.platform.items() if one not in self.again]
        assert len(posted) == len(set(posted)), "two cards of one paper in a channel"
        busy = [delivery.channel for delivery, _ in self.in_flight]
        assert len(busy) == len(set(busy)), "two posts at a time in a channel"

    async def check_states(self) -> None:
        for (channel, paper), card in self.cards.items():
            stored = await self.store.deliveries.of_paper(channel, paper)
            assert ("sent" if stored.message_id else stored.state) in {
                card.state,
                "sending" if card.state == "ambiguous" else card.state,
            }

    async def settle_all(self) -> None:
        """Everything that is owed is posted in the end, and then nothing is due any more."""
        await self.check_states()
        while self.in_flight:
            await self.finish("sent")
        while (due := await self.store.outbox.next_due()) is not None:
            self.clock.at = max(self.clock.at, due)
            await self.claim()
            assert self.in_flight, "what is due can be claimed"
            while self.in_flight:
                await self.finish("sent")
                self.check()
        for card in self.cards.values():
            if card.state == "sent":
                assert card.edit_refused or card.shown == card.active
            else:
                assert card.shown is None
                assert card.state == "dead" or not card.active
        assert self.again == (self.again & set(self.platform)) | self.again_refused


@pytest.fixture
async def store(data_dir, clock):
    async with open_store(None, data_dir, clock) as opened:
        async with opened.ingest.ingest() as transaction:
            await transaction.apply(IngestPlan(papers=PAPERS, owed=(), cursor=None))
        yield opened


@pytest.mark.timeout(3600 if os.environ.get("PAPERBOY_PROVE") else 120)
async def test_random_histories_follow_the_rules(store, clock):
    for seed in range(HISTORIES):
        history = History(store, clock, seed)
        try:
            await history.run()
        except AssertionError as error:
            error.add_note(f"seed {seed}: {' '.join(history.steps)}")
            raise
