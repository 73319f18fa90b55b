"""`paperboy backfill`: which days may be asked for, and what it says of the others."""

from datetime import date

import pytest

from adapters.backfilling import read_span
from adapters.cli import Exit
from bot.errors import Unusable

TODAY = date(2026, 6, 30)


def test_the_list_days_of_a_span() -> None:
    days = read_span("2026-06-18", "2026-06-24", TODAY)
    assert days == [date(2026, 6, day) for day in (18, 19, 23, 24)]
    assert len(read_span("2025-07-01", "2026-06-30", TODAY)) > 240


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-02-30", "2026-03-02", "--from 2026-02-30 is no date: February 2026 has 28 days."),
        ("2026-13-01", "2026-06-02", "--from 2026-13-01 is no date: months run from 01 to 12."),
        ("june", "2026-06-02", "--from june is no date; write it as 2026-06-01."),
        ("2026-06-02", "٢٠٢٦-06-03", "--to ٢٠٢٦-06-03 is no date; write it as 2026-06-01."),
        (
            "2026-06-09",
            "2026-06-02",
            "--from 2026-06-09 comes after --to 2026-06-02; write them the other way round.",
        ),
        (
            "2026-06-09",
            "2026-07-02",
            "--to 2026-07-02 lies ahead: the newest list is of 2026-06-30.",
        ),
        (
            "2025-06-29",
            "2026-06-30",
            "367 days are too many at once; --from 2025-06-30 are 366, the most.",
        ),
        (
            "2026-06-20",
            "2026-06-22",
            "arXiv has no list from 2026-06-20 to 2026-06-22: a weekend, or a holiday.",
        ),
        ("1987-06-20", "1987-06-22", "--from 1987-06-20 is before arXiv began, in 1991."),
    ],
)
def test_a_span_that_cannot_be_filled_is_one_sentence_with_the_fix(first, last, said) -> None:
    with pytest.raises(Unusable) as refused:
        read_span(first, last, TODAY)
    assert refused.value.message == said


def test_a_bad_date_ends_with_wrong_usage_and_stores_nothing(paperboy) -> None:
    result = paperboy("backfill", "--from", "2026-02-30", "--to", "2026-03-02")
    assert result.returncode == Exit.USAGE
    assert result.stderr == ("paperboy: --from 2026-02-30 is no date: February 2026 has 28 days.\n")
    assert not list(paperboy.folder.rglob("paperboy.db"))


def test_an_arxiv_that_is_away_is_said_with_the_way_on(paperboy) -> None:
    result = paperboy("backfill", "--from", "2026-06-08", "--to", "2026-06-09")
    assert result.returncode == Exit.NOTHING_DONE
    assert result.stdout == "0 of 2 lists filled, 0 papers read.\n"
    assert result.stderr.endswith("Go on later with --to 2026-06-09.\n")
