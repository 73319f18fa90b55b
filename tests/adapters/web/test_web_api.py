"""The API behind the page: what it asks the core, what it stores, and how it refuses."""

import asyncio
import json

import pytest
from web_core import card, notice

from bot.domain.channels import ChannelRef, MessageId
from bot.domain.invocations import InvocationKind
from bot.domain.replies import Action, Reply, Visibility
from bot.errors import StoreError

INVOKE = "/api/channels/papers/invoke"


def typed(text, number="invocation-1", **more):
    return {"id": number, "kind": "command", "text": text} | more


async def answer_of(http, path, body):
    async with http.post(path, json=body) as response:
        return response.status, await response.json()


async def get(http, path):
    async with http.get(path) as response:
        return response.status, await response.json()


async def test_a_typed_command_reaches_the_core_as_one_neutral_value(world, http):
    zone = {"timezone": "Europe/Berlin", "locale": "de-DE"}
    status, answer = await answer_of(http, INVOKE, typed("splatting", **zone))
    assert status == 200
    assert answer["reply"]["summary"].startswith("17 papers for splatting")
    (asked,) = world.core.invocations
    assert (asked.id, asked.kind, asked.text) == ("invocation-1", "command", "splatting")
    assert asked.channel == ChannelRef(platform="local", workspace="local", channel="papers")
    assert asked.channel_name == "papers"
    assert (asked.actor.id, asked.actor.name, asked.actor.may_change) == ("you", "you", True)
    assert (asked.actor.timezone, asked.actor.locale) == ("Europe/Berlin", "de-DE")


async def test_a_pressed_button_carries_its_action_its_ids_and_its_message(world, http):
    press = {"id": "invocation-2", "kind": "button", "action": "page", "ref": "l1:6"}
    status, answer = await answer_of(http, INVOKE, press | {"source_message": "12"})
    assert status == 200
    assert answer["reply"]["replaces"] is True
    (asked,) = world.core.invocations
    assert (asked.kind, asked.action) == (InvocationKind.BUTTON, Action.PAGE)
    assert (asked.ref, asked.source_message) == ("l1:6", MessageId("12"))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "x" * 5000])
async def test_a_zone_that_is_none_counts_as_not_told(world, http, zone):
    await answer_of(http, INVOKE, typed("today", timezone=zone, locale="<b>"))
    assert world.core.invocations[0].actor.timezone is None
    assert world.core.invocations[0].actor.locale is None


async def test_the_same_invocation_twice_is_asked_once(world, http):
    first, second = await asyncio.gather(
        *(answer_of(http, INVOKE, typed("splatting")) for _ in range(2))
    )
    assert first == second
    assert await answer_of(http, INVOKE, typed("splatting")) == first
    assert len(world.core.invocations) == 1


async def test_an_invocation_that_failed_may_be_tried_again(world, http):
    world.core.answers["today"] = Reply(summary="Today", visibility=Visibility.PUBLIC)
    world.messages.failure = StoreError("The disk is full. Make room, then try again.")
    assert await answer_of(http, INVOKE, typed("today")) == (
        503,
        {"error": "The disk is full. Make room, then try again."},
    )
    world.messages.failure = None
    assert await answer_of(http, INVOKE, typed("today")) == (200, {"posted": "1"})


async def test_a_public_reply_becomes_a_message_of_the_channel_once(world, http):
    world.core.answers["share it"] = card()
    first = await answer_of(http, INVOKE, typed("share it"))
    await world.restart()  # what was answered is forgotten, what was posted is not
    again = await answer_of(http, INVOKE, typed("share it"))
    assert first == again == (200, {"posted": "1"})
    _, page = await get(http, "/api/channels/papers/messages")
    assert [message["id"] for message in page["messages"]] == ["1"]
    assert page["messages"][0]["reply"]["summary"].startswith("New paper: RPC-GS")


async def test_a_public_reply_that_replaces_edits_the_message_of_its_button(world, http):
    papers = ChannelRef(platform="local", workspace="local", channel="papers")
    await world.channel.messenger.post("delivery", papers, card())
    world.core.answers["undo-stop:s1"] = notice(
        "Undone", visibility=Visibility.PUBLIC, replaces=True
    )
    press = {"id": "invocation-3", "kind": "button", "action": "undo-stop", "ref": "s1"}
    answered = await answer_of(http, INVOKE, press | {"source_message": "1"})
    assert answered == (200, {"posted": "1"})
    _, page = await get(http, "/api/channels/papers/messages")
    assert [message["reply"]["summary"] for message in page["messages"]] == ["Undone"]
    assert page["messages"][0]["edited_at"] is not None


