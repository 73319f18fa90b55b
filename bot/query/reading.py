"""One term of a query: from its token to its node, or to the sentence that says what is wrong.

It decides which fields there are and what each takes, and the canonical text of terms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from lark import Token

from bot.query.amounts import NAMES, compared, number
from bot.query.canonical import canonical, plain
from bot.query.categories import category
from bot.query.mistakes import Mistake, is_open, open_quote, spliced
from bot.query.term import Term, nearest
from bot.query.values import (
    Author,
    Count,
    Has,
    Leaf,
    Link,
    ListedIn,
    ListName,
    Org,
    Phrase,
    Prefix,
    SourceIs,
    SourceName,
    TextField,
    Word,
)
from bot.text.analysis import chunk_spans

SHORTEST_PREFIX = 3

FIELDS = ("title", "abstract", "keyword", "author", "cat", "org", "has", "in", "source")
_MEANT = {
    "ti": "title",
    "abs": "abstract",
    "summary": "abstract",
    "au": "author",
    "name": "author",
    "kw": "keyword",
    "tag": "keyword",
    "category": "cat",
    "subject": "cat",
    "organisation": "org",
    "organization": "org",
    "affiliation": "org",
    "list": "in",
    "src": "source",
    "from": "source",
}
# Options of commands (DESIGN section 2): never a field, and no misspelt one either.
_OPTIONS = frozenset(
    {"when", "at", "on", "tz", "top", "to", "ping", "backfill", "layout"}
    | {"sort", "after", "before", "until", "quiet", "cap", "notices"}
)


def read(token: Token, text: str) -> Leaf:
    """The node of a FIELDED, COMPARED, QUOTED or WORD token of `text`.  Raises Mistake."""
    term = Term(token, text)
    match token.type:
        case "FIELDED":
            return _fielded(term)
        case "COMPARED":
            return compared(term)
        case "QUOTED":
            return _phrase(term, term.value, None)
        case _:
            return _bare(term)


# -- words ---------------------------------------------------------------------


def _bare(term: Term) -> Leaf:
    if re.match(r"[<>=≥≤]{1,2}[0-9]", term.value):
        number = term.value.lstrip("<>=≥≤")
        raise term.wrong(f"{term.value} does not say of what.", f"upvotes>={number}")
    return _word(term, term.value, None)


def _word(term: Term, value: str, field: TextField | None) -> Word | Prefix:
    if "*" in value:
        return _prefix(term, value, field)
    text = canonical(value, "/")
    if not text:
        raise _empty(term, value)
    return Word(text=text, field=field)


def _phrase(term: Term, value: str, field: TextField | None) -> Phrase:
    text = canonical(value.strip('"'), " ")
    if not text:
        raise term.without("There is no letter or digit between the quotes.")
    return Phrase(text=text, field=field)


def _prefix(term: Term, value: str, field: TextField | None) -> Prefix:
    tied = f"{field}:" if field else ""
    start, _, rest = value.partition("*")
    chunks = chunk_spans(plain(start))
    if rest.strip("*") or not start:
        raise term.wrong(
            f"The * in {value} stands only at the end of a word.",
            f"{tied}{start}*",
            f"{tied}{value.replace('*', '')}",
        )
    if len(chunks) != 1 or (chunks[0][2].joined is None and chunks[0][2].width > 1):
        raise term.wrong(
            f"{value} begins several words; a * stands after the beginning of one.",
            f"{tied}{start}",
            f'{tied}"{start}"',
        )
    text = canonical(start, "").replace("-", "")
    if len(text) < SHORTEST_PREFIX:
        raise term.wrong(
            f"{value} is too short: a * needs at least three letters before it.",
            f"{tied}{start}",
        )
    return Prefix(text=text, field=field)


def _empty(term: Term, value: str) -> Mistake:
    return term.without(f"{value} has no letter or digit to search for.")


# -- fields --------------------------------------------------------------------


def _fielded(term: Term) -> Leaf:
    name, _, value = term.value.partition(":")
    name = name.casefold()
    if name not in FIELDS:
        return _unknown(term, name, value)
    if value.startswith('"') and is_open(value):
        raise open_quote(term.text, term.end - len(value))
    if not value:
        raise _nothing_in_field(term, name)
    if value.startswith("-") and canonical(value, ""):
        raise term.wrong(
            f"The minus stands before the field: -{name}:{value[1:]}.", f"-{name}:{value[1:]}"
        )
    return _READERS[name](term, value)


def _nothing_in_field(term: Term, name: str) -> Mistake:
    rest = term.text[term.end :].lstrip()
    return Mistake(
        f"{name}: has nothing after it.",
        term.start,
        term.end,
        f"{term.text[: term.start]}{name}:{rest}",
        spliced(term.text, term.start, term.end, " "),
        spliced(term.text, term.start, term.end, f" {name} "),
    )


def _unknown(term: Term, name: str, value: str) -> Leaf:
    if name == "like":
        raise term.wrong(
            "like: needs the search by meaning, which is not installed here.",
            value.strip('"') if canonical(value, "") else "",
            "",
        )
    if name in NAMES:
        return number(term, Count(name), ":", value)
    near = None if name in _OPTIONS else nearest(name, FIELDS, _MEANT)
    if not value and near is None and name not in _OPTIONS:
        # "SAGS: Structure-Aware …": a pasted title, whose colon is no field's.
        return _word(term, name, None)
    quoted = '"' + term.value.replace('"', "") + '"'
    if near is None:
        known = ", ".join(f"{field}:" for field in FIELDS)
        raise term.wrong(f"There is no field {name}: (there are {known}).", quoted)
    if not value:
        raise term.wrong(
            f"There is no field {name}:.", f"{near}:", hint=f"Quote {quoted} to search for it."
        )
    raise term.wrong(
        f"There is no field {name}:.",
        f"{near}:{value}",
        quoted,
        hint=f"To search for the words themselves, quote them: {quoted}.",
    )


def _in_text(field: TextField) -> Callable[[Term, str], Leaf]:
    def reader(term: Term, value: str) -> Leaf:
        if value.startswith('"'):
            return _phrase(term, value, field)
        return _word(term, value, field)

    return reader


def _author(term: Term, value: str) -> Author:
    return Author(name=_name(term, value))


def _org(term: Term, value: str) -> Org:
    return Org(name=_name(term, value))


def _name(term: Term, value: str) -> str:
    field = term.value.partition(":")[0].casefold()
    if "*" in value:
        raise term.wrong(
            f"{field}: takes whole words, without a *.", f"{field}:{value.replace('*', '')}"
        )
    name = canonical(value.strip('"'), " ")
    if not name:
        raise _empty(term, value)
    return name


def _one_of(kinds: type[StrEnum], meant: dict[str, str]) -> Callable[[Term, str], str]:
    def reader(term: Term, value: str) -> str:
        field = term.value.partition(":")[0].casefold()
        name = value.strip('"').casefold()
        if name in set(kinds):
            return name
        near = nearest(name, kinds, meant)
        known = " or ".join(f"{field}:{kind}" for kind in kinds)
        raise term.wrong(
            f"{field}:{value} is not known: there is {known}.",
            *([f"{field}:{near}"] if near else []),
        )

    return reader


_link = _one_of(Link, {"github": "code", "repo": "code", "page": "project", "website": "project"})
_list = _one_of(
    ListName, {"today": "daily", "day": "daily", "papers": "daily", "trend": "trending"}
)
_source = _one_of(SourceName, {"hf": "huggingface", "hugging": "huggingface", "load": "file"})

_READERS: dict[str, Callable[[Term, str], Leaf]] = {
    "title": _in_text(TextField.TITLE),
    "abstract": _in_text(TextField.ABSTRACT),
    "keyword": _in_text(TextField.KEYWORD),
    "author": _author,
    "org": _org,
    "cat": category,
    "has": lambda term, value: Has(link=Link(_link(term, value))),
    "in": lambda term, value: ListedIn(list=ListName(_list(term, value))),
    "source": lambda term, value: SourceIs(source=SourceName(_source(term, value))),
}
