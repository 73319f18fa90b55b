"""What meets what: the rules of DESIGN section 3, on papers made for them."""

import pytest

from bot.domain.papers import Paper, PaperId
from bot.query.matching import equals_title, in_title, match, meets, prepare
from bot.query.parser import parse


def paper(title="A title", abstract="", **facts):
    return Paper(id=PaperId("arxiv:2606.00001"), title=title, abstract=abstract, **facts)


def met(query, **facts):
    document = prepare(paper(**facts))
    found = match(parse(query), document)
    assert meets(parse(query), document) == (found is not None)
    return found is not None


# A query, a title, and whether it is met.
TITLES = [
    # Bare words by stem, quoted ones by written form.
    ("gaussian", "Gaussians everywhere", True),
    ("splatting", "We splat", True),
    ('"splatting"', "We splat", False),
    ('"gaussian"', "Gaussians everywhere", True),
    ('"gaussians"', "A GAUSSIAN", True),
    ('"rendering"', "We render", False),
    ("rendering", "We render", True),
    ("naive", "Na\u00efve Bayes", True),
    ("na\u00efve", "Naive Bayes", True),
    ("news", "A new model", False),
    ("llm", "LLMs for all", True),
    # Hyphens: parts, the joined form, and the two spellings.
    ("3D-GS", "3D-GS for all", True),
    ("3D-GS", "3D GS for all", True),
    ("3D-GS", "3DGS for all", True),
    ('"3d gs"', "3D-GS for all", True),
    ('"3d gs"', "3DGS for all", True),
    ('"3d gs"', "3D GS for all", True),
    ('"3D-GS"', "3DGS for all", True),
    ("3dgs", "3D-GS for all", True),
    ("3dgs", "3DGS for all", True),
    ("3dgs", "3D GS for all", False),
    ("3d", "3DGS for all", False),
    ("gs", "3D-GS for all", True),
    ("3D-GS", "GS in 3D", False),
    ("multi-agents", "A multiagent system", True),
    ("multi-agents", "Multi agent systems", True),
    ('"3dgs slam"', "3D-GS SLAM", True),
    ('"3d-gs slam"', "3DGS SLAM", True),
    ('"3d gs slam"', "3D-GS-SLAM", True),
    ('"gs slam"', "3D-GS SLAM", True),
    ('"3d slam"', "3D-GS SLAM", False),
    ("state-of-the-art", "The state of the art", True),
    # Phrases: adjacent, in order, in one text.
    ('"gaussian splatting"', "Gaussian splatting", True),
    ('"gaussian splatting"', "Gaussian-Splatting", True),
    ('"gaussian splatting"', "Gaussian, splatting!", True),
    ('"gaussian splatting"', "Splatting of a Gaussian", False),
    ('"gaussian splatting"', "Gaussian based splatting", False),
    ('"radiance fields"', "A radiance field", True),
    ('"the the"', "The the the", True),
    ('"a b a c"', "a b a b a c", True),
    ("don't", "We don't", True),
    ("don't", "We do not", False),
    ("a/b", "b a", False),
    # Prefixes compare with written forms, joined ones included.
    ("splat*", "Splatting", True),
    ("splat*", "Resplatting", False),
    ("3dg*", "3D-GS", True),
    ("gaussians*", "One Gaussian", True),
    ("gaussi*", "Gaussians", True),
    ("multi-ag*", "Multi-agents", True),
    ("multi-ag*", "Multi agents", False),
    ("na\u00efv*", "Naively", True),
    # Special words.
    ("c++", "Fast C++ code", True),
    ("c++", "Fast C code", False),
    ("c", "Fast C++ code", False),
    ("c#", "C# and C", True),
    ("\u9ad8\u65af", "\u4e09\u7ef4\u9ad8\u65af\u6e85\u5c04", True),
    ("\u9ad8\u5c04", "\u4e09\u7ef4\u9ad8\u65af\u6e85\u5c04", False),
    # Operators.
    ("gaussian splatting", "Splatting of a Gaussian", True),
    ("gaussian splatting", "A Gaussian", False),
    ("gaussian OR splatting", "A Gaussian", True),
    ("gaussian -splatting", "A Gaussian", True),
    ("gaussian -splatting", "Gaussian splatting", False),
    ("gaussian -(splatting OR mixture)", "Gaussian mixtures", False),
    ("gaussian -(splatting mixture)", "Gaussian mixtures", True),
    ("(nerf | gaussian) -slam", "NeRF", True),
]