async def test_messages_come_in_pages_oldest_first(world, http):
    papers = ChannelRef(platform="local", workspace="local", channel="papers")
    for number in range(60):
        await world.channel.messenger.post(f"delivery-{number}", papers, Reply(summary="x"))
    _, newest = await get(http, "/api/channels/papers/messages")
    assert [message["position"] for message in newest["messages"]] == list(range(11, 61))
    assert newest["more"] is True
    _, older = await get(http, "/api/channels/papers/messages?before=11")
    assert [message["position"] for message in older["messages"]] == list(range(1, 11))
    assert older["more"] is False


async def test_two_channels_stand_there_and_others_come_with_their_first_use(world, http):
    assert (await get(http, "/api/channels"))[1]["channels"] == [
        {"name": "papers", "count": 0, "newest": 0},
        {"name": "general", "count": 0, "newest": 0},
    ]
    await answer_of(http, "/api/channels/robots/invoke", typed("today"))
    assert await answer_of(http, "/api/channels", {"name": "论文"}) == (
        200,
        {"name": "论文", "created": True},
    )
    papers = ChannelRef(platform="local", workspace="local", channel="papers")
    await world.channel.messenger.post("delivery", papers, card())
    _, after = await get(http, "/api/channels")
    assert [(one["name"], one["count"], one["newest"]) for one in after["channels"]] == [
        ("papers", 1, 1),
        ("general", 0, 0),
        ("robots", 0, 0),
        ("论文", 0, 0),
    ]


@pytest.mark.parametrize(
    ("typed_name", "nearest"),
    [
        ("Gaussian Splatting!", "gaussian-splatting"),
        ("CS/CV", "cs-cv"),
        ("x" * 60, "x" * 40),
        ("<img src=x>", "img-src-x"),
        ("\u202eevil", "evil"),
        ("!!!", ""),
        ("", ""),
    ],
)
async def test_a_bad_name_is_answered_with_the_rule_and_the_nearest_good_one(
    http, typed_name, nearest
):
    status, answer = await answer_of(http, "/api/channels", {"name": typed_name})
    assert status == 400
    assert answer["error"].startswith("A channel's name has small letters")
    assert answer["nearest"] == nearest


async def test_a_command_of_ten_thousand_characters_is_the_core_s_to_answer(world, http):
    text = "𝔤" * 10_000  # twelve bytes each in JSON
    status, _ = await answer_of(http, INVOKE, typed(text))
    assert status == 200
    assert world.core.invocations[0].text == text


async def test_half_a_character_is_replaced_before_anything_is_asked_to_store_it(world, http):
    body = '{"id": "invocation-1", "kind": "command", "text": "a\\ud83db"}'
    async with http.post(
        INVOKE, data=body, headers={"Content-Type": "application/json"}
    ) as response:
        assert response.status == 200
    assert world.core.invocations[0].text == "a\ufffdb"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"NaN",
        b"[" * 60_000,
        b'{"a":' * 20_000,
        b"1" * 5_000,
        b"\xff\xfe\x00",
        b'{"id": "short", "kind": "command", "text": "x"}',
        b'{"id": "invocation-1", "kind": "command"}',
        b'{"id": "invocation-1", "kind": "command", "text": 3}',
        b'{"id": "invocation-1", "kind": "modal", "text": "x"}',
        b'{"id": "invocation-1", "kind": "autocomplete", "text": "x"}',
        b'{"id": "invocation-1", "kind": "button", "action": "explode", "ref": ""}',
        b'{"id": "invocation-1", "kind": "button", "action": "page", "ref": []}',
        b'{"id": ["x"], "kind": "command", "text": "x"}',
        json.dumps({"id": "invocation-1", "kind": "button", "action": "page", "ref": "x" * 600}),
    ],
)
async def test_what_the_page_would_not_send_is_refused_with_a_sentence(world, http, body):
    headers = {"Content-Type": "application/json"}
    async with http.post(INVOKE, data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["error"].endswith(".")
    assert world.core.invocations == []


async def test_the_health_is_what_the_loops_say(world, http):
    assert await get(http, "/healthz") == (200, world.alive)
    world.alive["ok"] = False
    assert (await get(http, "/healthz"))[0] == 503


async def test_suggestions_come_from_whoever_knows_the_commands(http):
    _, answer = await get(http, "/api/suggestions?text=sub")
    assert [one["text"] for one in answer["suggestions"]] == ["subscribe ", "subscriptions"]
