r"""How many words of a TeX source are missing from its readable form: a measure, not a converter.

A word is a run of letters and digits of the source as it stands, but for: the names of commands;
the keys of citations, labels, environments and colours; the address of a `\href` whose text is the
same address; code points; and units (`\micro\meter` is shown as µm).  Letters that TeX accents or
styles cut apart (`Fr\'echet`, `\textbf{D}eep`) count as the pieces they are.  The result is folded
(NFKC, accents off, lower case, letters and digits only), and each word must be found in it in
order, within `REACH` characters of where the last one was found, so that no word is excused by its
namesake elsewhere.
"""

from __future__ import annotations

import re
import unicodedata

REACH = 60
_NOT_WORDS = re.compile(
    r"\\(?:cite|citep|citealp|parencite|autocite|footcite|nocite|label|begin|end|color|textcolor|hspace|vspace"
    r"|hypersetup|unicode|si|scalebox|hyperlink)\*?\s*(?:\[[^\]]*\])*\{[^{}]*\}"
    r"|\\(?:SI|qty)\s*(?:\[[^\]]*\])*\{[^{}]*\}(?=\{)"
    r"|\\u[0-9a-fA-F]{4}"
)
_SAME_LINK = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{\s*(?:\\\w+\s*\{)?\s*\1\s*\}")
_LINK = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?")
_WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if c.isalnum() and not unicodedata.combining(c))


def source_words(raw: str) -> list[str]:
    text = _SAME_LINK.sub(r"\1", " ".join(raw.split()))
    text = _LINK.sub(r"\2 \1", text)  # a link is shown as its text, then its address
    text = _COMMAND.sub(" ", _NOT_WORDS.sub(" ", text))
    return [word for word in map(folded, _WORD.findall(text)) if word]


def lost_words(raw: str, plain: str) -> list[str]:
    """The words of `raw` that `plain` does not have, in order."""
    shown = folded(plain)
    place = slack = 0
    lost: list[str] = []
    for word in source_words(raw):
        found = shown.find(word, place, place + REACH + slack + len(word))
        if found < 0:
            lost.append(word)
            slack += len(word)
        else:
            place, slack = found + len(word), 0
    return lost
