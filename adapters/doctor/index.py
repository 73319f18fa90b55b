"""Judges the search index, which is a cache: what is wrong with it mends itself at the next start.

It reads the files of `adapters.search.folder` as they lie there and opens no index.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adapters.doctor.database import Facts
from adapters.doctor.findings import Check, Finding, counted, ok, warn
from adapters.search.entries import stamp
from adapters.search.folder import ABSENT, Folder, Unfit

REBUILT = "Nothing has to be done: it is made anew when `paperboy run` starts."


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """Up to which paper it goes, or why it cannot be used."""

    seq: int = 0
    unfit: str | None = None


def look(folder: Path, *, shared: bool) -> IndexState:
    """`shared`: another process may be committing to it, so that files come and go."""
    for last in (False, True):
        try:
            return IndexState(seq=Folder(folder).check(stamp()).seq)
        except Unfit as error:
            state = IndexState(unfit=str(error))
        except OSError as error:
            state = IndexState(unfit=f"it cannot be read: {error.strerror}")
        if last or not shared:
            break
    return state


def check(state: IndexState, facts: Facts | None, *, running: bool) -> Finding:
    newest = facts.newest_seq if facts else 0
    broken = _broken(state, newest if facts else None)
    if broken is not None:
        what, why = broken
        fix = "Start Paperboy again; it is made anew then." if running else REBUILT
        return warn(Check.INDEX, what, why=why, fix=fix)
    if state.unfit == ABSENT:
        return ok(Check.INDEX, "There is none yet; `paperboy run` makes it.")
    if facts is not None and facts.behind:
        when = "the running process takes them in" if running else "taken in at the next start"
        count = counted(facts.behind, "paper", "papers")
        return ok(Check.INDEX, f"It is behind by {count}; {when}.")
    return ok(Check.INDEX, "It is sound" + (" and has every stored paper." if facts else "."))


def _broken(state: IndexState, newest: int | None) -> tuple[str, str] | None:
    """What is wrong with it and why, if anything; `newest` is the store's newest number."""
    if state.unfit == ABSENT:
        missing = "There is none, though papers are stored."
        return (missing, "It was removed, or the papers came without it.") if newest else None
    if state.unfit is not None:
        return "It cannot be used.", f"{state.unfit[0].upper()}{state.unfit[1:].rstrip('.')}."
    if newest is not None and state.seq > newest:
        ahead = "It is ahead of the database."
        return ahead, "The database is older than it, such as one that came out of a backup."
    return None
