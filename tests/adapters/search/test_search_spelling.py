"""The word that someone may have meant."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_worlds import MemoryPapers, StillClock

from adapters.search.lexical import LexicalIndex
from adapters.search.spelling import distance, edits
from bot.domain.papers import Paper

PAPERS = [
    Paper(id="arxiv:1", title="Gaussian splatting", abstract="A transformer of lora and loss"),
    Paper(id="arxiv:2", title="Gaussian splats", abstract="Splatting with transformers, loss"),
    Paper(
        id="arxiv:3",
        title="Splitting hairs",
        abstract="Diffusion of 3D-GS and loss",
        keywords=("nerf",),
    ),
]


@pytest.fixture
async def store():
    return MemoryPapers(PAPERS)


@pytest.fixture
async def index(tmp_path, store):
    async with LexicalIndex.open(tmp_path, store, StillClock()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("splattting", ("splatting", 2)),
        ("Splattting", ("splatting", 2)),
        ("guassian", ("gaussian", 2)),  # swapped
        ("gausian", ("gaussian", 2)),
        ("gaussiian", ("gaussian", 2)),
        ("haussian", ("gaussian", 2)),
        ("difusoin", ("diffusion", 1)),  # two edits
        ("tansformres", ("transformer", 2)),
        ("nrf", ("nerf", 1)),
        ("lira", ("lora", 1)),
        ("3dsg", ("3dgs", 1)),  # a joined form
        ("zzqqxx", None),
        ("zz", None),
        ("", None),
        ("two words", None),
        ("xausiann", None),  # two edits, one of them the first letter
        ("s" * 500, None),
    ],
)
async def test_nearest_word(index, typed, meant):
    assert await index.nearest_word(typed) == meant


async def test_one_edit_comes_before_two_and_many_papers_before_few(index):
    assert await index.nearest_word("splittting") == ("splitting", 1)
    assert await index.nearest_word("los") == ("loss", 3)
    assert await index.nearest_word("losa") == ("loss", 3)  # not lora


async def test_a_word_that_papers_no_longer_have_is_not_near(index, store):
    store.put(replace(PAPERS[2], abstract="", title="Hairs"))
    await index.refresh()
    assert await index.nearest_word("splittting") == ("splatting", 2)


@given(st.text("abc3", max_size=6), st.text("abc3", max_size=6))
@settings(max_examples=300, deadline=None)
def test_distance_counts_edits(one, other):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert (one != other and other in set(edits(one))) == (distance(one, other) == 1)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "edits"), [("ab", "ba", 1), ("", "abc", 3), ("kitten", "sitting", 3)]
)
def test_distance(one, other, edits):
    assert distance(one, other) == edits
