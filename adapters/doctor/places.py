"""Checks the data folder and the room on its disk, from outside: nothing is written to try it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from adapters.doctor.findings import Check, Finding, fail, ok, warn

MEGABYTE = 1_000_000
ENOUGH = 500 * MEGABYTE
TOO_LITTLE = 50 * MEGABYTE

ANOTHER = "set PAPERBOY_DATA_DIR to a folder that this user may write"


def check_folder(folder: Path, *, told: bool) -> Finding:
    """Whether `run` could keep its files there; `told` where a setting names it."""
    folder = folder.absolute()
    standing = nearest(folder)
    if not standing.is_dir():
        return fail(
            Check.FOLDER,
            f"{standing} is a file, not a folder.",
            fix=f"Move it away, or {ANOTHER}.",
        )
    if not os.access(standing, os.W_OK | os.X_OK):
        return fail(
            Check.FOLDER,
            f"This user may not write in the folder {standing}.",
            why="Paperboy keeps its database there.",
            fix=f"Change its permissions, or {ANOTHER}.",
        )
    if standing == folder:
        return ok(Check.FOLDER, f"{folder} can be written.")
    if told:
        return warn(
            Check.FOLDER,
            f"There is no folder {folder}.",
            why="`paperboy run` makes it and starts with an empty one; a slip in the name or a "
            "disk that is not mounted looks the same.",
            fix=f"Look whether PAPERBOY_DATA_DIR is spelled right, or run `mkdir -p '{folder}'`.",
        )
    return ok(Check.FOLDER, f"There is no folder {folder} yet; `paperboy run` makes it.")


def check_lasting(environment: Iterable[str], folder: Path) -> Finding | None:
    """Whether files that are written today are still there tomorrow."""
    if "DYNO" not in environment:
        return None
    return warn(
        Check.FOLDER,
        f"{folder.absolute()} lies on a Heroku dyno.",
        why="Files of a dyno vanish at each restart, the database among them.",
        fix="Run Paperboy where files stay.",
    )


def check_disk(folder: Path) -> Finding:
    """Whether there is room."""
    standing = nearest(folder.absolute())
    free = free_bytes(standing)
    what = f"{free / MEGABYTE:,.0f} MB are free at {standing}."
    fix = "Free some space on that disk, or set PAPERBOY_DATA_DIR to a folder on another one."
    if free < TOO_LITTLE:
        return fail(
            Check.DISK, what, why="With less than 50 MB nothing more may be stored.", fix=fix
        )
    if free < ENOUGH:
        return warn(
            Check.DISK, what, why="A rebuild of the search index may need up to 500 MB.", fix=fix
        )
    return ok(Check.DISK, what)


def free_bytes(folder: Path) -> int:
    """What this user may still write on the folder's disk."""
    return shutil.disk_usage(folder).free


def nearest(folder: Path) -> Path:
    """The folder, or the innermost part of its path that exists."""
    return next((path for path in (folder, *folder.parents) if os.path.lexists(path)), Path("/"))
