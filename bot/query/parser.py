"""From a typed text to a Query, or to the sentence that says what is wrong and where.

It decides how terms hang together and which combinations mean nothing (DESIGN section 3); terms by
themselves are `bot.query.reading`, the order of tokens `bot.query.mistakes`.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from bot.errors import QueryError
from bot.query.mistakes import Mistake, check, spliced
from bot.query.normal import Normal, normal
from bot.query.reading import read
from bot.query.values import And, Changing, Node, Not, Or, Query, brings, leaves

LONGEST = 500
"""Characters of a query, as typed without platform markup, and as its canonical text."""

_LONGEST_TYPED = 20_000  # beyond this nothing is looked at
_MOST_REPAIRS = 12
_LONGEST_TOLD = 160


def parse(text: str) -> Query:
    """The query that the text says.

    Raises QueryError, whose place lies in `text` as it was typed and whose `fix`, if there is one,
    is a text that can be parsed.
    """
    if len(text) > _LONGEST_TYPED:
        raise QueryError(_too_long(len(text)), text=text, start=LONGEST, end=len(text))
    plain = normal(text)
    try:
        return _parsed(plain.text)
    except Mistake as mistake:
        raise _told(mistake, text, plain) from None


def _told(mistake: Mistake, text: str, plain: Normal) -> QueryError:
    fix = _first_that_parses(mistake)
    message = mistake.message
    if fix is not None and len(fix) <= _LONGEST_TOLD:
        message += f" Did you mean {fix}?"
    if mistake.hint:
        message += f" {mistake.hint}"
    start, end = plain.origin(mistake.start, mistake.end)
    return QueryError(message, text=text, start=start, end=end, fix=fix)


def _first_that_parses(mistake: Mistake) -> str | None:
    """The best of the fixes; one that has mistakes of its own is repaired in turn."""
    waiting = list(mistake.fixes)
    tried: set[str] = set()
    while waiting and len(tried) < _MOST_REPAIRS:
        fix = waiting.pop(0)
        if fix in tried:
            continue
        tried.add(fix)
        try:
            _parsed(normal(fix).text)
        except Mistake as another:
            waiting = [*another.fixes, *waiting]
        else:
            return fix
    return None


@lru_cache(maxsize=1 << 10)
def _parsed(text: str) -> Query:
    if not text.strip():
        raise Mistake("There is nothing to search for. Add a word to find.", 0, len(text))
    if len(text) > LONGEST:
        raise Mistake(_too_long(len(text)), LONGEST, len(text))
    parser = _parser()
    check(list(parser.lex(text)), text)
    try:
        tree = parser.parse(text)
    except LarkError as error:  # `check` knows every order that the grammar refuses
        raise AssertionError(f"the grammar refuses {text!r}") from error
    root = _Reader(text).node(tree)
    if not brings(root):
        raise Mistake("This only says what to leave out. Add a word to find.", 0, len(text))
    query = Query(root)
    if len(str(query)) > LONGEST:
        raise Mistake(_too_long(len(str(query))), 0, len(text))
    return query


def _too_long(length: int) -> str:
    return f"A query has at most {LONGEST} characters; this has {length:,}."


@cache
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", propagate_positions=True)


class _Reader:
    """Turns the tree of one text into nodes.  `check` has bounded the tree's depth."""

    def __init__(self, text: str) -> None:
        self.text = text

    def node(self, tree: Tree[Token]) -> Node:
        children = [child for child in tree.children if isinstance(child, Tree)]
        match tree.data:
            case "term":
                return read(_token(tree), self.text)
            case "group":
                return self.node(children[0])
            case "negation":
                return self.negation(tree, self.node(children[0]))
            case "both":
                return _joined(And, map(self.node, children))
            case _:
                return self.either(tree, children)

    def negation(self, tree: Tree[Token], item: Node) -> Node:
        start, end = _span(tree)
        for leaf in leaves(item):
            if isinstance(leaf, Changing):
                raise Mistake(
                    f"{leaf} changes with time, so it cannot be left out.",
                    start,
                    end,
                    spliced(self.text, start, end, " "),
                    spliced(self.text, start, end, f" {leaf} "),
                )
        return item.item if isinstance(item, Not) else Not(item=item)

    def either(self, tree: Tree[Token], children: list[Tree[Token]]) -> Node:
        sides = [self.node(child) for child in children]
        for side, child in zip(sides, children, strict=True):
            if not brings(side):
                start, end = _span(child)
                raise Mistake(
                    f"{self.text[start:end]} only says what to leave out; every side of an OR "
                    "needs a word to find.",
                    start,
                    end,
                    self.moved(tree, sides),
                )
        return _joined(Or, sides)

    def moved(self, tree: Tree[Token], sides: list[Node]) -> str:
        """The text with what an OR leaves out moved behind it: `a OR -b` → `a -b`."""
        finds = [side for side in sides if brings(side)]
        rest = [side for side in sides if not brings(side)]
        instead = str(_joined(And, [*([_joined(Or, finds)] if finds else []), *rest]))
        start, end = _span(tree)
        alone = not self.text[:start].strip() and not self.text[end:].strip()
        grouped = self.text[:start].endswith("(") and self.text[end:].startswith(")")
        return spliced(self.text, start, end, instead if alone or grouped else f" ({instead}) ")


def _joined(kind: type[And | Or], nodes: list[Node] | map[Node]) -> Node:
    """The nodes under one And or Or: flat, each once; a single one stands alone."""
    items: dict[Node, None] = {}
    for node in nodes:
        items.update(dict.fromkeys(node.items if isinstance(node, kind) else (node,)))
    return next(iter(items)) if len(items) == 1 else kind(items=tuple(items))


def _token(tree: Tree[Token]) -> Token:
    (token,) = (child for child in tree.children if isinstance(child, Token))
    return token


def _span(tree: Tree[Token]) -> tuple[int, int]:
    return tree.meta.start_pos, tree.meta.end_pos
