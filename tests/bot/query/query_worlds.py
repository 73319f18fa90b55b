"""Queries and papers drawn from one small vocabulary, so that they meet often."""

from hypothesis import strategies as st

from bot.domain.papers import Paper, PaperId
from bot.query.canonical import canonical
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
    Query,
    SourceIs,
    SourceName,
    TextField,
    Word,
)

WORDS = [
    *("gaussian", "Gaussians", "splatting", "splats", "GS", "3D", "3DGS", "3D-GS", "3d-gs-slam"),
    *("nerf", "NeRFs", "slam", "SLAM", "na\u00efve", "naive", "\ufb01eld", "fields", "c++", "C#"),
    *("multi-agent", "multiagents", "\u9ad8\u65af", "\u9ad8", "don't", "news", "new", "LLMs"),
    *("llm", "x-ray", "state-of-the-art", "splat\u00adting", "a/b", "\u2013", "e\u0301t\u00e9"),
]
NAMES = ["Bernhard Kerbl", "B. Kerbl", "Jonathan T. Barron", "Zhi-Hao Wang", "M\u00fcller", "Li L"]
CATEGORIES = ["cs.CV", "cs.GR", "math.AG", "hep-th", "stat.ML"]
ORGS = ["Google DeepMind", "Inria", "3D-GS Labs"]

words = st.sampled_from(WORDS)
texts = st.lists(words, max_size=8).map(" ".join)
spoken = st.lists(words.filter(lambda word: word != "\u2013"), min_size=1, max_size=3)
fields = st.none() | st.sampled_from(TextField)

papers = st.builds(
    Paper,
    id=st.just(PaperId("arxiv:1")),
    title=texts,
    abstract=texts,
    keywords=st.lists(texts, max_size=2).map(tuple),
    authors=st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=2).map(tuple),
    organization=st.none() | st.sampled_from(ORGS),
    upvotes=st.none() | st.integers(0, 3),
    code_url=st.none() | st.just("https://github.com/a/b"),
    sources=st.frozensets(st.sampled_from(["arxiv", "huggingface"])),
    lists=st.frozensets(st.sampled_from(["daily", "trending"])),
)

text_terms = (
    st.builds(
        Word,
        text=words.map(lambda word: canonical(word, "/")).filter(bool),
        field=fields,
    )
    | st.builds(Phrase, text=spoken.map(lambda said: canonical(" ".join(said), " ")), field=fields)
    | st.builds(
        Prefix,
        text=st.sampled_from(["spl", "gauss", "gaussians", "3dg", "multiag", "nai", "fields"]),
        field=fields,
    )
)
names = st.sampled_from([*NAMES, "kerbl", "B Kerbl", "Jonathan Barron", "zhihao", "l", "Kerbl B"])
steady_terms = (
    text_terms
    | st.builds(Author, name=names.map(lambda name: canonical(name, " ")))
    | st.builds(Category, pattern=st.sampled_from([*CATEGORIES, "cs.*", "math.*"]))
    | st.builds(Org, name=st.sampled_from(["inria", "google deepmind", "3dgs", "labs"]))
    | st.builds(SourceIs, source=st.sampled_from(SourceName))
)
terms = (
    steady_terms
    | st.builds(Number, count=st.sampled_from(Count), least=st.integers(0, 3))
    | st.builds(Has, link=st.sampled_from(Link))
    | st.builds(ListedIn, list=st.sampled_from(ListName))
)


def _groups(items):
    several = st.lists(items, min_size=2, max_size=3).map(tuple)
    return st.builds(And, items=several) | st.builds(Or, items=several) | st.builds(Not, item=items)


nodes = st.recursive(terms, _groups, max_leaves=6)
"""Any trees, also such as cannot be typed."""

queries = nodes.map(Query)