@pytest.mark.parametrize(("query", "title", "expected"), TITLES)
def test_words_and_phrases(query, title, expected):
    assert met(query, title=title) is expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("gaussian underwater robot", True),  # words of one AND stand apart
        ('"gaussian underwater"', False),  # a phrase does not run from the title into the abstract
        ('"robotics vision"', False),  # nor from one keyword into the next
        ('"marine robotics"', True),
        ("title:gaussian", True),
        ("title:underwater", False),
        ("abstract:underwater", True),
        ("abstract:gaussian", False),
        ("keyword:vision", True),
        ("keyword:gaussian", False),
        ('keyword:"marine robotics"', True),
        ('title:"underwater scene"', False),
        ("abstract:scen*", True),
        ("title:scen*", False),
    ],
)
def test_fields(query, expected):
    facts = {
        "title": "A Gaussian",
        "abstract": "Underwater scenes.",
        "keywords": ("marine robotics", "vision"),
    }
    assert met(query, **facts) is expected


@pytest.mark.parametrize(
    ("query", "author", "expected"),
    [
        ("author:kerbl", "Bernhard Kerbl", True),
        ('author:"Bernhard Kerbl"', "Bernhard Kerbl", True),
        ('author:"B Kerbl"', "Bernhard Kerbl", True),
        ('author:"B. Kerbl"', "Bernhard Kerbl", True),
        ('author:"Bernhard Kerbl"', "B. Kerbl", True),
        ('author:"C Kerbl"', "Bernhard Kerbl", False),
        ('author:"Kerbl Bernhard"', "Bernhard Kerbl", False),
        ('author:"Jonathan Barron"', "Jonathan T. Barron", True),
        ('author:"Jonathan T. Barron"', "Jonathan Barron", False),
        ('author:"J T Barron"', "Jonathan T. Barron", True),
        ('author:"Bernhard Kopanas"', "Bernhard Georg Kopanas", False),
        ('author:"B Kerbl"', "Bernhard K.", False),
        ('author:"B Kerbl"', "B. K. Smith", False),
        ("author:kerb", "Bernhard Kerbl", False),
        ("author:kerbl", "K. Smith", False),
        ("author:k", "Bernhard Kerbl", False),
        ("author:k", "Bernhard K.", True),
        ("author:william", "Robin Williams", False),
        ("author:williams", "Robin Williams", True),
        ("author:m\u00fcller", "Thomas Muller", True),
        ("author:muller", "Thomas M\u00fcller", True),
        ("author:zhihao", "Zhi-Hao Wang", True),
        ('author:"zhi hao"', "Zhi-Hao Wang", True),
        ('author:"zhihao wang"', "Zhi-Hao Wang", True),
        ("author:jorgensen", "Anna J\u00f8rgensen", True),
        ("author:\u738b", "\u738b\u4f1f", True),
    ],
)
def test_authors(query, author, expected):
    assert met(query, authors=("Somebody Else", author)) is expected


def test_an_author_is_one_person():
    assert not met('author:"Else Kerbl"', authors=("Somebody Else", "Kerbl Bernhard"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cat:cs.CV", True),
        ("cat:cs.cv", True),
        ("cat:cs.GR", True),
        ("cat:cs.*", True),
        ("cat:cs.LG", False),
        ("cat:math.*", False),
        ("-cat:cs.LG x", True),
        ("-cat:cs.GR x", False),
    ],
)
def test_categories_include_cross_lists(query, expected):
    assert met(query, title="X", categories=("cs.CV", "cs.GR", "eess.IV")) is expected


def test_an_archive_is_not_another_that_begins_like_it():
    assert not met("cat:math.*", categories=("math-ph",))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("org:google", True),
        ('org:"google deepmind"', True),
        ('org:"deepmind google"', False),
        ("org:goog", False),
        ("org:inria", False),
    ],
)
def test_organisations(query, expected):
    assert met(query, organization="Google DeepMind") is expected
    assert not met(query)


@pytest.mark.parametrize(
    ("query", "facts", "expected"),
    [
        ("upvotes>=10", {"upvotes": 10}, True),
        ("upvotes>=10", {"upvotes": 9}, False),
        ("upvotes>=10", {}, False),
        ("upvotes>=0", {}, False),
        ("upvotes>=0", {"upvotes": 0}, True),
        ("stars>=5", {"stars": 5, "upvotes": 0}, True),
        ("comments>=5", {"comments": 4}, False),
        ("has:code", {"code_url": "https://github.com/a/b"}, True),
        ("has:code", {"project_url": "https://a.b"}, False),
        ("has:project", {"project_url": "https://a.b"}, True),
        ("in:daily", {"lists": frozenset({"daily"})}, True),
        ("in:trending", {"lists": frozenset({"daily"})}, False),
        ("source:arxiv", {"sources": frozenset({"arxiv", "file"})}, True),
        ("source:huggingface", {"sources": frozenset({"arxiv"})}, False),
        ("-source:huggingface title", {"sources": frozenset({"arxiv"})}, True),
    ],
)
def test_facts(query, facts, expected):
    assert met(query, **facts) is expected


# -- reasons and places ---------------------------------------------------------


