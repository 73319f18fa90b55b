"""Papers as cards, rows and citations."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.papers import Paper, PaperId
from bot.domain.replies import Action, Style, plain
from bot.query.parser import parse
from bot.rendering.papers import Shown, card, card_reply, cite, places_of, row

TODAY = date(2026, 6, 12)
KITES = Paper(
    id=PaperId("arxiv:2606.90020"),
    title="Kites & Strings: 100% of {Splats}",
    abstract="A kite carries a camera. "
    + "It flies over the quay and back. " * 12
    + "Then it lands.",
    authors=("Mei Sand", "Ada Lamplight", "Rene Quill", "Otto Vane"),
    categories=("cs.CV", "cs.RO", "cs.GR", "cs.LG", "stat.ML"),
    submitted_at=datetime(2026, 6, 11, 12, tzinfo=UTC),
    list_day=date(2026, 6, 12),
    upvotes=1,
    stars=86,
    comments=0,
    code_url="https://example.org/kites",
)


def body(paper: Paper, query: str = "kite") -> str:
    return plain(card(paper, Shown(today=TODAY, places=places_of(parse(query), paper))).body)


def test_a_card_says_who_when_and_what_is_known() -> None:
    shape = card(KITES, Shown(today=TODAY))
    assert shape.url == "https://arxiv.org/abs/2606.90020"
    assert shape.authors == "Mei Sand, Ada Lamplight, Rene Quill +1"
    assert shape.meta == "arXiv, Friday 12 June · cs.CV, cs.RO, cs.GR, cs.LG +1"
    assert shape.signals == ("1 upvote", "86 stars"), "what nobody gave is not told"
    assert [(link.label, link.url) for link in shape.links] == [
        ("Code", "https://example.org/kites")
    ]


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({}, "arXiv, Friday 12 June"),
        ({"list_day": None}, "arXiv, June 2026"),
        ({"list_day": None, "submitted_at": None}, "arXiv"),
        ({"list_day": date(2025, 6, 12)}, "arXiv, Thursday 12 June 2025"),
        (
            {"id": PaperId("hf:kites"), "sources": frozenset({"huggingface"})},
            "Hugging Face, Friday 12 June",
        ),
        ({"id": PaperId("doi:10.1000/kites"), "doi": "10.1000/kites"}, "DOI, Friday 12 June"),
        ({"id": PaperId("title:abc")}, "from a file, Friday 12 June"),
    ],
)
def test_a_card_says_where_the_paper_appeared(facts: dict[str, object], where: str) -> None:
    shape = card(replace(KITES, categories=(), **facts), Shown(today=TODAY))
    assert shape.meta == where


def test_a_card_shows_the_first_whole_sentences() -> None:
    said = body(KITES)
    assert said.startswith("A kite carries a camera. It flies over the quay and back. It")
    assert said.endswith("back.")
    assert len(said) <= 320


def test_a_hit_far_down_brings_its_place() -> None:
    said = body(KITES, "land")
    assert said.startswith("A kite carries a camera.")
    assert said.endswith("Then it lands.")
    shape = card(KITES, Shown(today=TODAY, places=places_of(parse("land"), KITES)))
    assert [span.text for span in shape.body if span.style is Style.MARK] == ["lands"]


def test_one_long_sentence_is_cut_and_keeps_its_marks() -> None:
    long = replace(KITES, abstract="a kite " + "over the quay " * 60)
    shape = card(long, Shown(today=TODAY, places=places_of(parse("kite"), long)))
    assert plain(shape.body).endswith(" …")
    assert len(plain(shape.body)) <= 320
    assert [span.text for span in shape.body if span.style is Style.MARK] == ["kite"]


def test_without_an_abstract_the_summary_of_hugging_face_is_shown() -> None:
    assert body(replace(KITES, abstract="", ai_summary="Kites fly.")) == "Kites fly."
    assert body(replace(KITES, abstract="")) == ""


def test_the_whole_abstract_is_shown_where_it_is_asked_for() -> None:
    shape = card(KITES, Shown(today=TODAY, whole_abstract=True))
    assert plain(shape.body) == KITES.abstract
    assert Action.ABSTRACT not in [button.action for button in shape.buttons]


def test_buttons_name_their_paper_to_those_who_hear_them() -> None:
    spoken = [button.spoken for button in row(1, KITES, TODAY).buttons]
    assert spoken == [f"{label} {KITES.title}" for label in ("Abstract", "Cite", "Share")]
    bare = row(1, replace(KITES, abstract=""), TODAY)
    assert [button.label for button in bare.buttons] == ["Cite", "Share"]


def test_a_row_is_one_line() -> None:
    meta = "Mei Sand, Ada Lamplight +2 · today · cs.CV · 1 upvote · 86 stars"
    assert row(1, KITES, TODAY).meta == meta


def test_what_is_heard_begins_with_the_title_and_ends_with_the_link() -> None:
    said = card_reply(KITES, Shown(today=TODAY), lead_in="New paper: ").summary
    assert said.startswith("New paper: Kites & Strings")
    assert said.endswith("1 upvote and 86 stars. https://arxiv.org/abs/2606.90020")


def test_a_paper_is_cited_as_bibtex() -> None:
    assert cite(KITES, "bibtex") == (
        "@misc{sand2026kites,\n"
        r"  title = {{Kites \& Strings: 100\% of \{Splats\}}}," + "\n"
        "  author = {Mei Sand and Ada Lamplight and Rene Quill and Otto Vane},\n"
        "  year = {2026},\n"
        "  eprint = {2606.90020},\n"
        "  archiveprefix = {arXiv},\n"
        "  primaryclass = {cs.CV},\n"
        "  url = {https://arxiv.org/abs/2606.90020},\n"
        "}"
    )


def test_a_paper_is_cited_as_ris() -> None:
    assert cite(KITES, "ris").splitlines() == [
        "TY  - GEN",
        "TI  - Kites & Strings: 100% of {Splats}",
        "AU  - Mei Sand",
        "AU  - Ada Lamplight",
        "AU  - Rene Quill",
        "AU  - Otto Vane",
        "PY  - 2026",
        "UR  - https://arxiv.org/abs/2606.90020",
        "ER  - ",
    ]


def test_a_paper_is_cited_as_markdown() -> None:
    bracketed = replace(KITES, title="Kites [v2]")
    link = r"[Kites \[v2\]](https://arxiv.org/abs/2606.90020)"
    assert cite(bracketed, "markdown") == (f"Mei Sand, Ada Lamplight, Rene Quill +1, {link}, 2026")


def test_a_paper_of_which_little_is_known_is_cited_all_the_same() -> None:
    bare = Paper(id=PaperId("title:abc"), title="Äö")
    assert cite(bare, "bibtex") == "@misc{paper,\n  title = {{Äö}},\n}"
    assert cite(bare, "ris") == "TY  - GEN\nTI  - Äö\nER  - "
    assert cite(bare, "markdown") == "Äö"
