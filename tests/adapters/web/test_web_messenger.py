"""The Messenger of platform `local`, and the events by which open tabs follow it."""

from datetime import timedelta

import pytest
from web_core import card, notice

from adapters.web import live
from bot.domain.channels import ChannelRef, MessageId
from bot.domain.deliveries import DeliveryId, NotSent, Refused, Sent
from bot.domain.replies import Reply
from bot.errors import StoreError

PAPERS = ChannelRef(platform="local", workspace="local", channel="papers")
FIRST = DeliveryId("aaaaaaaaaaaaaaaaaaaaaaaaa")
SECOND = DeliveryId("bbbbbbbbbbbbbbbbbbbbbbbbb")


@pytest.fixture
def messenger(world, http):
    return world.channel.messenger


async def heard(socket):
    return await socket.receive_json(timeout=5)


async def test_a_second_post_of_a_delivery_is_the_first_message_and_shows_nothing(
    world, http, messenger
):
    async with http.ws_connect("/ws") as socket:
        await heard(socket)
        assert await messenger.post(FIRST, PAPERS, card()) == Sent(MessageId("1"))
        assert await messenger.post(FIRST, PAPERS, card(1)) == Sent(MessageId("1"))
        assert await messenger.post(SECOND, PAPERS, notice("x")) == Sent(MessageId("2"))
        events = [await heard(socket), await heard(socket)]
    assert [event["message"]["id"] for event in events] == ["1", "2"]
    assert len(world.messages.kept) == 2
    assert "RPC-GS" in world.messages.kept[0].reply


async def test_an_edit_replaces_the_content_where_it_stands(world, http, messenger):
    await messenger.post(FIRST, PAPERS, card())
    async with http.ws_connect("/ws") as socket:
        hello = await heard(socket)
        assert await messenger.edit(MessageId("1"), PAPERS, notice("new")) == Sent(MessageId("1"))
        message = (await heard(socket))["message"]
    assert (message["id"], message["position"]) == ("1", 1)
    assert message["sequence"] > hello["sequence"]
    assert message["reply"]["summary"] == "new"


async def test_what_is_not_there_is_refused(messenger):
    other = ChannelRef(platform="local", workspace="local", channel="general")
    await messenger.post(FIRST, PAPERS, card())
    assert isinstance(await messenger.edit(MessageId("9"), PAPERS, card()), Refused)
    assert isinstance(await messenger.edit(MessageId("1"), other, card()), Refused)


@pytest.mark.parametrize(
    "channel",
    [
        ChannelRef(platform="slack", workspace="local", channel="papers"),
        ChannelRef(platform="local", workspace="T1", channel="papers"),
        ChannelRef(platform="local", workspace="local", channel="Not a name"),
    ],
)
async def test_another_platform_s_channel_is_refused(world, messenger, channel):
    assert isinstance(await messenger.post(FIRST, channel, card()), Refused)
    assert isinstance(await messenger.edit(MessageId("1"), channel, card()), Refused)
    assert world.messages.kept == []


async def test_a_store_that_cannot_write_means_later(world, messenger):
    world.messages.failure = StoreError("The disk is full.")
    outcome = await messenger.post(FIRST, PAPERS, card())
    assert outcome == NotSent(world.clock.now() + timedelta(seconds=5), "The disk is full.")
    world.messages.failure = None
    assert isinstance(await messenger.post(FIRST, PAPERS, card()), Sent)


async def test_find_tells_what_was_posted_since(world, messenger):
    before = world.clock.now()
    await messenger.post(FIRST, PAPERS, card())
    assert await messenger.find(FIRST, PAPERS, before) == MessageId("1")
    assert await messenger.find(SECOND, PAPERS, before) is None
    assert await messenger.find(FIRST, PAPERS, before + timedelta(seconds=1)) is None


async def test_a_tab_that_was_away_gets_what_it_missed_in_order_and_once(http, messenger):
    async with http.ws_connect("/ws") as socket:
        seen = (await heard(socket))["sequence"]
    await messenger.post(FIRST, PAPERS, card())
    await messenger.post(SECOND, PAPERS, notice("second"))
    await messenger.edit(MessageId("1"), PAPERS, notice("edited"))
    async with http.ws_connect(f"/ws?after={seen}") as socket:
        assert (await heard(socket))["type"] == "hello"
        missed = [(await heard(socket))["message"] for _ in range(2)]
        await messenger.post(DeliveryId("c"), PAPERS, notice("third"))
        missed.append((await heard(socket))["message"])
    assert [message["reply"]["summary"] for message in missed] == ["second", "edited", "third"]


@pytest.mark.parametrize(("after", "posts"), [(99, 1), (1, live.MOST_MISSED + 2)])
async def test_a_tab_with_another_past_or_a_very_long_gap_loads_anew(http, messenger, after, posts):
    for number in range(posts):
        await messenger.post(DeliveryId(f"d{number}"), PAPERS, Reply(summary="x"))
    async with http.ws_connect(f"/ws?after={after}") as socket:
        assert (await heard(socket))["type"] == "hello"
        assert (await heard(socket))["type"] == "reload"


async def test_a_new_channel_is_told_to_every_tab(http):
    async with http.ws_connect("/ws") as first, http.ws_connect("/ws") as second:
        await heard(first)
        await heard(second)
        async with http.post("/api/channels", json={"name": "robots"}) as response:
            assert response.status == 200
        event = {"type": "channel", "name": "robots"}
        assert [await heard(first), await heard(second)] == [event, event]


async def test_a_ping_is_answered(http):
    async with http.ws_connect("/ws") as socket:
        await heard(socket)
        await socket.send_str("ping")
        assert await heard(socket) == {"type": "pong"}


async def test_there_is_an_end_to_open_tabs(http, monkeypatch):
    monkeypatch.setattr(live, "MOST_TABS", 1)
    async with http.ws_connect("/ws") as socket:
        await heard(socket)
        async with http.get("/ws") as response:
            assert response.status == 503


async def test_a_tab_that_does_not_keep_up_is_closed_and_the_others_go_on(
    http, messenger, monkeypatch
):
    monkeypatch.setattr(live, "MOST_WAITING", 2)
    async with http.ws_connect("/ws") as socket:
        await heard(socket)
        hub = messenger._hub
        for number in range(4):  # without a pause between: the tab cannot take any of them
            hub.announce((await messenger._messages.post(f"d{number}", "papers", "{}"))[0])
        while not socket.closed:
            await socket.receive(timeout=5)
    async with http.ws_connect("/ws?after=0") as socket:
        assert [(await heard(socket))["type"] for _ in range(5)] == ["hello", *["message"] * 4]
