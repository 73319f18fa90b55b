"""Shows an examination: aligned and coloured on a terminal, one line a finding in a pipe, or JSON.

Colour repeats what the words say.  Secrets and what a terminal would obey are taken out of every
line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from adapters.doctor.configuration import in_effect
from adapters.doctor.examination import Examination
from adapters.doctor.findings import Check, Finding, Level, counted
from adapters.logs import Redactor
from adapters.settings import Settings
from adapters.terminal import safe

GUIDE = "docs/guides/troubleshooting.md"
COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}
WIDEST = 100  #: columns; longer lines are hard to read
NAMES = max(map(len, Check))
LEVELS = max(map(len, Level))


def show(found: Examination, settings: Settings, stream: TextIO) -> None:
    """Write it for a person."""
    redact = Redactor(settings.secrets)
    lines = _lines if not stream.isatty() else _table
    lines(found, lambda text: safe(redact(text)), stream)


def show_json(found: Examination, settings: Settings, stream: TextIO) -> None:
    """Write it for a program: `ok`, the counts, `settings` in effect, and the findings."""
    redact = Redactor(settings.secrets)
    said = {
        "ok": not found.count(Level.FAIL),
        "offline": found.offline,
        "warnings": found.count(Level.WARN),
        "failures": found.count(Level.FAIL),
        "settings": {name: redact(value) for name, value in in_effect(settings).items()},
        "findings": [
            {
                "check": finding.check,
                "level": finding.level,
                "what": redact(finding.what),
                "why": redact(finding.why),
                "fix": redact(finding.fix),
            }
            for finding in found.findings
        ],
    }
    stream.write(json.dumps(said, ensure_ascii=False, indent=2) + "\n")


def _lines(found: Examination, clean: Callable[[str], str], stream: TextIO) -> None:
    for finding in found.findings:
        said = " ".join(filter(None, [finding.what, finding.why, _fix(finding)]))
        stream.write(f"{finding.level:<{LEVELS}}  {finding.check:<{NAMES}}  {clean(said)}\n")
    stream.write(f"{_summary(found)}\n")


def _table(found: Examination, clean: Callable[[str], str], stream: TextIO) -> None:
    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    table = Table.grid(padding=(0, 2))
    for _ in range(2):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in found.findings:
        said = Text(clean(finding.what))
        if finding.why:
            said.append(f"\n{clean(finding.why)}", style="dim")
        if finding.fix:
            said.append(f"\n{clean(_fix(finding))}", style="bold")
        table.add_row(Text(finding.level, style=COLOURS[finding.level]), Text(finding.check), said)
    width = min(console.width, WIDEST)
    console.print(table, width=width)
    console.print()
    console.print(Text(_summary(found)), width=width)


def _fix(finding: Finding) -> str:
    return f"Fix: {finding.fix}" if finding.fix else ""


def _summary(found: Examination) -> str:
    warnings, failures = found.count(Level.WARN), found.count(Level.FAIL)
    if not warnings and not failures:
        said = "Nothing is wrong."
    else:
        said = (
            f"{counted(failures, 'failure', 'failures')}, "
            f"{counted(warnings, 'warning', 'warnings')}; {GUIDE} says more of each."
        )
    if found.offline:
        said += " The sources and the clock were not checked (--offline)."
    return said
