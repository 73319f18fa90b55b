"""Reads conditions on numbers: `upvotes>=20`."""

from __future__ import annotations

import re

from bot.query.mistakes import Mistake
from bot.query.term import Term, nearest
from bot.query.values import Count, Number

NAMES = tuple(map(str, Count))

_COMPARED = re.compile(r"(\w+?)\s*([<>=]{1,2})\s*(.*)", re.DOTALL)
_WHOLE = re.compile(r"[0-9]{1,9}")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,_.][0-9]{3})+|[0-9]{1,6}k", re.IGNORECASE)


def compared(term: Term) -> Number:
    """The node of a COMPARED token.  Raises Mistake."""
    found = _COMPARED.fullmatch(term.value)
    assert found is not None
    name, sign, value = found[1].casefold(), found[2], found[3]
    if name not in NAMES:
        raise _not_comparable(term, name, sign, value)
    return number(term, Count(name), sign, value)


def number(term: Term, count: Count, sign: str, value: str) -> Number:
    """The node of a count, a sign of comparison and what stands after it.  Raises Mistake."""
    shown = value if _WHOLE.fullmatch(value) else "10"
    if sign in {"<", "<=", "=<"}:
        raise term.wrong(
            f"Numbers are compared with >= only: {count}>={shown} asks for {shown} or more."
        )
    if not value:
        raise term.wrong(f"{count} needs a number after it, such as {count}>=10.", f"{count}>=10")
    if _GROUPED.fullmatch(value):
        whole = re.sub("[,_.]", "", value.casefold()).replace("k", "000")
        raise term.wrong(f"{value} is written {whole} here.", f"{count}>={whole}")
    if not _WHOLE.fullmatch(value):
        raise term.wrong(f"{value} is no whole number, such as {count}>=10 has.")
    if sign != ">=":
        raise term.wrong("Numbers are compared with >= only.", f"{count}>={int(value)}")
    return Number(count=count, least=int(value))


def _not_comparable(term: Term, name: str, sign: str, value: str) -> Mistake:
    near = nearest(name, NAMES, {"votes": "upvotes", "likes": "upvotes", "star": "stars"})
    quoted = '"' + term.value + '"'
    return term.wrong(
        f"{name}{sign} is not known: only upvotes, stars and comments can be compared, with >=.",
        *([f"{near}>={value}"] if near else []),
        quoted,
    )
