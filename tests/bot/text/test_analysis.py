"""The analyser's truth table (DESIGN section 3) and what holds for any text."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.analysis import analyse, chunk_spans, fold, names, runs, singular, terms

# A text, and the words that it gives: written forms in order; `a+b` share a position (the second is
# the joined form).
WORDS = [
    ("Gaussian Splatting", "gaussian splatting"),
    ("gaussians", "gaussian"),
    ("GAUSSIANS", "gaussian"),
    ("3D-GS", "3d+3dgs gs"),
    ("3d gs", "3d gs"),
    ("3DGS", "3dgs"),
    ("4DGS and 3DGSs", "4dgs and 3dgss"),
    ("state-of-the-art", "state+stateoftheart of the art"),
    ("multi-agents", "multi+multiagent agent"),
    ("x-ray", "x+xray ray"),
    ("end-to-end.", "end+endtoend to end"),
    ("non\u2010rigid", "non+nonrigid rigid"),
    ("non\u2011rigid", "non+nonrigid rigid"),
    ("Navier\u2013Stokes", "navier stoke"),
    ("this\u2014that", "this that"),
    ("a--b", "a b"),
    ("-foo-", "foo"),
    ("pre- and post-training", "pre and post+posttraining training"),
    ("class", "class"),
    ("loss", "loss"),
    ("classes", "classe"),
    ("bus", "bus"),
    ("focus", "focus"),
    ("corpus", "corpus"),
    ("axis", "axis"),
    ("analysis", "analysis"),
    ("analyses", "analyse"),
    ("gas", "gas"),
    ("GANs", "gan"),
    ("LLMs", "llm"),
    ("CNNs", "cnn"),
    ("LMs", "lms"),
    ("1990s", "1990s"),
    ("cats", "cat"),
    ("news", "news"),
    ("bias", "bias"),
    ("lidars", "lidar"),
    ("the of and a", "the of and a"),
    ("na\u00efve", "naive"),
    ("nai\u0308ve", "naive"),
    ("naive", "naive"),
    ("M\u00fcller Schr\u00f6dinger", "muller schrodinger"),
    ("Stra\u00dfe", "strasse"),
    ("\u0141ukasz J\u00f8rgensen", "lukasz jorgensen"),
    ("\u0130stanbul", "istanbul"),
    ("\ufb01eld \ufb02ow", "field flow"),
    ("x\u00b2 CO\u2082", "x2 co2"),
    ("\U0001d4aa(n)", "o n"),
    ("\uff23\uff2f\uff2c\uff2f\uff32", "color"),
    ("\u0391\u0392 \u03b1\u03c2", "\u03b1\u03b2 \u03b1\u03c3"),
    ("C++", "c++"),
    ("C++17", "c++ 17"),
    ("C# code", "c# code"),
    ("(C++)", "c++"),
    ("abc++", "abc"),
    ("Objective-C++", "objective+objectivec++ c++"),
    ("A# F#", "a f"),
    ("don't", "don t"),
    ("Newton\u2019s method", "newton s method"),
    ("L'H\u00f4pital", "l hopital"),
    ("foo_bar", "foo bar"),
    ("a/b, c.d; e:f", "a b c d e f"),
    ("10,000 2.5", "10 000 2 5"),
    ("\u9ad8\u65af\u6e85\u5c04", "\u9ad8 \u65af \u6e85 \u5c04"),
    ("3D\u9ad8\u65af", "3d \u9ad8 \u65af"),
    ("\u304b\u3099\u3093", "\u304c \u3093"),
    ("\ud55c\uad6d", "\ud55c \uad6d"),
    ("\u9ad8-\u65af", "\u9ad8 \u65af"),
    ("splat\u00adting", "splatting"),
    ("splat\u200bting", "splatting"),
    ("\u202esplatting\u202c", "splatting"),
    ("Foo\u2122 bar\u00ae", "foo bar"),
    ("\u00bd", "1 2"),
    ("...", ""),
    ("", ""),
]

# Words that a bare query word takes for the same, and words that it keeps apart.
SAME = [
    ("gaussian", "gaussians"),
    ("splatting", "splats"),
    ("capability", "capabilities"),
    ("class", "classes"),
    ("LLM", "LLMs"),
    ("CNN", "CNNs"),
    ("MLP", "MLPs"),
    ("PDE", "PDEs"),
    ("bias", "biases"),
    ("rendering", "rendered"),
    ("na\u00efve", "naive"),
    ("3DGS", "3dgs"),
    ("technology", "technologies"),
]
APART = [
    ("news", "new"),
    ("axis", "axes"),
    ("nerf", "nerve"),
    ("3dgs", "3d"),
    ("bus", "bu"),
    ("c", "c++"),
    ("c#", "c++"),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_the_words_of_a_text(text, words):
    tokens = analyse(text)
    by_position = {}
    for token in tokens:
        by_position.setdefault(token.position, []).append(token.written)
    assert " ".join("+".join(by_position[at]) for at in sorted(by_position)) == words


def test_the_table_has_its_size():
    assert len(WORDS) + len(SAME) + len(APART) >= 40


@pytest.mark.parametrize(("one", "other"), SAME)
def test_bare_words_are_the_same_in_any_form(one, other):
    assert terms(one).stems == terms(other).stems


@pytest.mark.parametrize(("one", "other"), APART)
def test_bare_words_that_stay_apart(one, other):
    assert terms(one).stems != terms(other).stems


def test_a_joined_form_shares_the_first_position_and_covers_all():
    tokens = analyse("the 3D-GS model")
    assert [(t.written, t.position, t.length) for t in tokens] == [
        ("the", 0, 1),
        ("3d", 1, 1),
        ("3dgs", 1, 2),
        ("gs", 2, 1),
        ("model", 3, 1),
    ]
    assert [(t.start, t.end) for t in tokens] == [(0, 3), (4, 6), (4, 9), (7, 9), (10, 15)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a \ufb01eld of \ufb02ows", ["a", "\ufb01eld", "of", "\ufb02ows"]),
        ("nai\u0308ve Stra\u00dfe x", ["nai\u0308ve", "Stra\u00dfe", "x"]),
        ("splat\u00adting it", ["splat\u00adting", "it"]),
        ("\u202efoo\u202c bar", ["foo", "bar"]),
        ("\u00bd x", ["\u00bd", "\u00bd", "x"]),
        ("\u0130x \u0130y z", ["\u0130x", "\u0130y", "z"]),
        ("\u3131\u314f b", ["\u3131\u314f", "b"]),
        ("\ufdfa b", ["\ufdfa"] * 4 + ["b"]),
    ],
)
def test_places_count_in_the_original_text(text, places):
    assert [text[t.start : t.end] for t in analyse(text)] == places


def test_names_keep_their_s_and_have_joined_forms():
    assert names("Robin Williams") == (("robin", 0, 1), ("williams", 1, 1))
    assert names("J.-B. Zhi-Hao") == (
        ("j", 0, 1),
        ("b", 1, 1),
        ("zhi", 2, 1),
        ("hao", 3, 1),
        ("zhihao", 2, 2),
    )


def test_singular_words_stay():
    assert [singular(word) for word in ("gaussians", "loss", "bus", "axis", "gas", "news")] == [
        "gaussian",
        "loss",
        "bus",
        "axis",
        "gas",
        "news",
    ]


# Dense in what makes trouble: composing, expanding, vanishing and joining characters.
TRICKY = st.text(
    st.sampled_from(
        "aAsS19cC+#-_ .'\u00e9\u0301\u00ad\u200d\u202e\ufb01\u0130\u00df\u017f\u03a3\u03c2"
        "\u2011\u2212\u9ad8\u304b\u3099"
        "\uff76\uff9e\u3131\u314f\u1100\u1161\uac00\u11a8\u00bd\u2122\ufdfa\u0344\u1e9b\u0323\ud800\U0001d4aa"
    )
)


@given(st.text() | TRICKY)
def test_any_text_gives_tokens_in_order_with_places_inside(text):
    tokens = analyse(text)
    assert list(tokens) == sorted(tokens, key=lambda token: (token.position, token.length))
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.written
        assert token.stem
    parts = [token for token in tokens if token.length == 1]
    assert [token.position for token in parts] == list(range(len(parts)))
    for one, following in pairwise(parts):
        assert one.start <= following.start
        assert one.end <= following.end


@given(st.text() | TRICKY)
def test_every_way_to_the_words_gives_the_same(text):
    tokens = analyse(text)
    assert terms(text) == (
        tuple(token.written for token in tokens),
        tuple(token.stem for token in tokens),
    )
    assert sum(run.width for run in runs(text)) == sum(token.length == 1 for token in tokens)
    folded = fold(text)
    assert [w for _, _, chunk in chunk_spans(folded) for w in chunk.written] == [
        token.written for token in tokens
    ]


@given(st.text() | TRICKY)
def test_folding_is_final(text):
    """Folding what is folded changes nothing, so that a stored query is read as it was typed."""
    folded = fold(text)
    assert terms(folded) == terms(text)
    kept = fold(text, accents=True)
    assert fold(kept, accents=True) == kept
    assert unicodedata.is_normalized("NFKC", kept)


@given(st.text(), st.text())
def test_a_space_keeps_texts_apart(one, other):
    assert terms(f"{one} {other}").written == terms(one).written + terms(other).written
