"""`paperboy doctor`: what is printed, and which exit code it ends with."""

from __future__ import annotations

import sys
from enum import IntEnum

from adapters import logs
from adapters.doctor.examination import examine
from adapters.doctor.findings import Level
from adapters.doctor.report import show, show_json
from adapters.settings import review
from bot.clock import SystemClock


class Verdict(IntEnum):
    """How the doctor ends."""

    SOUND = 0
    SUSPECT = 1
    BROKEN = 2


async def doctor(*, offline: bool, as_json: bool, strict: bool) -> int:
    """Examine and print; the exit code.  With `strict` a warning is one too."""
    reviewed = review()
    # What the libraries and our own clients log is told by the findings.
    logs.configure(level="ERROR", form=None, secrets=reviewed.settings.secrets)
    found = await examine(reviewed, SystemClock(), offline=offline)
    (show_json if as_json else show)(found, reviewed.settings, sys.stdout)
    if found.count(Level.FAIL):
        return Verdict.BROKEN
    return Verdict.SUSPECT if strict and found.count(Level.WARN) else Verdict.SOUND
