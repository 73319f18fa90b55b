"""Every mistake is one sentence that names the word and the fix, and points into the typed text."""

import pytest

from bot.errors import QueryError
from bot.query.parser import parse


def mistake(text):
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert error.text == text
    assert 0 <= error.start <= error.end <= len(text)
    if error.fix is not None:
        parse(error.fix)
    return error


# Typed, what is pointed at, words of the sentence, the fix.
MISTAKES = [
    (
        '"gaussian splatting',
        '"gaussian splatting',
        'The quote before gaussian is never closed. Did you mean "gaussian splatting"?',
        '"gaussian splatting"',
    ),
    (
        "\u201cgaussian splatting x",
        "\u201cgaussian splatting x",
        "The quote before gaussian is never closed.",
        '"gaussian splatting x"',
    ),
    ('x "', '"', "The quote at the end is never closed.", "x"),
    ('title:"foo bar', '"foo bar', "The quote before foo", 'title:"foo bar"'),
    ("-survey", "-survey", "This only says what to leave out. Add a word to find.", None),
    ("-a -b", "-a -b", "This only says what to leave out.", None),
    ("-(a b)", "-(a b)", "This only says what to leave out.", None),
    ("-(a -b)", "-(a -b)", "This only says what to leave out.", None),
    ("a OR -b", "-b", "-b only says what to leave out; every side of an OR", "a -b"),
    ("x (a OR -b)", "-b", "-b only says what to leave out", "x (a -b)"),
    ("x (a | -b | c)", "-b", "-b only says", "x ((a OR c) -b)"),
    ("x -upvotes>=3", "-upvotes>=3", "upvotes>=3 changes with time", "x"),
    ("x -has:code", "-has:code", "has:code changes with time", "x"),
    ("x -(in:daily y)", "-(in:daily y)", "in:daily changes with time", "x"),
    ("upvotes>20", "upvotes>20", ">= only. Did you mean upvotes>=20?", "upvotes>=20"),
    ("upvotes&gt;20", "upvotes&gt;20", ">= only", "upvotes>=20"),
    ("stars=5", "stars=5", ">= only", "stars>=5"),
    ("stars:5", "stars:5", ">= only", "stars>=5"),
    ("stars<5 x", "stars<5", ">= only: stars>=5 asks for 5 or more", None),
    ("upvotes\u22645", "upvotes\u22645", ">= only", None),
    ("upvotes>=ten", "upvotes>=ten", "ten is no whole number", None),
    ("upvotes>=-1", "upvotes>=-1", "-1 is no whole number", None),
    ("upvotes>=1.5", "upvotes>=1.5", "1.5 is no whole number", None),
    ("upvotes>=1,000", "upvotes>=1,000", "is written 1000 here", "upvotes>=1000"),
    ("upvotes>=2k", "upvotes>=2k", "is written 2000 here", "upvotes>=2000"),
    ("upvotes>=", "upvotes>=", "upvotes needs a number after it", "upvotes>=10"),
    ("votes>=10", "votes>=10", "votes>= is not known", "upvotes>=10"),
    ("p>0.05", "p>0.05", "only upvotes, stars and comments", '"p>0.05"'),
    (">=10 x", ">=10", "does not say of what", "upvotes>=10 x"),
    ("autor:kerbl", "autor:kerbl", "There is no field autor:. Did you mean author:kerbl?", None),
    ("category:cs.CV", "category:cs.CV", "no field category:", "cat:cs.CV"),
    ("foo:bar x", "foo:bar", "There is no field foo:", '"foo:bar" x'),
    ("autor: kerbl", "autor:", "There is no field autor:", "author:kerbl"),
    ("when:instant x", "when:instant", "There is no field when:", '"when:instant" x'),
    ("at:09 x", "at:09", "There is no field at:", '"at:09" x'),
    ('like:"free text"', 'like:"free text"', "search by meaning, which is not inst", "free text"),
    ("like:2606.06690 x", "like:2606.06690", "like: needs the search by meaning", None),
    ("title:", "title:", "title: has nothing after it", "title"),
    ("title: foo", "title:", "title: has nothing after it", "title:foo"),
    ("title:...", "title:...", "... has no letter or digit", None),
    ('title:"" x', 'title:""', "no letter or digit between the quotes", "x"),
    ("title:-foo x", "title:-foo", "The minus stands before the field", "-title:foo x"),
    ("title:(a b)", "title:", "takes one word or a quoted phrase", "(title:a title:b)"),
    ("sp*", "sp*", "needs at least three letters", "sp"),
    ("A* search", "A*", "A* is too short", "A search"),
    ("spl*t", "spl*t", "stands only at the end of a word", "spl*"),
    ("*splat", "*splat", "stands only at the end of a word", "splat"),
    ("foo/bar*", "foo/bar*", "begins several words", "foo/bar"),
    ("author:kerb*", "author:kerb*", "takes whole words", "author:kerb"),
    ("cat:cs", "cat:cs", "cat:cs.* is all of them", "cat:cs.*"),
    ("cat:cv", "cat:cv", "cv is no arXiv category", "cat:cs.CV"),
    ("cat:cs*", "cat:cs*", "cs* is no arXiv category", "cat:cs.*"),
    ("cat:c.s.*", "cat:c.s.*", "is no arXiv category", None),
    ("has:cod", "has:cod", "there is has:code or has:project", "has:code"),
    ("has:github", "has:github", "there is has:code or has:project", "has:code"),
    ("has:foo", "has:foo", "there is has:code or has:project", None),
    ("in:day", "in:day", "there is in:daily or in:trending", "in:daily"),
    ("source:hf", "source:hf", "source:hf is not known", "source:huggingface"),
    ("", "", "There is nothing to search for. Add a word to find.", None),
    ("  \t ", "  \t ", "There is nothing to search for.", None),
    ("...", "...", "There is no letter or digit to search for.", None),
    ('""', '""', "no letter or digit between the quotes", None),
    ("()", "()", "nothing between the parentheses", None),
    ("x ()", "()", "nothing between the parentheses", "x"),
    ("(a b", "(", "This parenthesis is never closed.", "(a b)"),
    ("a b)", ")", "This parenthesis was never opened.", "a b"),
    ("((a)", "(", "never closed", "((a))"),
    ("a OR", "OR", "OR has nothing after it.", "a"),
    ("a |", "|", "| has nothing after it.", "a"),
    ("(a OR) b", "OR", "OR has nothing after it.", "(a) b"),
    ("OR a", "OR", "OR has nothing before it.", "a"),
    ("OR", "OR", "OR has nothing before it.", '"OR"'),
    ("NOT", "NOT", "NOT has nothing after it.", '"NOT"'),
    ("a AND OR b", "OR", "AND and OR stand side by side.", "a AND b"),
    ("a NOT OR b", "OR", "NOT and OR stand side by side.", None),
    ("x - survey", "-", "A minus stands directly before the word", "x -survey"),
    ("x -", "-", "A minus stands directly", "x"),
    ("(" * 9 + "a" + ")" * 9, "(", "at most 8 deep", None),
    ("NOT " * 9 + "a", "NOT", "at most 8 deep", None),
]


