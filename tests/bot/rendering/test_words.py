"""Words around papers: cutting, marking, dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.replies import Style, plain
from bot.rendering.words import (
    authors_line,
    authors_spoken,
    count,
    cut,
    day,
    joined,
    lead,
    marked,
    short_day,
    with_code,
)

JUNE = date(2026, 6, 12)


def test_counts_and_lists_read_as_english() -> None:
    assert count(1, "paper") == "1 paper"
    assert count(17, "paper") == "17 papers"
    assert count(1000, "paper") == "1,000 papers"
    assert joined(["a"]) == "a"
    assert joined(["a", "b", "c"]) == "a, b and c"


def test_days_carry_the_year_only_when_it_is_another() -> None:
    assert day(date(2026, 6, 5), JUNE) == "Friday 5 June"
    assert day(date(2024, 12, 3), JUNE) == "Tuesday 3 December 2024"
    assert short_day(JUNE, JUNE) == "today"
    assert short_day(date(2026, 6, 11), JUNE) == "yesterday"
    assert short_day(date(2026, 6, 1), JUNE) == "1 June"
    assert short_day(date(2025, 6, 1), JUNE) == "1 June 2025"


def test_authors_are_three_then_a_number() -> None:
    names = ["A B", "C D", "E F", "G H", "I J"]
    assert authors_line(names) == "A B, C D, E F +2"
    assert authors_line(names[:3]) == "A B, C D, E F"
    assert authors_spoken(names) == "A B and 4 others"
    assert authors_spoken(names[:2]) == "A B and C D"


@pytest.mark.parametrize(
    ("abstract", "first"),
    [
        ("One sentence. Two sentences. Three.", "One sentence. Two sentences."),
        ("We use e.g. BERT here. Then more follows.", "We use e.g. BERT here."),
        ("No sentence ends in this long piece of text", ""),
    ],
)
def test_the_lead_ends_with_a_sentence(abstract: str, first: str) -> None:
    assert abstract[: lead(abstract, 30)] == first


@given(st.text(max_size=300), st.integers(min_value=5, max_value=200))
def test_a_cut_keeps_its_limit(words: str, limit: int) -> None:
    assert len(cut(words, limit)) <= limit
    assert cut(words, limit) == words or cut(words, limit).endswith(" …")


@pytest.mark.parametrize("combined", ["e\u0301", "👩\u200d🔬", "👍🏽", "🇩🇪", "❤\ufe0f"])
def test_a_cut_never_splits_a_combined_character(combined: str) -> None:
    words = combined * 30
    for limit in range(4, 40):
        kept = cut(words, limit).removesuffix(" …")
        assert kept == combined * (len(kept) // len(combined))


@given(st.text(min_size=1, max_size=80), st.data())
def test_marking_keeps_every_character(words: str, data: st.DataObject) -> None:
    edges = sorted(data.draw(st.sets(st.integers(0, len(words)), max_size=8)))
    places = list(zip(edges[::2], edges[1::2], strict=False))
    spans = marked(words, places)
    assert plain(spans) == words
    hit = [span.text for span in spans if span.style is Style.MARK]
    assert hit == [words[start:stop] for start, stop in places]


def test_backticks_become_code_only_in_pairs() -> None:
    assert [span.style for span in with_code("Type `/papers` now")] == [
        Style.PLAIN,
        Style.CODE,
        Style.PLAIN,
    ]
    assert plain(with_code("a ` b")) == "a ` b"
