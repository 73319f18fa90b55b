"""Foreign text and numbers as they may be stored: what both sources' wire formats need alike."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """The text without characters that no database and no XML document takes (C0 controls, halves
    of surrogate pairs), each of them a blank."""
    return _UNSTORABLE.sub(" ", text)


def clean(text: str) -> str:
    """Storable, and white space folded."""
    return " ".join(storable(text).split())


def different(raw: str, plain: str) -> str | None:
    """The source's own text, if it says more than `plain`; white space at its ends says nothing."""
    own = storable(raw).strip()
    return own if own != plain else None
