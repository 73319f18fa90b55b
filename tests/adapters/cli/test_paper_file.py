"""Files of papers: what a line may hold, which lines are broken, packed and damaged files."""

import gzip
import io
import json
import lzma
from datetime import date

import pytest

from adapters.sources import paper_file
from adapters.sources.paper_file import Broken, CutOff, parse_line, read_papers, unpacked

LINE = {
    "id": "2606.01234v2",
    "title": "Gaussian  $\\alpha$\nsplatting",
    "abstract": "We \\textit{splat}.",
    "authors": ["Ada Lovelace", 'Kurt G\\"odel'],
    "categories": ["cs.CV", "cs.GR"],
    "comment": "8 pages",
    "first_seen": "2026-06-12",
}


def line(**changes):
    return json.dumps(LINE | changes).encode()


def entries(data):
    return list(read_papers(unpacked(io.BytesIO(data))))


def test_a_whole_line():
    paper = parse_line(line())
    assert paper.id == "arxiv:2606.01234"
    assert paper.version == 2
    assert paper.title == "Gaussian α splatting"
    assert paper.raw_title == "Gaussian  $\\alpha$\nsplatting"
    assert paper.abstract == "We splat."
    assert paper.authors == ("Ada Lovelace", "Kurt Gödel")
    assert paper.categories == ("cs.CV", "cs.GR")
    assert paper.comment == "8 pages"
    assert paper.list_day == date(2026, 6, 12)
    assert paper.sources == {"file"}


def test_a_title_is_enough():
    paper = parse_line(b'{"title": "Certifying", "id": null, "first_seen": ""}')
    assert paper.id.startswith("title:")
    assert (paper.abstract, paper.authors, paper.list_day) == ("", (), None)
    assert paper.raw_title is None


def test_categories_may_be_one_text():
    assert parse_line(line(categories="cs.CV  cs.LG cs.CV")).categories == ("cs.CV", "cs.LG")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff\xfe", "not UTF-8 text"),
        (b'"title"', "not an object"),
        (b"{}", "no title"),
        (line(title=" \n"), "no title"),
        (line(title=7), "title is not text"),
        (line(id="banana"), "id 'banana' is neither of arXiv nor a DOI"),
        (line(authors="Ada"), "authors is not a list of texts"),
        (line(authors=[1]), "authors is not a list of texts"),
        (line(first_seen="last week"), "first_seen 'last week' is no date"),
    ],
)
def test_a_broken_line_says_why(data, reason):
    (broken,) = entries(data)
    assert isinstance(broken, Broken)
    assert broken.line == 1
    assert broken.reason.startswith(reason)


def test_lines_are_counted_and_empty_ones_left_out():
    found = entries(b"\n" + line() + b"\r\n\n{\n" + line(id=None))
    assert [type(entry).__name__ for entry in found] == ["Paper", "Broken", "Paper"]
    assert found[1].line == 4


def test_a_line_without_end_costs_one_line(monkeypatch):
    monkeypatch.setattr(paper_file, "LONGEST_LINE", 1000)
    found = entries(b"x" * 25_000 + b"\n" + line())
    assert found[0] == Broken(1, "longer than 0 MB")
    assert found[1].id == "arxiv:2606.01234"


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress])
def test_packed_files_are_known_by_their_content(pack):
    (paper,) = entries(pack(line()))
    assert paper.id == "arxiv:2606.01234"


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_file_that_is_cut_off_keeps_what_came_before(pack):
    # Random ids, so that packing cannot fold the lines into one block.
    lines = b"\n".join(line(title=f"{n} {n * 7919**5 % 10**12}") for n in range(5000)) + b"\n"
    packed = pack(lines)
    *papers, last = entries(packed[: len(packed) // 2])
    assert isinstance(last, CutOff)
    assert last.reason == "the file ends in the middle"
    assert last.after == len(papers) > 500


def test_a_damaged_file_is_told(monkeypatch):
    packed = bytearray(gzip.compress(b"\n".join(line(title=str(n**9)) for n in range(3000))))
    packed[len(packed) // 2 :] = b"\x00" * (len(packed) - len(packed) // 2)
    last = entries(bytes(packed))[-1]
    assert isinstance(last, CutOff)
