"""Whatever arrives, a parser gives values or says SourceGarbled; it never breaks, and what it gives
can be stored.  PAPERBOY_PROVE=1 runs 20,000 mutations of every format instead of 150."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sources_world import RECORDINGS, SHARED

from adapters.sources.arxiv_wire import parse_answer, parse_feed
from adapters.sources.huggingface_wire import parse_list, parse_paper
from bot.domain.identity import aliases
from bot.domain.pages import Item
from bot.domain.papers import Paper
from bot.errors import SourceGarbled

EXAMPLES = 20_000 if os.environ.get("PAPERBOY_PROVE") else 150
many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

XML = [path.read_bytes() for path in sorted(RECORDINGS.glob("*.xml"))]
JSON = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RECORDINGS.glob("hf_*"))]

PIECES = [
    *(b"", b"<", b">", b"</item>", b"<item>", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"<![CDATA["),
    *(b"]]>", b"\x00", b"\xff", b"\xed\xa0\x80", b"'", b'"', b"<!DOCTYPE a>", b"<?pi?>", b"<!--"),
    *(b"-->", b"$", b"\\", b"{", b"-0001", b"99999999999", "\u202e".encode(), b"v0", b"v99999"),
    *(b"xmlns:a='b'", b"\n" * 50),
]


def check(items: tuple[Item, ...]) -> None:
    for item in items:
        paper = item.paper
        assert paper.title.strip()
        assert paper.id.startswith(("arxiv:", "hf:"))
        assert aliases(paper)
        for value in texts(paper):
            assert "\0" not in value
            value.encode()
        assert paper.submitted_at is None or is_utc(paper.submitted_at)
        for url in (paper.code_url, paper.project_url):
            assert url is None or url.startswith(("https://", "http://"))
        for number in (paper.upvotes, paper.stars, paper.comments, paper.version):
            assert number is None or 0 <= number < 2**31


def texts(paper: Paper) -> list[str]:
    found: list[str] = []
    for field in fields(paper):
        value = getattr(paper, field.name)
        found += [value] if isinstance(value, str) else []
        found += value if isinstance(value, tuple) else []
    return found


def is_utc(at: datetime) -> bool:
    return at.utcoffset() == timedelta(0)


@st.composite
def mutated_bytes(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """A recording with pieces cut out of it and others put in."""
    body = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.sampled_from([0, 1, 5, 40, 400])))
        body = body[:start] + draw(st.sampled_from(PIECES)) + body[end:]
    return body


ODD = st.sampled_from(
    [
        *(None, True, False, 0, -1, 3, 1.5, 1e400, 10**400),
        *("", " ", "x", "\x00", "\ud800", "2606.90001", r"\frac{1", "$" * 9),
        *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "2026-06-12"),
        *("javascript:x", "https://["),
        *([], {}, [None], [[]], [{}], {"name": None}, {"fullname": 3}, ["a", 3]),
    ]
)


@st.composite
def mutated_json(draw: st.DrawFn) -> bytes:
    """A recording with values replaced or left out, at any depth."""
    value: Any = json.loads(json.dumps(draw(st.sampled_from(JSON))))
    for _ in range(draw(st.integers(1, 6))):
        value = mutated(draw, value)
    return json.dumps(value).encode()


def mutated(draw: st.DrawFn, value: Any) -> Any:
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 5)) == 0:
        return deepcopy(draw(ODD))
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = draw(st.sampled_from(keys))
    if draw(st.integers(0, 7)) == 0:
        del value[key]
    else:
        value[key] = mutated(draw, value[key])
    return value


def checked(parse: Callable[[bytes], tuple[Item, ...]], body: bytes) -> None:
    with suppress(SourceGarbled):
        check(parse(body))


@many
@given(mutated_bytes(XML))
def test_mutated_xml(body):
    checked(lambda body: parse_feed(body).items, body)
    checked(lambda body: parse_answer(body).items, body)


@many
@given(mutated_json())
def test_mutated_json(body):
    checked(lambda body: (parse_paper(body),), body)
    with suppress(SourceGarbled):
        listed = parse_list(body)
        check(listed.items)
        assert listed.length == len(listed.items) + listed.skipped


@many
@given(mutated_bytes([path.read_bytes() for path in sorted(RECORDINGS.glob("hf_*"))]))
def test_mutated_bytes_of_json(body):
    checked(lambda body: parse_list(body).items, body)
    checked(lambda body: (parse_paper(body),), body)


REAL = [
    path
    for pattern in ("arxiv_feed/*.xml", "hf/*.json")
    for path in sorted((SHARED / "data/recordings").glob(pattern))
]


@pytest.mark.skipif(not REAL, reason="needs ../shared: real recordings")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_answer_cut_off_anywhere_is_garbled(path: Path):
    body = path.read_bytes().rstrip()
    parsers = (parse_feed,) if path.suffix == ".xml" else (parse_list, parse_paper)
    for part in range(1, 20):
        for parse in parsers:
            with pytest.raises(SourceGarbled):
                parse(body[: len(body) * part // 20])
