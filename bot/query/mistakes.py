"""What is wrong with the order of a query's words, and the sentence that says how to mend it.

It looks at the row of tokens only: operators with nothing beside them, parentheses, quotes, limits.
What is wrong inside one term is `bot.query.reading`.
"""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

MOST_TERMS = 32
DEEPEST = 8

TERMS = frozenset({"FIELDED", "COMPARED", "QUOTED", "WORD"})
_OPERATORS = frozenset({"OR", "AND"})
_NEGATIONS = frozenset({"NOT", "MINUS"})
_WANTS_MORE = _OPERATORS | _NEGATIONS


class Mistake(Exception):  # noqa: N818 - it is told to a person, who made it
    """Something that cannot be read: `text[start:end]` of the normal text, and in `fixes` whole
    texts that may be meant, best first; they may have mistakes of their own.

    `hint` is said after the fix.
    """

    def __init__(
        self, message: str, start: int, end: int, *fixes: str, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.fixes = fixes
        self.hint = hint


def spliced(text: str, start: int, end: int, by: str) -> str:
    """The text with `by` at `[start, end)`, without double spaces or spaces inside parentheses."""
    words = " ".join(f"{text[:start]}{by}{text[end:]}".split())
    return words.replace("( ", "(").replace(" )", ")")


def check(tokens: Sequence[Token], text: str) -> None:
    """Raise a Mistake unless the tokens stand in an order that the grammar reads."""
    if not tokens:
        raise Mistake(
            "There is no letter or digit to search for. Add a word to find.", 0, len(text)
        )
    opened: list[Token] = []
    before: Token | None = None
    negations = 0
    for token in tokens:
        _check_mark(token, text)
        _check_neighbours(before, token, text)
        negations = negations + 1 if token.type in _NEGATIONS else 0
        _check_parenthesis(opened, token, text)
        if len(opened) > DEEPEST or negations > DEEPEST:
            raise Mistake(f"Groups stand at most {DEEPEST} deep in one another.", *_span(token))
        before = token
    if before is not None and before.type in _WANTS_MORE:
        raise _nothing_after(before, text)
    if opened:
        raise Mistake("This parenthesis is never closed.", *_span(opened[-1]), f"{text})")
    _check_number([token for token in tokens if token.type in TERMS], text)


def _span(token: Token) -> tuple[int, int]:
    assert token.start_pos is not None
    assert token.end_pos is not None
    return token.start_pos, token.end_pos


def _check_mark(token: Token, text: str) -> None:
    start, end = _span(token)
    if token.type == "LONE":
        raise Mistake(
            "A minus stands directly before the word that it leaves out.",
            start,
            end,
            text[:end] + text[end:].lstrip(),
            spliced(text, start, end, " "),
        )
    if token.type == "FIELD_GROUP":
        raise Mistake(
            f"{token} takes one word or a quoted phrase, not a group.",
            start,
            end,
            _distributed(token, text),
            spliced(text, start, end, ""),
        )
    if token.type == "QUOTED" and is_open(token):
        raise open_quote(text, start)


def _distributed(field: Token, text: str) -> str:
    """`title:(a b)` as `(title:a title:b)`, where the group has only words."""
    start, end = _span(field)
    group, closing, rest = text[end + 1 :].partition(")")
    words = " ".join(
        word if word in {"OR", "AND", "|"} else f"{field}{word}" for word in group.split()
    )
    return f"{text[:start]}({words}{closing}{rest}"


def is_open(quoted: str) -> bool:
    """Whether a quote has a beginning only."""
    return len(quoted) == 1 or not quoted.endswith('"')


def open_quote(text: str, start: int) -> Mistake:
    """The quote at `start` has no end."""
    following = text[start + 1 :].split()
    where = f"The quote before {following[0]}" if following else "The quote at the end"
    closed = f'{text[:start]}"{" ".join(following)}"'
    return Mistake(
        f"{where} is never closed.", start, len(text), closed, spliced(text, start, start + 1, " ")
    )


def _check_neighbours(before: Token | None, token: Token, text: str) -> None:
    wanting = before is None or before.type in _WANTS_MORE or before.type == "LPAR"
    if token.type in _OPERATORS and wanting:
        raise _nothing_before(before, token, text)
    if token.type == "RPAR" and before is not None and before.type in _WANTS_MORE:
        raise _nothing_after(before, text)
    if token.type == "RPAR" and before is not None and before.type == "LPAR":
        start, end = _span(before)[0], _span(token)[1]
        raise Mistake(
            "There is nothing between the parentheses.", start, end, spliced(text, start, end, " ")
        )


def _check_parenthesis(opened: list[Token], token: Token, text: str) -> None:
    if token.type == "LPAR":
        opened.append(token)
    elif token.type == "RPAR":
        if not opened:
            start, end = _span(token)
            raise Mistake(
                "This parenthesis was never opened.", start, end, spliced(text, start, end, " ")
            )
        opened.pop()


def _check_number(terms: Sequence[Token], text: str) -> None:
    if len(terms) > MOST_TERMS:
        raise Mistake(
            f"A query has at most {MOST_TERMS} words and conditions; this has {len(terms)}.",
            _span(terms[MOST_TERMS])[0],
            len(text),
        )


def _nothing_before(before: Token | None, token: Token, text: str) -> Mistake:
    start, end = _span(token)
    beside = before is not None and before.type in _WANTS_MORE
    return Mistake(
        f"{before} and {token} stand side by side."
        if beside
        else f"{token} has nothing before it.",
        start,
        end,
        spliced(text, start, end, " "),
        spliced(text, start, end, f' "{token}" '),
    )


def _nothing_after(operator: Token, text: str) -> Mistake:
    start, end = _span(operator)
    name = "The minus" if operator.type == "MINUS" else str(operator)
    return Mistake(
        f"{name} has nothing after it.",
        start,
        end,
        spliced(text, start, end, " "),
        spliced(text, start, end, f' "{operator}" '),
    )
