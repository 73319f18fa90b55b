"""What is stored as JSON comes back as the same reply, whatever it holds."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web import wire
from adapters.web.names import is_channel_name, nearest_name
from bot.domain.replies import Action, Button, Notice, Reply, Span, Style, Visibility

replies = st.from_type(Reply)


@settings(max_examples=1000 if os.environ.get("PAPERBOY_PROVE") else 40, deadline=None)
@given(replies)
def test_a_reply_survives_the_way_to_the_store_and_back(reply):
    text = wire.dump(reply)
    assert text.isascii()
    assert wire.load(text) == reply


def test_every_field_of_the_json_is_named_as_in_the_value_and_defaults_are_left_out():
    reply = Reply(
        summary="Done",
        parts=(
            Notice(
                lines=((Span("Done", Style.STRONG),),),
                buttons=(Button(action=Action.UNDO_STOP, ref="s1", label="Undo"),),
            ),
        ),
        visibility=Visibility.PUBLIC,
    )
    assert wire.to_json(reply) == {
        "summary": "Done",
        "parts": [
            {
                "type": "notice",
                "lines": [[{"text": "Done", "style": "strong"}]],
                "buttons": [{"action": "undo-stop", "ref": "s1", "label": "Undo"}],
            }
        ],
        "visibility": "public",
    }


def test_what_a_newer_version_added_is_ignored():
    assert wire.from_json({"summary": "x", "colour": "red"}) == Reply(summary="x")


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({}, "without summary"),
        ([], "reply: not an object"),
        ({"summary": 3}, "reply.summary: not str"),
        ({"summary": "", "parts": {}}, "reply.parts: not a list"),
        ({"summary": "", "parts": [{"type": "poem"}]}, r"reply.parts\[0\]: no known part"),
        ({"summary": "", "visibility": "loud"}, "'loud' is no Visibility"),
        (
            {"summary": "", "parts": [{"type": "notice", "lines": [["x"]]}]},
            r"lines\[0\]\[0\]: not an object",
        ),
    ],
)
def test_what_is_no_reply_is_refused_with_its_place(value, place):
    with pytest.raises(wire.WireError, match=place):
        wire.load(json.dumps(value))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "1" * 5_000])
def test_what_is_not_json_is_refused(text):
    with pytest.raises(wire.WireError, match=r"not JSON|not an object"):
        wire.load(text)


@given(st.text())
def test_the_nearest_name_of_a_name_is_itself(typed):
    name = nearest_name(typed)
    assert nearest_name(name) == name
    assert is_channel_name(name) == bool(name)


@pytest.mark.parametrize("name", ["papers", "a", "3d-gs", "cs_cv", "论文", "हिन्दी", "x" * 40])
def test_good_names(name):
    assert is_channel_name(name)


@pytest.mark.parametrize(
    "name", ["", "-", "Papers", "a b", "a/b", "x" * 41, "a.", "ﬁ", "-a", "a\n"]
)
def test_bad_names(name):
    assert not is_channel_name(name)
