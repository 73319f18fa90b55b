"""Ids, aliases, links, and what is known of one paper in the end."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.identity import (
    PaperRef,
    abs_url,
    aliases,
    arxiv_id,
    may_merge,
    merge,
    paper_id,
    pdf_url,
    ref_of,
    same_title_key,
    surname,
)
from bot.domain.papers import Paper, PaperId

DAY = date(2026, 6, 11)
NOON = datetime(2026, 6, 11, 12, tzinfo=UTC)


def arxiv(number: str = "2606.06690", **known: object) -> Paper:
    facts: dict[str, object] = {"title": "Splats", "sources": frozenset({"arxiv"})}
    return Paper(id=PaperId(f"arxiv:{number}"), **(facts | known))  # type: ignore[arg-type]


def untethered(title: str, *authors: str) -> Paper:
    return Paper(id=paper_id(title=title, authors=authors), title=title, authors=authors)


# -- ids and links ------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "paper", "page"),
    [
        (PaperRef("arxiv", "2606.06690", 2), "arxiv:2606.06690", "https://arxiv.org/abs/2606.06690"),
        (PaperRef("arxiv", "math/0309136"), "arxiv:math/0309136", "https://arxiv.org/abs/math/0309136"),
        (PaperRef("doi", "10.1/a<b>"), "doi:10.1/a<b>", "https://doi.org/10.1/a%3Cb%3E"),
        (PaperRef("hf", "report"), "hf:report", "https://huggingface.co/papers/report"),
    ],
)  # fmt: skip
def test_a_reference_becomes_an_id_and_a_page(ref: PaperRef, paper: str, page: str) -> None:
    assert paper_id(ref) == paper
    stored = Paper(id=paper_id(ref), title="T")
    assert abs_url(stored) == page
    assert ref_of(stored) == replace(ref, version=None)
    assert aliases(stored) == ((ref.kind, ref.value),)


def test_a_paper_without_an_id_has_a_hash_and_no_page() -> None:
    paper = untethered("A Théory of Splats", "Bernhard Kerbl")
    assert paper.id == untethered("a theory of  SPLATS", "B. Kerbl").id
    assert paper.id != untethered("A Theory of Splats", "Ann Other").id
    assert paper.id != untethered("A Theory of Spots", "Bernhard Kerbl").id
    assert paper.id.startswith("title:")
    assert abs_url(paper) is None
    assert pdf_url(paper) is None
    assert arxiv_id(paper) is None


def test_a_paper_is_found_by_its_doi_too() -> None:
    paper = arxiv(doi="10.1145/ABC")
    assert aliases(paper) == (("arxiv", "2606.06690"), ("doi", "10.1145/abc"))
    assert aliases(Paper(id=PaperId("doi:10.1/x"), title="T", doi="10.1/X")) == (("doi", "10.1/x"),)


def test_a_withdrawn_paper_has_no_pdf() -> None:
    assert pdf_url(arxiv()) == "https://arxiv.org/pdf/2606.06690"
    assert pdf_url(arxiv(withdrawn=True)) is None


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Bernhard Kerbl", "Kerbl"),
        ("Kerbl, Bernhard", "Kerbl"),
        ("B. Kerbl", "Kerbl"),
        ("Aaron van den Oord", "van den Oord"),
        ("Martin Luther King Jr.", "King"),
        ("King, Jr.", "King"),
        ("Moreno D'Incà", "D'Incà"),
        ("Ana García-López (MIT)", "García-López"),
        ("Plato", "Plato"),
        ("王伟", "王伟"),
        ("de Oliveira", "Oliveira"),
        ("", ""),
    ],
)
def test_surnames(author: str, expected: str) -> None:
    assert surname(author) == expected


# -- one paper or two ---------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3D-GS: Splats", "3D GS splats"),
        ("Erdős Graphs", "Erdos graphs."),
        ("GenM³: Motion", "GenM3 motion"),
    ],
)
def test_titles_that_are_the_same(one: str, other: str) -> None:
    assert same_title_key(one) == same_title_key(other)


def test_titles_of_signs_only_are_told_apart() -> None:
    assert same_title_key("???") != same_title_key("!!!")


def test_different_arxiv_ids_never_merge() -> None:
    twin = {"title": "Splats", "authors": ("A Kerbl",), "doi": "10.1/x"}
    assert not may_merge(arxiv("2606.00001", **twin), arxiv("2606.00002", **twin))
    assert may_merge(arxiv("2606.00001"), arxiv("2606.00001", title="Renamed"))


def test_a_shared_doi_is_one_paper() -> None:
    published = Paper(id=PaperId("doi:10.1/x"), title="Renamed by the publisher")
    assert may_merge(arxiv(doi="10.1/X"), published)
    assert may_merge(published, arxiv(doi="10.1/X"))
    assert not may_merge(arxiv(), replace(published, title="Splats"))


@pytest.mark.parametrize(
    ("authors", "theirs", "merges"),
    [
        (("Bernhard Kerbl", "X"), ("Kerbl, B.",), True),
        (("Bernhard Kerbl",), ("Other Person",), False),
        ((), ("Other Person",), True),
        (("Aaron van den Oord",), ("A. Oord",), True),
        (("José García",), ("Jose Garcia",), True),
    ],
)
def test_titles_merge_when_one_side_has_no_id(
    authors: tuple[str, ...], theirs: tuple[str, ...], merges: bool
) -> None:
    loose = untethered("SPLATS!", *theirs)
    for known in (
        arxiv(authors=authors),
        Paper(id=PaperId("hf:s"), title="Splats", authors=authors),
    ):
        assert may_merge(known, loose) is merges
        assert may_merge(loose, known) is merges
    assert not may_merge(arxiv(authors=authors), untethered("Splits", *theirs))


def test_a_doi_of_its_own_keeps_a_title_apart() -> None:
    identified = replace(untethered("Splats"), doi="10.1/x")
    assert not may_merge(arxiv(), identified)


# -- what is known together ---------------------------------------------------

ARXIV = arxiv(
    title="Splats of π",
    raw_title=r"Splats of $\pi$",
    abstract="Original.",
    authors=("Ann Lee",),
    categories=("cs.CV", "cs.GR"),
    comment="8 pages",
    version=1,
    list_day=DAY,
    submitted_at=NOON,
)
HF = Paper(
    id=PaperId("arxiv:2606.06690"),
    title="Splats of pi",
    abstract="A copy.",
    authors=("A. Lee",),
    keywords=("splatting",),
    ai_summary="Shows splats.",
    organization="Inria",
    upvotes=24,
    stars=86,
    code_url="https://github.com/a/b",
    submitted_at=NOON,
    sources=frozenset({"huggingface"}),
    lists=frozenset({"daily"}),
)


@pytest.mark.parametrize(("known", "new"), [(ARXIV, HF), (HF, ARXIV)])
def test_arxivs_text_and_hugging_faces_facts(known: Paper, new: Paper) -> None:
    both = merge(known, new)
    assert both == replace(
        ARXIV,
        keywords=("splatting",),
        ai_summary="Shows splats.",
        organization="Inria",
        upvotes=24,
        stars=86,
        code_url="https://github.com/a/b",
        sources=frozenset({"arxiv", "huggingface"}),
        lists=frozenset({"daily"}),
    )


def test_a_newer_version_updates_the_text_and_an_older_one_does_not() -> None:
    second = replace(ARXIV, version=2, title="Splats, Revised", raw_title=None, abstract="Better.")
    assert merge(ARXIV, second).title == merge(second, ARXIV).title == "Splats, Revised"
    assert merge(ARXIV, second).raw_title is None
    assert merge(second, ARXIV).version == 2
    assert merge(merge(ARXIV, HF), second).abstract == "Better."


def test_a_newer_reading_of_the_same_version_updates_the_text() -> None:
    assert merge(ARXIV, replace(ARXIV, comment="9 pages")).comment == "9 pages"
    assert merge(ARXIV, replace(ARXIV, comment=None)).comment == "8 pages"


def test_a_file_does_not_replace_what_arxiv_said() -> None:
    file = replace(ARXIV, title="Old", version=None, sources=frozenset({"file"}))
    assert merge(ARXIV, file).title == "Splats of π"
    assert merge(file, ARXIV).title == "Splats of π"


def test_numbers_are_the_newer_readings() -> None:
    assert merge(HF, replace(HF, upvotes=20, stars=None)).upvotes == 20
    assert merge(HF, replace(HF, upvotes=20, stars=None)).stars == 86
    assert merge(HF, replace(HF, upvotes=0)).upvotes == 0


def test_the_earliest_days_stay() -> None:
    later = replace(
        ARXIV, list_day=DAY + timedelta(days=1), announced_at=NOON, submitted_at=NOON - timedelta(1)
    )
    for both in (merge(ARXIV, later), merge(later, ARXIV)):
        assert both.list_day == DAY
        assert both.announced_at == NOON
        assert both.submitted_at == NOON - timedelta(1)


def test_withdrawn_sticks_until_a_newer_version() -> None:
    withdrawn = replace(ARXIV, version=2, withdrawn=True)
    assert merge(ARXIV, withdrawn).withdrawn
    assert merge(withdrawn, ARXIV).withdrawn
    assert merge(withdrawn, HF).withdrawn
    assert merge(HF, withdrawn).withdrawn
    assert merge(ARXIV, replace(HF, withdrawn=True)).withdrawn
    assert not merge(withdrawn, replace(ARXIV, version=3)).withdrawn
    assert not merge(replace(ARXIV, version=3), withdrawn).withdrawn


def test_the_better_id_wins_and_a_doi_is_kept() -> None:
    published = Paper(id=PaperId("doi:10.1/x"), title="Splats")
    loose = untethered("Splats")
    for known, new in ((loose, published), (published, loose)):
        assert merge(known, new).id == "doi:10.1/x"
    for known, new in ((arxiv(), published), (published, arxiv())):
        assert merge(known, new).id == "arxiv:2606.06690"
        assert aliases(merge(known, new)) == (("arxiv", "2606.06690"), ("doi", "10.1/x"))


LINES = st.sampled_from(["", "a", "b"])
NUMBERS = st.none() | st.integers(0, 3)
TIMES = st.none() | st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
PAPERS = st.builds(
    Paper,
    id=st.sampled_from(
        [PaperId("arxiv:2606.00001"), PaperId("doi:10.1/x"), PaperId("hf:p"), PaperId("title:ff")]
    ),
    title=st.sampled_from(["A", "B"]),
    abstract=LINES,
    authors=st.sampled_from([(), ("A",)]),
    categories=st.sampled_from([(), ("cs.CV",)]),
    keywords=st.sampled_from([(), ("k",)]),
    organization=st.none() | LINES,
    ai_summary=st.none() | LINES,
    comment=st.none() | LINES,
    doi=st.none() | st.just("10.1/x"),
    version=st.none() | st.integers(1, 3),
    withdrawn=st.booleans(),
    submitted_at=TIMES,
    list_day=st.none() | st.just(DAY),
    announced_at=TIMES,
    upvotes=NUMBERS,
    stars=NUMBERS,
    comments=NUMBERS,
    code_url=st.none() | LINES,
    project_url=st.none() | LINES,
    sources=st.frozensets(st.sampled_from(["arxiv", "huggingface", "file"])),
    lists=st.frozensets(st.sampled_from(["daily", "trending"])),
    raw_title=st.none() | LINES,
    raw_abstract=st.none() | LINES,
)


@given(PAPERS)
def test_merging_a_paper_with_itself_changes_nothing(paper: Paper) -> None:
    assert merge(paper, paper) == paper


@given(PAPERS, PAPERS)
def test_merging_twice_is_merging_once(known: Paper, new: Paper) -> None:
    both = merge(known, new)
    assert merge(both, new).upvotes == both.upvotes
    assert merge(both, both) == both


@given(PAPERS, PAPERS)
def test_nothing_known_is_lost(known: Paper, new: Paper) -> None:
    both = merge(known, new)
    assert both.sources == known.sources | new.sources
    assert both.lists == known.lists | new.lists
    for field in fields(Paper):
        if field.name.startswith("raw_") or field.name == "withdrawn":
            continue
        values = [getattr(paper, field.name) for paper in (known, new)]
        if any(value not in (None, "", ()) for value in values):
            assert getattr(both, field.name) not in (None, "", ()), field.name
    assert (both.title, both.raw_title) in {(p.title, p.raw_title) for p in (known, new)}
    assert (both.abstract, both.raw_abstract) in {
        (p.abstract, p.raw_abstract) for p in (known, new)
    }
    assert ("doi", "10.1/x") in aliases(both) or ("doi", "10.1/x") not in (
        *aliases(known),
        *aliases(new),
    )
