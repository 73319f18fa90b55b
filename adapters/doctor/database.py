"""Reads the database as it lies there: no lock, no write, no creation, no checkpoint.

It decides how a file is read without touching it, and says what it found; how that is judged by
`deliveries` and `index` is their business.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, StaticPool, create_engine, func, inspect, select

from adapters.doctor.findings import Check, Finding, fail, failed, ok
from adapters.storage.buckets import left_alone
from adapters.storage.engine import APPLICATION_ID
from adapters.storage.faults import translated
from adapters.storage.migrate import MIGRATIONS
from adapters.storage.pausing import held_by_pause
from adapters.storage.place import check_file
from adapters.storage.tables import HEAD, breakers, counters, deliveries, papers, replaced_papers
from bot.domain.breakers import Breaker
from bot.domain.deliveries import DeliveryState
from bot.errors import StoreError

BUSY = 1.0  #: seconds to wait for a process that is just opening or closing the file
GATE = "gate:arxiv"  #: `adapters.sources.arxiv_gate` keeps its cool-down under it
STEPS = 10_000  #: of SQLite's machine between two looks at the time


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What stands in a database of this version."""

    waiting: int = 0
    oldest_waiting_at: datetime | None = None  #: the time at which the longest waiting one was due
    dead: int = 0
    dead_reason: str | None = None
    newest_seq: int = 0
    behind: int = 0  #: changes of papers after the number that was asked for
    gate: Breaker | None = None


def check_database(path: Path, *, shared: bool, seconds: float) -> Finding:
    """Whether it can be read, is ours, of this version and whole, within `seconds`.

    `shared` says that another process may write it at the same time.
    """
    try:
        if not path.exists() and path.parent.is_dir():
            return ok(Check.DATABASE, f"There is none at {path} yet; `paperboy run` makes it.")
        if not path.parent.exists():
            return ok(Check.DATABASE, f"There is none yet; `paperboy run` makes {path}.")
        check_file(path, read_only=False)
        with _opened(path, shared=shared) as connection:
            return _judge(connection, path, seconds)
    except StoreError as error:
        return failed(Check.DATABASE, str(error))


def read_facts(path: Path, now: datetime, *, shared: bool, after: int) -> Facts | None:
    """What it holds and owes `now`, without what is held back on purpose; `after` is the number of
    the last paper that the search index has.

    None when there is no database of this version that can be read.
    """
    try:
        if not path.is_file():
            return None
        check_file(path, read_only=True)
        with _opened(path, shared=shared) as connection:
            if not _is_ours(connection) or _revision(connection) != HEAD:
                return None
            return _facts(connection, now, after)
    except StoreError:
        return None


@contextmanager
def _opened(path: Path, *, shared: bool) -> Iterator[Connection]:
    log = path.with_name(f"{path.name}-wal")
    # Without a log the file alone is all, and read as such SQLite makes no files beside it.
    alone = not shared and not (log.exists() and log.stat().st_size)
    address = f"{path.as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    with translated(path), closing(sqlite3.connect(address, uri=True, timeout=BUSY)) as raw:
        raw.execute("PRAGMA query_only=ON")
        raw.execute("PRAGMA trusted_schema=OFF")
        engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
        with engine.connect() as connection:
            yield connection


def _judge(connection: Connection, path: Path, seconds: float) -> Finding:
    if not _is_ours(connection):
        return failed(
            Check.DATABASE,
            f"{path} is a database of another program: move it away, or set DATABASE_URL or "
            "PAPERBOY_DATA_DIR to another place.",
        )
    revision = _revision(connection)
    if revision is not None and revision not in _known_revisions():
        return failed(
            Check.DATABASE,
            f"{path} was made by a newer Paperboy: upgrade this one, or set PAPERBOY_DATA_DIR to "
            "another folder.",
        )
    damage, whole = _quick_check(connection, seconds)
    if damage is not None:
        return fail(
            Check.DATABASE,
            f"The database {path} is damaged.",
            why=f"SQLite says: {damage}.",
            fix="Stop Paperboy and put a backup in its place, or move it away to begin anew.",
        )
    if revision != HEAD:
        return fail(
            Check.DATABASE,
            f"{path} was made by an older Paperboy.",
            why=f"It has the tables of {revision or 'none'}, this version those of {HEAD}.",
            fix="Run `paperboy migrate`; `paperboy run` does so by itself.",
        )
    size = sum(
        one.stat().st_size for one in (path, path.with_name(f"{path.name}-wal")) if one.exists()
    )
    return ok(
        Check.DATABASE,
        f"{path} is ours, of this version ({HEAD}) and has {size / 1_000_000:,.1f} MB"
        + (", all of it sound." if whole else "; as far as it was read in time, it is sound."),
    )


def _is_ours(connection: Connection) -> bool:
    owner = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if owner == APPLICATION_ID:
        return True
    tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
    return not owner and not tables


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return None if row is None else str(row[0])


def _known_revisions() -> frozenset[str]:
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return frozenset(script.revision for script in scripts)


def _quick_check(connection: Connection, seconds: float) -> tuple[str | None, bool]:
    """What is damaged, if anything, and whether all was looked at in time.
    https://sqlite.org/pragma.html#pragma_quick_check"""
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    end = time.monotonic() + seconds
    raw.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        (said,) = raw.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return None, False
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return str(error), True
    finally:
        raw.set_progress_handler(None, 0)
    return (None if said == "ok" else " ".join(str(said).split())), True


def _facts(connection: Connection, now: datetime, after: int) -> Facts:
    waiting = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.AMBIGUOUS)
    count, oldest = connection.execute(
        select(func.count(), func.min(deliveries.c.due_at, type_=deliveries.c.due_at.type)).where(
            deliveries.c.state.in_(waiting), ~held_by_pause(now), ~left_alone(now)
        )
    ).one()
    dead = deliveries.c.state == DeliveryState.DEAD
    reason = select(deliveries.c.failure).where(dead).order_by(deliveries.c.position).limit(1)
    newest = select(counters.c.value).where(counters.c.name == papers.name)
    gate = connection.execute(select(breakers).where(breakers.c.scope == GATE)).first()
    behind = sum(
        connection.execute(select(func.count()).where(table.c.seq > after)).scalar_one()
        for table in (papers, replaced_papers)
    )
    return Facts(
        waiting=count,
        oldest_waiting_at=oldest,
        dead=connection.execute(select(func.count()).where(dead)).scalar_one(),
        dead_reason=connection.execute(reason).scalar(),
        newest_seq=connection.execute(newest).scalar() or 0,
        behind=behind,
        gate=None
        if gate is None
        else Breaker(fail_count=gate.fail_count, open_until=gate.open_until, reason=gate.reason),
    )
