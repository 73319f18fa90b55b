"""Hugging Face's wire formats: exact values of hand-made recordings, and all of the real ones."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sources_world import SHARED, recorded_json, recording

from adapters.sources.huggingface_wire import Listed, content_hash, parse_list, parse_paper
from bot.domain.pages import Item
from bot.domain.papers import Paper, PaperId
from bot.errors import SourceGarbled

HUGGING_FACE = frozenset({"huggingface"})
MINIMAL = Paper(id=PaperId("arxiv:2606.90001"), title="T", sources=HUGGING_FACE)


def parsed(inner=None, **outer) -> Paper:
    entry = {"paper": {"id": "2606.90001", "title": "T", **(inner or {})}, **outer}
    (item,) = parse_list(json.dumps([entry]).encode()).items
    return item.paper


def test_a_daily_list():
    listed = parse_list(recording("hf_daily.json"), lists=frozenset({"daily"}))
    assert listed == Listed(
        length=3,
        skipped=1,
        newest_day=date(2026, 6, 12),
        items=(
            Item(
                paper=Paper(
                    id=PaperId("arxiv:2606.90001"),
                    title="Paper Boats: Folding Gaussian Splats in O(n)",
                    raw_title=r"Paper Boats: Folding Gaussian Splats in $\mathcal{O}(n)$",
                    abstract="We fold splats. It costs $5 and is 20% faster.",
                    raw_abstract="We fold splats.\nIt costs \\$5 and is 20\\% faster.",
                    authors=("Ada Lamplight", "René Quill"),
                    keywords=("gaussian splatting", "origami"),
                    organization="Harbour School",
                    ai_summary="Folded splats float.",
                    submitted_at=datetime(2026, 6, 10, 17, 59, 49, tzinfo=UTC),
                    upvotes=24,
                    stars=86,
                    comments=3,
                    code_url="https://github.com/example/paper-boats",
                    project_url="https://example.org/paper-boats",
                    sources=HUGGING_FACE,
                    lists=frozenset({"daily"}),
                )
            ),
            Item(
                paper=Paper(
                    id=PaperId("arxiv:2606.90003"),
                    title="Buoys",
                    abstract="Buoys bob.",
                    authors=("Ida Mast",),
                    submitted_at=datetime(2026, 6, 11, tzinfo=UTC),
                    upvotes=0,
                    comments=0,
                    sources=HUGGING_FACE,
                    lists=frozenset({"daily"}),
                )
            ),
        ),
    )


def test_trending():
    listed = parse_list(recording("hf_trending.json"), lists=frozenset({"trending"}))
    assert listed == Listed(
        length=1,
        items=(
            Item(
                paper=Paper(
                    id=PaperId("arxiv:2412.90021"),
                    title="Currents that Trade Places",
                    abstract="Significant currents have been traded. …",
                    raw_abstract="Significant currents\nhave been traded. …",
                    authors=("Kai Reef",),
                    keywords=("currents",),
                    ai_summary="Currents trade.",
                    submitted_at=datetime(2024, 12, 28, 12, 54, 6, tzinfo=UTC),
                    upvotes=140,
                    stars=107465,
                    comments=6,
                    code_url="https://github.com/example/currents",
                    sources=HUGGING_FACE,
                    lists=frozenset({"trending"}),
                )
            ),
        ),
    )


def test_a_search():
    assert parse_list(recording("hf_search.json")) == Listed(
        length=1,
        items=(
            Item(
                paper=Paper(
                    id=PaperId("arxiv:2006.90031"),
                    title="Kites before Glass",
                    abstract="Kites flew long before.",
                    raw_abstract="Kites flew\nlong before.",
                    authors=("Noor Field",),
                    withdrawn=True,
                    submitted_at=datetime(2020, 6, 19, 17, 24, 44, tzinfo=UTC),
                    upvotes=9,
                    comments=1,
                    sources=HUGGING_FACE,
                )
            ),
        ),
    )


def test_one_paper():
    assert parse_paper(recording("hf_paper.json")) == Item(
        paper=Paper(
            id=PaperId("arxiv:2606.90002"),
            title="Lanterns at Sea",
            abstract="Lanterns drift at $0.0007 each.",
            raw_abstract="Lanterns drift at \\$0.0007 each.",
            authors=("Ida Mast",),
            organization="harbour",
            submitted_at=datetime(2026, 6, 9, 17, 59, 49, tzinfo=UTC),
            upvotes=7,
            stars=12,
            code_url="https://github.com/example/lanterns",
            sources=HUGGING_FACE,
        )
    )


def test_only_the_id_and_a_title_are_needed():
    assert parsed() == MINIMAL
    assert parsed({"title": None}, title="T") == MINIMAL


def test_the_outer_time_is_not_read():
    assert parsed(publishedAt="2026-06-10T13:59:49.000Z").submitted_at is None


def test_outer_votes_and_inner_comments_are_not_read():
    assert parsed({"numComments": 3}, upvotes=3, githubStars=3) == MINIMAL


FIELDS = [
    "authors",
    "publishedAt",
    "submittedOnDailyAt",
    "ai_summary",
    "ai_keywords",
    "githubRepo",
    "projectPage",
    "organization",
    "withdrawnAt",
    "summary",
]
TEXTS = {"ai_summary", "summary", "withdrawnAt"}
VALUES = [None, 1, -1, 1.5, True, "x", "", [], [None], {}, {"a": 1}, [[1]]]
WRONG = [(f, v) for f in FIELDS for v in VALUES if not (f in TEXTS and v == "x")]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_field_of_the_wrong_type_is_left_out(field, value):
    assert parsed({field: value}) == MINIMAL


@pytest.mark.parametrize("value", [None, -1, 1.0, True, "3", [], {}, 10**30])
def test_a_number_of_the_wrong_type_is_unknown(value):
    paper = parsed({"upvotes": value, "githubStars": value}, numComments=value)
    assert (paper.upvotes, paper.stars, paper.comments) == (None, None, None)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        3,
        "x",
        [],
        {},
        {"paper": None},
        {"paper": []},
        {"paper": {}},
        {"paper": {"id": "2606.90001"}},
        {"paper": {"title": "T"}},
        {"paper": {"id": 2606.9, "title": "T"}},
        {"paper": {"id": "", "title": "T"}},
        {"paper": {"id": "../x", "title": "T"}},
        {"paper": {"id": "a b", "title": "T"}},
        {"paper": {"id": "2606.90001?x", "title": "T"}},
        {"paper": {"id": "2606.90001", "title": " \n"}},
        {"paper": {"id": "2606.90001", "title": "T", "summary": "x" * 60_000}},
    ],
)
def test_a_bad_entry_is_skipped_and_counted(entry):
    good = {"paper": {"id": "2606.90001", "title": "T"}}
    listed = parse_list(json.dumps([entry, good, entry]).encode())
    assert (listed.length, len(listed.items), listed.skipped) == (3, 1, 2)


def test_an_id_of_its_own_is_no_arxiv_id():
    assert parsed({"id": "a-report-of-ours"}).id == "hf:a-report-of-ours"


def test_a_hidden_author_is_not_shown():
    authors = [{"name": "A", "hidden": True}, {"name": "B"}, {"hidden": False}, None, {"name": " "}]
    assert parsed({"authors": authors}).authors == ("B",)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/x",
        "//example.org",
        "example.org",
        "https://",
        "https://user:pw@example.org/",
        "https://example.org/a b",
        "https://example.org/\u202egnp",
        "https://[",
        "https://example.org/" + "x" * 3000,
    ],
)
def test_only_a_plain_web_address_is_a_link(url):
    paper = parsed({"githubRepo": url, "projectPage": url})
    assert (paper.code_url, paper.project_url) == (None, None)


def test_text_that_cannot_be_stored_is_made_so():
    paper = parsed({"title": "a\ud800b\x00c", "summary": "\udfff", "ai_keywords": ["k\x00"]})
    for text in (paper.title, paper.raw_title, paper.abstract, paper.raw_abstract, *paper.keywords):
        assert text is None or text.encode().find(b"\0") < 0


def test_a_day_far_from_ours_is_no_day():
    assert parse_list(
        b'[{"paper":{"id":"2606.90001","title":"T","submittedOnDailyAt":"0001-01-01T00:00:00+23:00"}}]'
    ).newest_day is None  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b'{"error": "x"}',
        b"[1",
        b"<html>",
        b"\xff\xfe[",
        b"[" * 100_000,
        b"[" + b"1," * 1_000 + b"1]",
        b'[{"a":' * 100_000,
        b"[" + b"9" * 10_000 + b"]x",
    ],
)
def test_a_broken_list_is_garbled(body):
    with pytest.raises(SourceGarbled, match="Hugging Face answered"):
        parse_list(body)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"error": "x"}', b'{"id":'])
def test_a_broken_paper_is_garbled(body):
    with pytest.raises(SourceGarbled, match="Hugging Face answered"):
        parse_paper(body)


def test_the_content_hash_changes_with_what_is_read_only():
    entries = recorded_json("hf_daily.json")

    def hashed(day=date(2026, 6, 12)) -> str:
        return content_hash(parse_list(json.dumps(entries).encode()).items, day)

    first = hashed()
    entries[0]["submittedBy"]["followerCount"] += 1
    assert hashed() == first
    assert hashed(date(2026, 6, 11)) != first
    entries[0]["paper"]["upvotes"] += 1
    assert hashed() != first


# -- real recordings ----------------------------------------------------------

HF = SHARED / "data/recordings/hf"
needs_shared = pytest.mark.skipif(
    not HF.exists(), reason="needs ../shared: recordings of Hugging Face"
)


@needs_shared
def test_the_recorded_daily_list_parses():
    body = (HF / "hf_daily_papers_2026-06-12.json").read_bytes()
    listed = parse_list(body, lists=frozenset({"daily"}))
    papers = [item.paper for item in listed.items]
    assert (listed.length, listed.skipped, len(papers)) == (30, 0, 30)
    assert listed.newest_day == date(2026, 6, 12)
    assert all(p.id.startswith("arxiv:") and p.authors and p.abstract for p in papers)
    assert all(p.upvotes is not None and p.comments is not None for p in papers)
    assert all(p.submitted_at and p.ai_summary and p.keywords for p in papers)
    assert sum(p.stars is not None for p in papers) == 16
    assert sum(p.code_url is not None for p in papers) == 16
    assert sum(p.project_url is not None for p in papers) == 13
    assert sum(p.organization is not None for p in papers) == 16
    first = papers[0]
    assert first.id == "arxiv:2606.00467"
    assert first.authors == ("Etienne Casanova", "Rafal Kocielnik", "R. Michael Alvarez")
    assert first.submitted_at == datetime(2026, 5, 30, tzinfo=UTC)
    assert (first.upvotes, first.comments) == (0, 2)
    assert first.organization == "California institute of technology"


@needs_shared
@pytest.mark.parametrize(
    ("name", "number", "stars"),
    [
        ("hf_search_diffusion.trimmed.json", "arxiv:2006.11239", None),
        ("hf_trending.trimmed.json", "arxiv:2412.20138", 107465),
    ],
)
def test_the_recorded_search_and_trending_parse(name, number, stars):
    listed = parse_list((HF / name).read_bytes())
    assert listed.skipped == 0
    assert [(i.paper.id, i.paper.stars) for i in listed.items] == [(number, stars)]
    assert "\n" not in listed.items[0].paper.abstract


@needs_shared
def test_the_recorded_paper_parses():
    paper = parse_paper((HF / "hf_paper_2608.09888.trimmed.json").read_bytes()).paper
    assert paper.id == "arxiv:2608.09888"
    assert paper.authors == ("Björn Engdahl", "Przemysław Uznański")
    assert (paper.upvotes, paper.stars, paper.organization) == (782, 11184, "Pathway")
    assert "$0.0007" in paper.abstract
