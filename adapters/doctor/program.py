"""Checks what the program stands on: Python, SQLite, and the time zones' data."""

from __future__ import annotations

import platform
import sqlite3
import sys
from zoneinfo import ZoneInfo, available_timezones

from adapters.doctor.findings import Check, Finding, fail, failed, ok

OLDEST_PYTHON = (3, 11)
WAL_RESET_FIXED = (3, 51, 3)
"""https://sqlite.org/wal.html#walresetbug: two connections that write or checkpoint at the same
moment can damage a database, up to 3.51.2."""

NEEDED_ZONE = "America/New_York"  #: arXiv's days are New York's


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    said = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return fail(
            Check.PYTHON,
            f"Python {said} is too old.",
            fix="Install Python 3.11 or newer, then run `make clean install`.",
        )
    return ok(Check.PYTHON, f"Python {said} on {platform.system()}.")


def check_sqlite(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> Finding:
    said = ".".join(map(str, version))
    if version < WAL_RESET_FIXED:
        return ok(
            Check.SQLITE,
            f"SQLite {said}; its WAL-reset bug (fixed in 3.51.3) is harmless here.",
            "Only two connections that write or checkpoint at once meet it; Paperboy has one "
            "writer, which is also the only checkpointer.",
        )
    return ok(Check.SQLITE, f"SQLite {said}.")


def check_zones(wanted: str) -> Finding:
    """Whether the zone of arXiv and the one of the settings can be read."""
    try:
        for name in (NEEDED_ZONE, wanted):
            ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return failed(
            Check.ZONES,
            "The time zones' data cannot be read: install the system's tzdata package, or run "
            "`make install` again, which brings one along.",
        )
    count = len(available_timezones())
    return ok(Check.ZONES, f"{count} time zones are known; days and times are shown in {wanted}.")
