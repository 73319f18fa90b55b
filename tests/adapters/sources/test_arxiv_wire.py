"""arXiv's wire formats: exact values of hand-made recordings, and all of the real ones."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from sources_world import SHARED, recording

from adapters.sources.arxiv_wire import parse_answer, parse_feed
from bot.domain.pages import AnnounceType, Item, Page
from bot.domain.papers import Paper, PaperId
from bot.errors import SourceGarbled

ARXIV = frozenset({"arxiv"})


def feed(
    items: str = "", *, head: str = "<pubDate>Fri, 12 Jun 2026 00:00:00 -0400</pubDate>"
) -> bytes:
    return f"<rss><channel><title>x</title>{head}{items}</channel></rss>".encode()


def item(
    *, announce: str = "new", version: str = "v1", creator: str = "A. B.", text: str = "t"
) -> str:
    return (
        f"<item><title>T</title><description>arXiv:2606.90001{version} Announce Type: {announce} \n"
        f"Abstract: {text}</description><guid>oai:arXiv.org:2606.90001{version}</guid>"
        f"<category>cs.CV</category><creator>{creator}</creator></item>"
    )


def only(page: Page) -> Item:
    assert page.skipped == 0
    (one,) = page.items
    return one


# -- feeds --------------------------------------------------------------------


def test_an_rss_feed():
    assert parse_feed(recording("arxiv_feed.rss.xml")) == Page(
        source="arxiv",
        list_day=date(2026, 6, 12),
        skipped=1,
        items=(
            Item(
                announce=AnnounceType.NEW,
                paper=Paper(
                    id=PaperId("arxiv:2606.90001"),
                    title="Paper Boats: Folding Gaussian Splats in O(n)",
                    raw_title=r"Paper Boats: Folding Gaussian Splats in $\mathcal{O}(n)$",
                    abstract="We fold splats. It costs $5 and is 20% faster <than before>.",
                    raw_abstract="We fold splats.  It costs \\$5 and\n"
                    "  is 20\\% faster <than before>.",
                    authors=("Ada Lamplight", "René Quill", "Otto Vane Jr.", "Mei Sand III"),
                    categories=("cs.GR", "cs.CV"),
                    version=1,
                    sources=ARXIV,
                ),
            ),
            Item(
                announce=AnnounceType.CROSS,
                paper=Paper(
                    id=PaperId("arxiv:2606.90002"),
                    title="Lanterns at Sea",
                    abstract="Lanterns drift.",
                    authors=("Ida Mast",),
                    categories=("eess.IV", "cs.CV"),
                    version=2,
                    sources=ARXIV,
                ),
            ),
            Item(
                announce=AnnounceType.REPLACE_CROSS,
                paper=Paper(
                    id=PaperId("arxiv:hep-th/9912999"),
                    title="Tides of Kelp",
                    abstract="This paper has been withdrawn by the author due to an error in the "
                    "tide tables.",
                    authors=("Per Strand", "Kai Reef"),
                    categories=("hep-th", "cs.GR"),
                    doi="10.5555/kelp.257",
                    version=3,
                    withdrawn=True,
                    sources=ARXIV,
                ),
            ),
        ),
    )


def test_an_atom_feed():
    assert parse_feed(recording("arxiv_feed.atom.xml")) == Page(
        source="arxiv",
        list_day=date(2026, 1, 9),
        items=(
            Item(
                announce=AnnounceType.NEW,
                paper=Paper(
                    id=PaperId("arxiv:2601.90011"),
                    title="Kites over Glass",
                    abstract="Kites reflect.",
                    authors=("Noor Field",),
                    categories=("cs.CV", "cs.GR"),
                    version=1,
                    sources=ARXIV,
                ),
            ),
            Item(
                announce=AnnounceType.REPLACE,
                paper=Paper(
                    id=PaperId("arxiv:2512.90012"),
                    title="Slow Kites",
                    abstract="Kites wait.",
                    authors=("Noor Field", "Uma Stone"),
                    categories=("cs.GR",),
                    version=4,
                    sources=ARXIV,
                ),
            ),
        ),
    )


def test_a_feed_of_a_day_without_papers():
    page = parse_feed(recording("arxiv_feed_empty.rss.xml"))
    assert page == Page(source="arxiv", items=(), list_day=date(2026, 6, 13))


def test_an_unknown_category_names_the_setting():
    with pytest.raises(SourceGarbled, match=r"ARXIV_CATEGORIES.*Feed error for query: cs\.XX"):
        parse_feed(recording("arxiv_feed_unknown_category.rss.xml"))


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("<pubDate>Fri, 12 Jun 2026 00:00:00 -0400</pubDate>", date(2026, 6, 12)),
        ("<pubDate>Fri, 12 Jun 2026 04:00:00 +0000</pubDate>", date(2026, 6, 12)),
        ("<pubDate>Fri, 12 Jun 2026 03:59:59 +0000</pubDate>", date(2026, 6, 11)),
        ("<pubDate>Fri, 09 Jan 2026 04:59:59 +0000</pubDate>", date(2026, 1, 8)),
        ("<pubDate>Fri, 09 Jan 2026 00:00:00 EST</pubDate>", date(2026, 1, 9)),
        ("<pubDate>soon</pubDate><lastBuildDate>Fri, 12 Jun 2026 04:00:19 +0000</lastBuildDate>",
         date(2026, 6, 12)),
        ("<updated>2026-06-12T04:00:19.8+00:00</updated>", date(2026, 6, 12)),
    ],
)  # fmt: skip
def test_the_day_of_a_list_is_new_yorks(head, day):
    assert parse_feed(feed(head=head)).list_day == day


@pytest.mark.parametrize("head", ["", "<pubDate/>", "<pubDate>0001-01-01T00:00:00Z</pubDate>"])
def test_a_feed_without_a_day_is_garbled(head):
    with pytest.raises(SourceGarbled, match="which day"):
        parse_feed(feed(head=head))


@pytest.mark.parametrize(
    ("creator", "authors"),
    [
        ("A. Lee, B. Ray", ("A. Lee", "B. Ray")),
        ("A. Lee, Jr., B. Ray", ("A. Lee Jr.", "B. Ray")),
        ("A. Lee, III", ("A. Lee III",)),
        ("Jr. Walker, A. Lee", ("Jr. Walker", "A. Lee")),
        ("A. Lee Jr., B. Ray", ("A. Lee Jr.", "B. Ray")),
        ("A. Lee, and B. Ray", ("A. Lee", "B. Ray")),
        (r"Paulo Andr\'e Vale, \v{S}ime Kov\'a\v{c}", ("Paulo André Vale", "Šime Kováč")),
        (r"J{\"o}rg M\"uller,Ada Wu ,", ("Jörg Müller", "Ada Wu")),
        ("", ()),
    ],
)
def test_authors_are_one_joined_text(creator, authors):
    assert only(parse_feed(feed(item(creator=creator)))).paper.authors == authors


@pytest.mark.parametrize("kind", list(AnnounceType))
def test_announce_types(kind):
    assert only(parse_feed(feed(item(announce=kind)))).announce is kind


@pytest.mark.parametrize(
    ("version", "kind"), [("v1", AnnounceType.NEW), ("v2", AnnounceType.REPLACE)]
)
def test_an_unknown_announce_type_is_told_by_the_version(version, kind):
    assert only(parse_feed(feed(item(announce="novel", version=version)))).announce is kind


def test_an_abstract_may_have_any_white_space_after_its_prefix():
    text = item().replace("new \nAbstract: t", "new\n\n Abstract:\n\n  We  fold\nit.")
    assert only(parse_feed(feed(text))).paper.abstract == "We fold it."


def test_an_abstract_that_speaks_of_abstracts_is_kept_whole():
    paper = only(parse_feed(feed(item(text="On arXiv:2601.00001v1 Announce Type: new")))).paper
    assert paper.abstract == "On arXiv:2601.00001v1 Announce Type: new"


@pytest.mark.parametrize(
    "broken",
    [
        "<item/>",
        "<item><title>T</title></item>",
        "<item><title>T</title><guid>oai:arXiv.org:cs</guid></item>",
        "<item><title>  </title><guid>oai:arXiv.org:2606.90001v1</guid></item>",
        "<item><title>T</title><guid>10.5555/x</guid></item>",
    ],
)
def test_a_bad_entry_is_skipped_and_counted(broken):
    page = parse_feed(feed(broken + item() + broken))
    assert (len(page.items), page.skipped) == (1, 2)


def test_a_control_character_costs_no_page():
    page = parse_feed(feed(item(text="a\x0bb\x00c")))
    assert only(page).paper.abstract == "a b c"


# -- the query API ------------------------------------------------------------


def test_an_answer_of_the_api():
    page = parse_answer(recording("arxiv_api.atom.xml"))
    assert page == Page(
        source="search",
        skipped=1,
        items=(
            Item(
                paper=Paper(
                    id=PaperId("arxiv:2606.90002"),
                    title="Lanterns at Sea",
                    raw_title="Lanterns at\n  Sea",
                    abstract="Lanterns drift for a while. Then they sink.",
                    raw_abstract="Lanterns drift\nfor a while.\n  Then they \\emph{sink}.",
                    authors=("Ida Mast", "Björn Quay"),
                    categories=("eess.IV", "cs.CV"),
                    comment="12 pages, project page: https://example.org/lanterns",
                    doi="10.5555/lantern.3",
                    version=2,
                    submitted_at=datetime(2026, 6, 9, 17, 59, 49, tzinfo=UTC),
                    sources=ARXIV,
                )
            ),
            Item(
                paper=Paper(
                    id=PaperId("arxiv:math/0312999"),
                    title="Knots in Rope",
                    abstract="Rope is knotted.",
                    authors=("Tor Hemp",),
                    categories=("math.GT",),
                    comment="This paper has been withdrawn by the authors; see a later one",
                    version=2,
                    withdrawn=True,
                    submitted_at=datetime(2003, 9, 8, 10, tzinfo=UTC),
                    sources=ARXIV,
                )
            ),
        ),
    )


def test_an_error_feed_says_what_arxiv_says():
    with pytest.raises(SourceGarbled, match="incorrect id format for lantern"):
        parse_answer(recording("arxiv_api_error.atom.xml"))


@pytest.mark.parametrize(
    ("comment", "withdrawn"),
    [
        ("This paper has been withdrawn by the author", True),
        ("Withdrawn due to an error in Lemma 2", True),
        ("Paper withdrawn", True),
        ("This submission was temporarily withdrawn", True),
        ("This version withdrawn by arXiv administrators because of overlap", True),
        ("12 pages", False),
        ("Supersedes the withdrawn 1234.5678", False),
        ("On paper that was drawn", False),
    ],
)
def test_withdrawn_comments(comment, withdrawn):
    body = (
        "<feed><entry><id>http://arxiv.org/abs/2606.90001v2</id><title>T</title>"
        f"<comment>{comment}</comment></entry></feed>"
    )
    assert only(parse_answer(body.encode())).paper.withdrawn is withdrawn


def test_an_abstract_about_withdrawing_is_no_withdrawal():
    text = "Users who withdraw, and this paper is about withdrawn users."
    assert not only(parse_feed(feed(item(text=text)))).paper.withdrawn


# -- hostile documents --------------------------------------------------------

LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "lol">' for n in range(10)
)
HOSTILE = {
    "nothing": b"",
    "no xml": b"Rate exceeded.",
    "html": b"<html><title>Just a moment...</title><p>unclosed</html>",
    "json": b'{"error": 1}',
    "cut off": recording("arxiv_feed.rss.xml")[:1500],
    "dtd": b"<!DOCTYPE rss><rss><channel/></rss>",
    "dtd after a comment": b"<!--<a--><!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>",
    "external dtd": b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x"><rss/>',
    "entity bomb": f"<!DOCTYPE rss [{LAUGHS}]><rss><channel>&l9;</channel></rss>".encode(),
    "bomb behind a comment": f"<!-- <x --><!DOCTYPE rss [{LAUGHS}]><rss t='&l9;'/>".encode(),
    "file": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    "undefined entity": feed("<item>&x;</item>"),
    "utf-16 dtd": "<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>".encode("utf-16"),
    "utf-7 dtd": b"<?xml version='1.0' encoding='utf-7'?>+ADw-!DOCTYPE rss+AD4-<rss/>",
    "deep": b"<rss>" + b"<a>" * 100_000,
    "wide": feed("<item/>" * 500_000),
    "another feed": b"<opml/>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("parse", [parse_feed, parse_answer])
def test_hostile_documents_are_refused(name, parse):
    with pytest.raises(SourceGarbled) as caught:
        parse(HOSTILE[name])
    assert len(str(caught.value)) < 300
    assert "root:" not in str(caught.value)


@pytest.mark.parametrize("parse", [parse_feed, parse_answer])
def test_more_entries_than_there_can_be_are_refused(parse):
    with pytest.raises(SourceGarbled, match="more entries"):
        parse(b"<feed><updated>2026-06-12</updated>" + b"<entry/>" * 5_001 + b"</feed>")


@pytest.mark.parametrize("field", ["title", "description", "creator"])
def test_an_endless_text_is_a_bad_entry(field):
    endless = item().replace(f"<{field}>", f"<{field}>" + "x" * 60_000)
    page = parse_feed(feed(endless + item()))
    assert (len(page.items), page.skipped) == (1, 1)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE rss>",
        "<!-- <a> --><!DOCTYPE rss>",
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x">',
        "<!DOCTYPE rss [<!ENTITY a 'b'>]>",
        f"<!DOCTYPE rss [{LAUGHS}]>",
    ],
)
@pytest.mark.parametrize(
    ("parse", "name"),
    [(parse_feed, "arxiv_feed.rss.xml"), (parse_answer, "arxiv_api.atom.xml")],
)
def test_a_feed_with_a_document_type_is_none(parse, name, doctype):
    declaration, _, rest = recording(name).partition(b"?>")
    assert parse(declaration + b"?>" + rest).items
    with pytest.raises(SourceGarbled, match="not a feed"):
        parse(declaration + b"?>" + doctype.encode() + rest)


# -- real recordings ----------------------------------------------------------

API = sorted((SHARED / "data/recordings/arxiv_api").glob("*.json"))
FEED = SHARED / "data/recordings/arxiv_feed/atom_cs.AI_2025-08-20.xml"


@pytest.mark.skipif(not API, reason="needs ../shared: recordings of the arXiv API")
def test_every_recorded_answer_of_the_api_parses():
    entries = 0
    for path in API:
        exchange = json.loads(path.read_text(encoding="utf-8"))
        body = exchange["body"].encode()
        if "/api/errors" in exchange["body"]:
            with pytest.raises(SourceGarbled, match="incorrect id format for abc"):
                parse_answer(body)
            continue
        page = parse_answer(body)
        assert page.skipped == 0, path.name
        assert len(page.items) == exchange["body"].count("<entry>"), path.name
        for one in page.items:
            assert one.paper.id.startswith("arxiv:")
            paper = one.paper
            for fact in (paper.title, paper.abstract, paper.authors, paper.categories):
                assert fact
            assert paper.version is not None
            assert paper.submitted_at is not None
            assert "\n" not in one.paper.title + one.paper.abstract
        entries += len(page.items)
    assert entries > 100


@pytest.mark.skipif(not API, reason="needs ../shared: recordings of the arXiv API")
def test_old_ids_are_canonical():
    (path,) = [p for p in API if "quant-ph" in p.name]
    page = parse_answer(json.loads(path.read_text(encoding="utf-8"))["body"].encode())
    assert [one.paper.id for one in page.items] == ["arxiv:quant-ph/0201082"]
    assert page.items[0].paper.version == 1


@pytest.mark.skipif(not FEED.exists(), reason="needs ../shared: a recorded arXiv feed")
def test_the_recorded_feed_parses():
    page = parse_feed(FEED.read_bytes())
    assert (len(page.items), page.skipped) == (7, 0)
    assert page.list_day == date(2025, 8, 20)
    assert page.items[0].paper.id == "arxiv:2508.13426"
    assert page.items[0].paper.authors == (
        "Chunhua Liu",
        "Kabir Manandhar Shrestha",
        "Sukai Huang",
    )
    assert page.items[0].paper.abstract.startswith("As large language models (LLMs)")
    assert [one.announce for one in page.items] == ["cross"] * 5 + ["new"] * 2