def found(query, **facts):
    hit = match(parse(query), prepare(paper(**facts)))
    assert hit is not None
    return hit


def test_words_stand_as_in_the_paper():
    hit = found(
        "gaussian splat* render",
        title="GAUSSIANS: Splatting",
        abstract="Gaussian rendering, rendered.",
    )
    assert hit.words == ("GAUSSIANS", "Splatting", "rendering")
    assert hit.fields == ("title", "abstract")
    assert hit.places == {"title": ((0, 9), (11, 20)), "abstract": ((0, 8), (9, 18), (20, 28))}


def test_a_phrase_is_one_place():
    hit = found('"gaussian splatting"', title="3D Gaussian  Splatting, Gaussian-splatting")
    assert hit.words == ("Gaussian  Splatting",)
    assert hit.places == {"title": ((3, 22), (24, 42))}


def test_places_are_apart_and_leave_out_what_the_query_leaves_out():
    hit = found('"a b" "b c" d -x -(y w)', title="a b c d z", abstract="y")
    assert hit.places == {"title": ((0, 5), (6, 7))}
    assert hit.words == ("a b", "b c", "d")


def test_of_an_or_only_met_sides_are_told():
    hit = found("(a b) OR c OR d", title="a c", abstract="d d")
    assert hit.words == ("c", "d")
    assert hit.places == {"title": ((2, 3),), "abstract": ((0, 1), (2, 3))}


def test_joined_forms_mark_the_whole_chunk():
    assert found("3dgs", title="Fast 3D-GS!").places == {"title": ((5, 10),)}
    assert found("gs", title="Fast 3D-GS!").places == {"title": ((8, 10),)}


def test_places_count_characters_of_the_text_as_it_stands():
    title = "\ufb01eld of na\u0131\u0308ve splat\u00adting"
    hit = found("field splatting", title=title)
    assert [title[start:end] for start, end in hit.places["title"]] == [
        "\ufb01eld",
        "splat\u00adting",
    ]


def test_keywords_are_told_without_places():
    hit = found("robotics", keywords=("Marine Robotics",))
    assert (hit.words, hit.fields, hit.places) == (("Robotics",), ("keywords",), {})


def test_names_are_told():
    hit = found(
        "author:kerbl org:inria x",
        title="X",
        authors=("A B", "Bernhard Kerbl"),
        organization="Inria Paris",
    )
    assert hit.words == ("Bernhard Kerbl", "Inria Paris", "X")
    assert hit.fields == ("title", "authors", "organization")


def test_categories_and_facts_are_told_where_no_words_are():
    assert found("cat:cs.* upvotes>=1", categories=("cs.CV",), upvotes=1).words == ("cs.CV",)
    assert found("cat:cs.*", categories=("cs.CV", "cs.GR")).fields == ("categories",)
    facts = {"upvotes": 1_024, "lists": frozenset({"daily"}), "code_url": "x"}
    assert found("upvotes>=1 in:daily has:code", **facts).words == (
        "1,024 upvotes",
        "Hugging Face daily",
        "code link",
    )
    assert found("stars>=1", stars=1).words == ("1 star",)
    assert found("source:arxiv", sources=frozenset({"arxiv"})).words == ("arXiv",)


def test_the_same_words_are_told_once():
    assert found('splatting "Splatting" title:splatting', title="Splatting").words == ("Splatting",)


# -- tiers of the ranking (DESIGN section 9) -------------------------------------


@pytest.mark.parametrize(
    ("query", "title", "equals", "inside"),
    [
        ("gaussian splatting", "Gaussian Splatting", True, True),
        ("gaussian splattings", "Gaussian Splatting", True, True),
        ("splatting gaussian", "Gaussian Splatting", False, True),
        ('"gaussian splatting"', "Gaussian Splatting", True, True),
        ("gaussian", "Gaussian Splatting", False, True),
        ("gaussian water", "Gaussian Splatting", False, False),
        ("gaussian (splatting OR water)", "Gaussian Splatting", False, True),
        ("water OR gaussian", "Gaussian Splatting", False, True),
        ("sags: structure-aware splatting", "SAGS: Structure-Aware Splatting", True, True),
        ("learning to learn to see", "Learning to Learn to See", True, True),
        ("gaussian splatting -survey", "Gaussian Splatting", True, True),
        ("gaussian splatting cat:cs.CV", "Gaussian Splatting", False, True),
        ("cat:cs.CV", "Gaussian Splatting", False, False),
        ("abstract:water", "Gaussian Splatting", False, False),
        ("splat*", "Gaussian Splatting", False, True),
    ],
)
def test_how_a_query_stands_to_the_title(query, title, equals, inside):
    document = prepare(paper(title=title, abstract="Water.", categories=("cs.CV",)))
    assert equals_title(parse(query), document) is equals
    assert in_title(parse(query), document) is inside
