"""Reads `cat:`: how arXiv's categories are written, and what someone meant who wrote another."""

from __future__ import annotations

import re
from difflib import get_close_matches

from bot.query.mistakes import Mistake
from bot.query.term import Term
from bot.query.values import Category

# arXiv's archives, https://arxiv.org/category_taxonomy; those before 2007 stand on old papers.
_WITH_SUBJECTS = frozenset(
    {"cs", "econ", "eess", "math", "nlin", "physics", "q-bio", "q-fin", "stat"}
)
_WITHOUT = frozenset(
    {"astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph"}
    | {"nucl-ex", "nucl-th", "quant-ph", "acc-phys", "adap-org", "alg-geom", "ao-sci", "atom-ph"}
    | {"bayes-an", "chao-dyn", "chem-ph", "cmp-lg", "comp-gas", "dg-ga", "funct-an", "mtrl-th"}
    | {"patt-sol", "plasm-ph", "q-alg", "solv-int", "supr-con"}
)
_ARCHIVES = _WITH_SUBJECTS | _WITHOUT
_CATEGORY = re.compile(r"([a-z][a-z-]*)(?:\.(\*|[a-z][a-z-]*))?", re.IGNORECASE)
_SUBJECT_CODE = 2  # cs.CV, math.AG: two letters are written as capitals, longer ones are not


def category(term: Term, value: str) -> Category:
    """The node of `cat:value`.  Raises Mistake."""
    value = value.strip('"').rstrip(".,;")
    found = _CATEGORY.fullmatch(value)
    archive, subject = (found[1].lower(), found[2]) if found else (value.lower(), None)
    if archive not in _ARCHIVES:
        raise _no_category(term, value, archive.partition(".")[0].rstrip("*"))
    if subject is None and archive in _WITH_SUBJECTS:
        raise term.wrong(
            f"{archive} is an archive of many categories; cat:{archive}.* is all of them.",
            f"cat:{archive}.*",
        )
    if subject is None:
        return Category(pattern=archive)
    subject = subject.upper() if len(subject) == _SUBJECT_CODE else subject.lower()
    return Category(pattern=f"{archive}.{subject}")


def _no_category(term: Term, value: str, archive: str) -> Mistake:
    if archive in _WITH_SUBJECTS:
        meant = [f"cat:{archive}.*"]
    elif value.isascii() and value.isalpha() and len(value) == _SUBJECT_CODE:
        meant = [f"cat:cs.{value.upper()}"]
    else:
        _, dot, subject = value.partition(".")
        near = get_close_matches(archive, sorted(_ARCHIVES), n=1, cutoff=0.6)
        meant = [f"cat:{name}{dot}{subject}" for name in near]
    return term.wrong(
        f"{value} is no arXiv category; they are written like cs.CV, all of an archive like cs.*.",
        *meant,
    )
