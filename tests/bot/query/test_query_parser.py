"""Every line of DESIGN section 3, and what keyboards and Slack make of it (dialogues b)."""

import pytest

from bot.query.parser import parse
from bot.query.values import (
    And,
    Author,
    Category,
    Count,
    Has,
    Link,
    ListedIn,
    ListName,
    Not,
    Number,
    Or,
    Org,
    Phrase,
    Prefix,
    SourceIs,
    SourceName,
    TextField,
    Word,
)


def word(text, field=None):
    return Word(text=text, field=field)


def phrase(text, field=None):
    return Phrase(text=text, field=field)


def both(*items):
    return And(items=items)


def either(*items):
    return Or(items=items)


def no(item):
    return Not(item=item)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("gaussian splatting", both(word("gaussian"), word("splatting"))),
        ('"gaussian splatting"', phrase("gaussian splatting")),
        ('splatting OR "radiance field"', either(word("splatting"), phrase("radiance field"))),
        ("a | b", either(word("a"), word("b"))),
        ("a|b", either(word("a"), word("b"))),
        ("x -survey", both(word("x"), no(word("survey")))),
        ("x NOT survey", both(word("x"), no(word("survey")))),
        (
            "x -(survey OR review)",
            both(word("x"), no(either(word("survey"), word("review")))),
        ),
        (
            "(nerf | 3dgs) -slam",
            both(either(word("nerf"), word("3dgs")), no(word("slam"))),
        ),
        ("title:splatting", word("splatting", TextField.TITLE)),
        ("abstract:splatting", word("splatting", TextField.ABSTRACT)),
        ("keyword:splatting", word("splatting", TextField.KEYWORD)),
        ('title:"radiance field"', phrase("radiance field", TextField.TITLE)),
        ("author:kerbl", Author(name="kerbl")),
        ('author:"Bernhard Kerbl"', Author(name="bernhard kerbl")),
        ("cat:cs.CV", Category(pattern="cs.CV")),
        ("cat:CS.cv", Category(pattern="cs.CV")),
        ("cat:cs.*", Category(pattern="cs.*")),
        ("cat:hep-th", Category(pattern="hep-th")),
        ("cat:cond-mat.Str-El", Category(pattern="cond-mat.str-el")),
        ("org:inria", Org(name="inria")),
        ('org:"Google DeepMind"', Org(name="google deepmind")),
        ("splat*", Prefix(text="splat")),
        ("title:splat*", Prefix(text="splat", field=TextField.TITLE)),
        ("multi-ag*", Prefix(text="multiag")),
        ("upvotes>=20", Number(count=Count.UPVOTES, least=20)),
        ("stars>=100", Number(count=Count.STARS, least=100)),
        ("comments >= 5", Number(count=Count.COMMENTS, least=5)),
        ("has:code", Has(link=Link.CODE)),
        ("has:project", Has(link=Link.PROJECT)),
        ("in:daily", ListedIn(list=ListName.DAILY)),
        ("in:trending", ListedIn(list=ListName.TRENDING)),
        ("source:arxiv", SourceIs(source=SourceName.ARXIV)),
        # OR binds weaker than AND; operators are capitals only.
        ("a b OR c", either(both(word("a"), word("b")), word("c"))),
        ("a AND b | c", either(both(word("a"), word("b")), word("c"))),
        ("a (b OR c)", both(word("a"), either(word("b"), word("c")))),
        ("a or b", both(word("a"), word("or"), word("b"))),
        ("a and not b", both(word("a"), word("and"), word("not"), word("b"))),
        # Flat, each term once, no double negation.
        ("(a b) c a", both(word("a"), word("b"), word("c"))),
        ("a OR (b OR a)", either(word("a"), word("b"))),
        ("-(-a)", word("a")),
        ("NOT NOT a", word("a")),
        ("((a))", word("a")),
        # Case, field names and words that are several.
        ("GAUSSIAN Title:X", both(word("gaussian"), word("x", TextField.TITLE))),
        ("3D-GS C++ don't", both(word("3d-gs"), word("c++"), word("don't"))),
        ("SAGS: Structure-Aware", both(word("sags"), word("structure-aware"))),
        ("a & b ... c", both(word("a"), word("b"), word("c"))),
        ("na\u00efve", word("na\u00efve")),
        ("x\u0302y", word("xy")),
        ("ti-ny x_y", both(word("ti-ny"), word("x_y"))),
        # TeX in a term.
        (r"$\alpha$-divergence", word("\u03b1-divergence")),
        (r"Schr\"odinger", word("schr\u00f6dinger")),
        (r'author:"Poincar\'e"', Author(name="poincar\u00e9")),
    ],
)
def test_the_language(text, root):
    query = parse(text)
    assert query.root == root
    assert parse(str(query)) == query


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        (
            "\u201cgaussian splatting\u201d \u2013survey upvotes\u226510",
            '"gaussian splatting" -survey upvotes>=10',
        ),
        ("\u00abgaussian splatting\u00bb x", '"gaussian splatting" x'),
        ("x \u2014survey", "x -survey"),
        ("x \u2212survey", "x -survey"),
        ("x --survey", "x -survey"),
        ("(x \u2013(a \u2013b))", "(x -(a -b))"),
        ("x \u2014 y", "x y"),
        ("upvotes&gt;=10", "upvotes>=10"),
        ("R&amp;D", "R&D"),
        ("cat:<http://cs.CV|cs.CV> splatting", "cat:cs.CV splatting"),
        ("<http://splatting.org|splatting>", "splatting"),
        ("a\u00a0b\tc\nd", "a b c d"),
        ("spl\u200batting \u202eabc\u202c x\x00y", "splatting abc x y"),
        ("\uff54\uff49\uff54\uff4c\uff45\uff1a\uff58", "title:x"),
        ("\uff08a\uff5cb\uff09", "(a|b)"),
        ("don\u2019t", "don't"),
        ("G\u0041USSIAN", "gaussian"),
        ("gaussian\u2010splatting", "gaussian-splatting"),
    ],
)
def test_what_keyboards_and_platforms_make_of_it(typed, same):
    assert parse(typed) == parse(same)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("  GAUSSIAN   splatting ", "gaussian splatting"),
        ("a | (b  AND NOT c)", "a OR b -c"),
        ("(a OR b) AND c", "(a OR b) c"),
        ("NOT (a OR b) c", "-(a OR b) c"),
        ('"Gaussian,   Splatting!"', '"gaussian splatting"'),
        ('author:"Kerbl"', "author:kerbl"),
        ("upvotes >= 010", "upvotes>=10"),
        ("10:30 e=mc^2", "10/30 e=mc^2"),
        ("splat**", "splat*"),
    ],
)
def test_the_canonical_text(text, canonical):
    assert str(parse(text)) == canonical
    assert str(parse(canonical)) == canonical


def test_a_pasted_title_with_a_known_field_name_is_read_as_words():
    assert str(parse("Mip-Splatting: Alias-free 3D Gaussian Splatting")) == (
        "mip-splatting alias-free 3d gaussian splatting"
    )


def test_limits_are_inclusive():
    parse(" ".join(f"w{i}" for i in range(32)))
    parse("w" * 500)
    parse("(" * 8 + "a" + ")" * 8)
