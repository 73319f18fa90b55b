"""Where a text has the words that are sought; knows neither papers nor queries."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bot.query.documents import Span, Text
from bot.query.sought import Form, Run, Sought
from bot.text.analysis import is_initial

Positions = dict[str, list[Span]]


def adjacent_in(text: Text, what: Sought) -> bool:
    """Whether the text has the words at adjacent positions, or the one word that is all of them."""
    known = text.stems if what.form is Form.STEM else text.written
    if what.whole in known:
        return True
    # Most texts lack some word: that is cheaper to see than where the others stand.
    for slot in what.slots:
        if not any(known.issuperset(run) for run in slot):
            return False
    if len(what.slots) == 1 and any(len(run) == 1 and run[0] in known for run in what.slots[0]):
        return True
    at = _positions(text, what)
    return any(_ends(at, what.slots, start) for start in _starts(at, what.slots[0]))


def adjacent_spans(text: Text, what: Sought) -> Iterator[Span]:
    """Every place where the text has them, in characters of the text, in no order."""
    at = _positions(text, what)
    found = {
        (start, end) for start in _starts(at, what.slots[0]) for end in _ends(at, what.slots, start)
    }
    if what.whole is not None:
        found.update(at.get(what.whole, ()))
    # The places of all its words are worked out only for a text that has some to show.
    for first, last in found:
        yield text.parts[first].start, text.parts[last - 1].end


def has_prefix(text: Text, start: str, same: str) -> bool:
    """Whether a written form begins with `start` or is `same`."""
    return same in text.written or f" {start}" in text.beginnings


def prefix_spans(text: Text, start: str, same: str) -> Iterator[Span]:
    """The places of all such words, in characters of the text."""
    if not has_prefix(text, start, same):
        return
    for token in text.tokens:
        if token.written == same or token.written.startswith(start):
            yield token.start, token.end


def _positions(text: Text, what: Sought) -> Positions:
    return text.stems_at if what.form is Form.STEM else text.written_at


def _starts(at: Positions, slot: tuple[Run, ...]) -> set[int]:
    return {start for run in slot for start, _ in at.get(run[0], ())}


def _ends(at: Positions, slots: tuple[tuple[Run, ...], ...], start: int) -> set[int]:
    """One past the last position of every way to read all slots from `start` on."""
    reached = {start}
    for slot in slots:
        reached = set().union(*(_after(at, run, reached) for run in slot))
        if not reached:
            break
    return reached


def _after(at: Positions, run: Run, reached: Collection[int]) -> Collection[int]:
    for word in run:
        reached = {end for start, end in at.get(word, ()) if start in reached}
        if not reached:
            break
    return reached


# -- names ---------------------------------------------------------------------

NameWords = tuple[tuple[str, int, int], ...]
"""Word, first position and number of positions, as `bot.text.analysis.names` gives them."""


def name_meets(name: NameWords, sought: NameWords, *, only_initials: bool) -> bool:
    """Whether one author's name has the sought words, adjacent.

    An initial stands for a word that begins with it, on either side, but at least one word must be
    the same in full; initials of the name that the query leaves out are passed over (`Jonathan
    Barron` meets Jonathan T. Barron).  A query of initials only means just these.
    """
    if not name:
        return False
    width = max(position + length for _, position, length in sought)
    for begin in {position for _, position, _ in name}:
        # (position in the name, position in the query, whether a word was the same in full)
        todo = [(begin, 0, False)]
        while todo:
            here, asked, sure = todo.pop()
            if asked == width:
                if sure or only_initials:
                    return True
                continue
            todo += _name_steps(name, sought, here, asked, sure=sure, exact=only_initials)
    return False


def _name_steps(
    name: NameWords, sought: NameWords, here: int, asked: int, *, sure: bool, exact: bool
) -> Iterator[tuple[int, int, bool]]:
    for word, position, length in name:
        if position != here:
            continue
        if asked and not exact and is_initial(word):
            yield here + length, asked, sure
        for wanted, at, covered in sought:
            if at != asked:
                continue
            if word == wanted:
                yield here + length, asked + covered, sure or not is_initial(word)
            elif not exact and _abbreviates(word, wanted):
                yield here + length, asked + covered, sure


def _abbreviates(word: str, other: str) -> bool:
    return (is_initial(word) and other.startswith(word)) or (
        is_initial(other) and word.startswith(other)
    )
