"""What SQLite says when it cannot work, as a StoreError that names the fix.

Only what the disk, the file or another program causes is translated; a broken constraint or wrong
SQL is a bug of ours and stays what it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.errors import StoreError

_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk of {path} is full: free some space, then try again.",
    sqlite3.SQLITE_READONLY: (
        "The database {path} cannot be written: give this user write permission to the file and "
        "its folder, or set PAPERBOY_DATA_DIR to another folder."
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The database {path} cannot be opened: check that its folder exists and that this user may "
        "write in it, or set PAPERBOY_DATA_DIR to another folder."
    ),
    sqlite3.SQLITE_PERM: (
        "This user may not open the database {path}: change its permissions, or set "
        "PAPERBOY_DATA_DIR to another folder."
    ),
    sqlite3.SQLITE_NOTADB: (
        "{path} is not a database: move it away, or set PAPERBOY_DATA_DIR to another folder."
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The database {path} is damaged: put a backup in its place, or move it away to begin anew."
    ),
    sqlite3.SQLITE_BUSY: (
        "Another program keeps the database {path} locked: close that program, then try again."
    ),
    sqlite3.SQLITE_LOCKED: (
        "Another program keeps the database {path} locked: close that program, then try again."
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk failed at the database {path} ({name}): check the disk, then start again."
    ),
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what the disk, the file or another program causes into a StoreError."""
    try:
        yield
    except (sqlite3.Error, DBAPIError) as error:
        original = error.orig if isinstance(error, DBAPIError) else error
        # The low byte is the primary code: https://sqlite.org/rescode.html#extrc
        code = getattr(original, "sqlite_errorcode", 0) & 0xFF
        sentence = _SENTENCES.get(code)
        if sentence is None:
            raise
        name = getattr(original, "sqlite_errorname", "")
        raise StoreError(sentence.format(path=path, name=name)) from error
