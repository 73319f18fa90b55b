"""One writing process per database file: a lock that the system itself drops when a process dies.

It says who holds it; what the other process may still do (read) is decided by its callers.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreError

FILE_NAME = "paperboy.lock"


class StoreLocked(StoreError):  # noqa: N818 - a state, as `SourceAway` is
    """Another process has the database open for writing; `pid` where it could be read."""

    def __init__(self, message: str, *, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


def lock_files(database: Path, data_dir: Path) -> tuple[Path, ...]:
    """What must be held to write `database`: the data folder's lock and, for a file that lies
    elsewhere, one beside it, since two data folders may name the same file."""
    database = database.resolve()
    own = data_dir.resolve() / FILE_NAME
    if database.parent == own.parent:
        return (own,)
    return (own, database.with_name(database.name + ".lock"))


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold the lock as long as the block runs.  Raises StoreLocked when another process has it,
    StoreError when the file cannot be made."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"The lock file {file} cannot be opened ({error.strerror}): change its permissions, or "
            "set PAPERBOY_DATA_DIR to another folder."
        ) from error
    try:
        _take(descriptor, file)
        yield
    finally:
        # Closing drops the lock.  The file stays: were it removed, two processes could each hold
        # a lock on a file of that name.
        os.close(descriptor)


def _take(descriptor: int, file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = _pid(descriptor)
        who = f"Another Paperboy process (pid {pid})" if pid else "Another Paperboy process"
        raise StoreLocked(
            f"{who} uses the database in {file.parent}. One process at a time may write a "
            "database file: stop the other one, or set PAPERBOY_DATA_DIR to another folder. "
            "Several processes on one database will need PostgreSQL "
            "(DATABASE_URL=postgresql://…), which is planned and not built yet.",
            pid=pid,
        ) from error
    except OSError as error:
        raise StoreError(
            f"The folder {file.parent} cannot lock files ({error.strerror}): set "
            "PAPERBOY_DATA_DIR to a folder on a local disk."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else None
