"""What an index has to look for."""

from bot.query.parser import parse
from bot.query.sought import AllOf, AnyOf, Atom, Form, need
from bot.query.values import TextField


def needed(text):
    return need(parse(text).root)


def test_a_bare_word_needs_its_stem():
    assert needed("splattings") == Atom(Form.STEM, "splat")
    assert needed("title:splattings") == Atom(Form.STEM, "splat", TextField.TITLE)


def test_a_quoted_word_needs_its_written_form():
    assert needed('"splattings"') == Atom(Form.WRITTEN, "splatting")


def test_a_phrase_needs_its_words_or_the_one_that_is_all_of_them():
    assert needed('"3d gs"') == AnyOf(
        (
            AllOf((Atom(Form.WRITTEN, "3d"), Atom(Form.WRITTEN, "gs"))),
            Atom(Form.WRITTEN, "3dgs"),
        )
    )


def test_a_hyphenated_word_needs_its_parts_or_the_joined_form():
    assert needed("multi-agents") == AnyOf(
        (
            AllOf((Atom(Form.STEM, "multi"), Atom(Form.STEM, "agent"))),
            Atom(Form.STEM, "multiag"),
        )
    )


def test_a_prefix_that_ends_in_s_also_needs_the_plural():
    assert needed("splat*") == Atom(Form.PREFIX, "splat")
    assert needed("gaussians*") == AnyOf(
        (Atom(Form.PREFIX, "gaussians"), Atom(Form.WRITTEN, "gaussian"))
    )


def test_a_name_needs_one_of_its_words_in_full():
    assert needed('author:"B Kerbl"') == Atom(Form.NAME, "kerbl")
    assert needed('author:"Bernhard Kerbl"') == AnyOf(
        (Atom(Form.NAME, "bernhard"), Atom(Form.NAME, "kerbl"))
    )
    assert needed("author:k") == Atom(Form.NAME, "k")
