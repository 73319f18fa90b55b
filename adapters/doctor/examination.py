"""Runs all checks at once, each within its time, and keeps one that breaks from ending the rest."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from adapters.doctor import configuration, deliveries, holder, index, places, program
from adapters.doctor.database import Facts, check_database, read_facts
from adapters.doctor.findings import Check, Finding, Level, fail, failed, warn
from adapters.settings import Review, Settings
from adapters.storage.lock import lock_files
from adapters.storage.place import database_path
from bot.clock import Clock
from bot.errors import StoreError

T = TypeVar("T")

FIRST_LOOK = 1.5  #: seconds for the lock's file and for what the database holds, each
LONGEST = 8.5
"""Seconds for all checks; with the start and the end of the program it stays under ten."""
QUICK_CHECK = 6.0  #: seconds for reading a large database


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found, in the order of `Check`."""

    findings: tuple[Finding, ...]
    offline: bool

    def count(self, level: Level) -> int:
        return sum(finding.level is level for finding in self.findings)


class Abandoning(ThreadPoolExecutor):
    """Threads that nobody waits for: one that hangs, at a name server or on a network drive, must
    not keep the program from ending."""

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - whoever awaits the future gets it
                future.set_exception(error)
            else:
                future.set_result(result)

        threading.Thread(target=run, daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing to wait for."""


async def examine(review: Review, clock: Clock, *, offline: bool) -> Examination:
    """All findings, within about `LONGEST` seconds whatever hangs."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(Abandoning())
    end = loop.time() + LONGEST
    settings = review.settings
    told = "paperboy_data_dir" in settings.model_fields_set
    folder = settings.paperboy_data_dir
    address = holder.local_address(settings.host, settings.port)
    path, nowhere = _locate(settings)
    files = lock_files(path, folder) if path else (folder / "paperboy.lock",)
    owner = await _first(asyncio.to_thread(holder.find_holder, files))
    running = owner is not None
    state = await _first(asyncio.to_thread(index.look, folder / "index", shared=running))
    facts = await _first(_facts(path, clock, shared=running, after=state.seq if state else 0))

    async def local() -> list[Finding]:
        health = await holder.ask_health(settings.host, settings.port)
        return [
            holder.check_lock(owner, health, address),
            await asyncio.to_thread(holder.check_port, settings.host, settings.port, owner, health),
        ]

    async def places_found() -> list[Finding]:
        found = [places.check_folder(folder, told=told), places.check_disk(folder)]
        lasting = places.check_lasting(os.environ, folder)
        return [*found, lasting] if lasting else found

    async def database() -> list[Finding]:
        if path is None:
            return [failed(Check.DATABASE, nowhere)]
        seconds = QUICK_CHECK
        return [await asyncio.to_thread(check_database, path, shared=running, seconds=seconds)]

    async def stored() -> list[Finding]:
        found = deliveries.check(facts, clock.now(), running=running)
        if state is not None:
            found.append(index.check(state, facts, running=running))
        return found

    async def of_program() -> list[Finding]:
        return [
            *configuration.check(review),
            program.check_python(),
            program.check_sqlite(),
            program.check_zones(settings.default_timezone),
        ]

    work = [
        _guarded(end, of_program(), Check.PYTHON),
        _guarded(end, places_found(), Check.FOLDER, Check.DISK),
        _guarded(end, database(), Check.DATABASE),
        _guarded(end, local(), Check.LOCK, Check.PORT),
        _guarded(end, stored(), Check.INDEX, Check.DELIVERIES),
    ]
    if not offline:
        work.append(_guarded(end, _sources(settings, facts, clock, end), Check.CLOCK))
    found = [finding for group in await asyncio.gather(*work) for finding in group]
    order = list(Check)
    found.sort(key=lambda finding: order.index(finding.check))
    return Examination(findings=tuple(found), offline=offline)


async def _sources(
    settings: Settings, facts: Facts | None, clock: Clock, end: float
) -> list[Finding]:
    from adapters.doctor import sources  # they need the zones' data when they are imported

    hearing = sources.Hearing(clock)
    gate = facts.gate if facts else None
    arxiv, hugging_face = await asyncio.gather(
        _guarded(
            end, sources.check_arxiv(settings, gate, hearing), Check.ARXIV_FEED, Check.ARXIV_API
        ),
        _guarded(end, sources.check_hugging_face(settings, hearing), Check.HUGGING_FACE),
    )
    return [*arxiv, *hugging_face, sources.check_clock(hearing.skews)]


async def _facts(path: Path | None, clock: Clock, *, shared: bool, after: int) -> Facts | None:
    if path is None:
        return None
    return await asyncio.to_thread(read_facts, path, clock.now(), shared=shared, after=after)


def _locate(settings: Settings) -> tuple[Path | None, str]:
    try:
        return database_path(settings.database_url, settings.paperboy_data_dir), ""
    except StoreError as error:
        return None, str(error)


async def _first(work: Coroutine[Any, Any, T]) -> T | None:
    """What the other checks build on; None when it does not come, of which they speak."""
    try:
        async with asyncio.timeout(FIRST_LOOK):
            return await work
    except Exception:  # noqa: BLE001 - the check itself meets the error again and tells it
        return None


async def _guarded(end: float, work: Awaitable[list[Finding]], *checks: Check) -> list[Finding]:
    """The findings; a check that hangs until `end`, in the loop's time, or breaks is a finding,
    never a traceback."""
    try:
        async with asyncio.timeout_at(end):
            return await work
    except TimeoutError:
        return _each(
            checks,
            lambda check: warn(
                check,
                f"It could not be checked within {LONGEST:.0f} seconds.",
                why="What it asks, a disk or the network, does not answer.",
                fix="Look whether that hangs, then run `paperboy doctor` again.",
            ),
        )
    except Exception as error:  # noqa: BLE001 - the doctor is asked when anything may be broken
        said = f"{type(error).__name__}: {error}"
        return _each(
            checks,
            lambda check: fail(
                check,
                "It could not be checked.",
                why=f"The check itself failed with {said}.",
                fix="Please report this line as a bug of Paperboy.",
            ),
        )


def _each(checks: Iterable[Check], say: Callable[[Check], Finding]) -> list[Finding]:
    return [say(check) for check in checks]