@pytest.mark.parametrize(("text", "place", "said", "fix"), MISTAKES)
def test_a_mistake_names_the_word_and_the_fix(text, place, said, fix):
    error = mistake(text)
    assert said in error.message
    assert error.text[error.start : error.end] == place
    if fix is not None:
        assert error.fix == fix
    if error.fix is not None:
        assert f"Did you mean {error.fix}?" in error.message


@pytest.mark.parametrize("text", ["-survey", "x stars<5", "has:foo", "", "upvotes>=ten"])
def test_where_no_fix_is_honest_none_is_offered(text):
    assert mistake(text).fix is None


def test_two_mistakes_are_mended_together():
    error = mistake('(autor:kerbl OR "radiance field')
    assert error.fix == '(author:kerbl OR "radiance field")'


def test_too_many_words():
    text = " ".join(f"w{i}" for i in range(40))
    error = mistake(text)
    assert "at most 32" in error.message
    assert "40" in error.message
    assert text[error.start :].startswith("w32")


@pytest.mark.parametrize("text", ["a" * 501, "a " * 5_000, "(" * 10_000, "NOT " * 100_000])
def test_texts_that_are_too_long(text):
    error = mistake(text)
    assert "at most 500 characters" in error.message
    assert f"{len(text):,}" in error.message
    assert error.start == 500


def test_a_text_whose_canonical_form_is_too_long_is_refused():
    """What is stored has to be readable again."""
    assert "at most 500" in mistake("\ufdfa" * 40).message


@pytest.mark.parametrize(
    "text",
    ["\x00", "\u202e\u202d", "\ud800", "\U0010ffff", '"' * 499, "|" * 499, "\\" * 499, "$" * 77],
)
def test_control_and_odd_characters_are_told_as_mistakes(text):
    assert mistake(text).message
