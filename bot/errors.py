"""The errors that cross a border of the core.

    PaperboyError
    ├── Unusable            a person's mistake: one sentence that names the fix
    │   └── QueryError      … in a query, with the place in its text
    ├── SourceError         a source did not give a usable answer
    │   ├── SourceAway      try later: refused, timed out, 5xx, 429 (`retry_after`)
    │   └── SourceGarbled   it answered something that is not what it documents
    └── StoreError          the database cannot be used; says why and what to do

Everything else that is raised is a bug of ours.  Only the dispatcher and the loop supervisor
catch `Exception`.
"""

from __future__ import annotations

from datetime import timedelta


class PaperboyError(Exception):
    """Base of all errors that the program expects."""


class Unusable(PaperboyError):
    """What a person asked for cannot be done; the message is one sentence that names the fix.

    `fix` is a corrected command or query text that can be offered as a button, or None.
    `usage` is the usage line of the command it belongs to, or None.
    """

    def __init__(self, message: str, *, fix: str | None = None, usage: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.usage = usage


class QueryError(Unusable):
    """A query that cannot be read, at `text[start:end]` (0 <= start <= end <= len(text)).

    `command` is what the query stands behind when its fix is run, such as `edit 1`.
    """

    command: str | None = None

    def __init__(
        self, message: str, *, text: str, start: int, end: int, fix: str | None = None
    ) -> None:
        super().__init__(message, fix=fix)
        self.text = text
        self.start = start
        self.end = end


class SourceError(PaperboyError):
    """A source gave no usable answer."""


class SourceAway(SourceError):
    """The source cannot be reached or refuses for now; `retry_after` where it said so."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SourceGarbled(SourceError):
    """The source answered, but not in the format that it documents."""


class StoreError(PaperboyError):
    """The database cannot be used; the message says why and what to do about it."""
