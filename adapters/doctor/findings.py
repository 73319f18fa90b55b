"""What a check says: a value that is made by the checks and shown by the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Check(StrEnum):
    """What is checked, in the order in which it is told; `docs/guides/troubleshooting.md` has a
    heading for each."""

    SETTINGS = "settings"
    PYTHON = "python"
    SQLITE = "sqlite"
    ZONES = "time zones"
    FOLDER = "data folder"
    DISK = "disk"
    DATABASE = "database"
    LOCK = "lock"
    INDEX = "search index"
    DELIVERIES = "deliveries"
    PORT = "port"
    ARXIV_FEED = "arxiv feed"
    ARXIV_API = "arxiv api"
    HUGGING_FACE = "hugging face"
    CLOCK = "clock"


class Level(StrEnum):
    """How bad it is: nothing is done about OK, WARN deserves a look, with FAIL something of
    Paperboy does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line.  `what` is a sentence; `why` and `fix` are sentences or empty, `fix` never where
    something is to be done."""

    check: Check
    level: Level
    what: str
    why: str = ""
    fix: str = ""

    def __post_init__(self) -> None:
        if self.level is not Level.OK and not self.fix:
            raise ValueError(f"a finding without a fix: {self.what}")


def ok(check: Check, what: str, why: str = "") -> Finding:
    return Finding(check=check, level=Level.OK, what=what, why=why)


def warn(check: Check, what: str, *, why: str = "", fix: str) -> Finding:
    return Finding(check=check, level=Level.WARN, what=what, why=why, fix=fix)


def fail(check: Check, what: str, *, why: str = "", fix: str) -> Finding:
    return Finding(check=check, level=Level.FAIL, what=what, why=why, fix=fix)


def failed(check: Check, sentence: str) -> Finding:
    """A failure told as the program's errors are: `what is wrong: the fix.`"""
    what, separator, fix = sentence.partition(": ")
    if not separator:
        return fail(check, sentence, fix="Mend that, then run `paperboy doctor` again.")
    return fail(check, f"{what}.", fix=fix[0].upper() + fix[1:])


def counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
