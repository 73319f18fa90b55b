"""The `paperboy` command: what may be typed, and which exit code it ends with.

It decides nothing about papers, and nothing about how a command is carried out
(`adapters.tasks`, `adapters.loading`, `adapters.serving`).
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import os
import signal
import sys
import threading
import time
from collections.abc import Coroutine, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from bot.errors import PaperboyError, StoreError, Unusable

if TYPE_CHECKING:
    from adapters.settings import Settings

LEAVE = 8.0
"""Seconds from the wish to stop to the end.  A library's thread that never ends must not keep a
dead program alive (supervisors would take it for a live one)."""

LINGER = 2.0
"""Seconds that such a thread has when the work is done, or could not be begun."""

STOPS = (signal.SIGINT, signal.SIGTERM)
IMPATIENT = 1.0
"""Seconds after which another signal means a person who does not want to wait.  Sooner, it is the
same wish told twice: supervisors signal the process and its group."""


class Exit(IntEnum):
    """How the program ended."""

    OK = 0
    NOTHING_DONE = 1
    USAGE = 2
    STORE = 3
    ADDRESS = 4
    STOPPED = 130


CODES = """\
exit codes:
  0    done (`run`: it was asked to stop)
  1    nothing could be done: no source could be read, a file has no paper in it
  2    wrong usage, or a setting that cannot be used
  3    the database cannot be used: another process has it, no permission, not ours
  4    the address to serve on cannot be used, such as a port that is in use
  130  stopped with Ctrl-C before it was done

Settings come from the environment and from .env here; none is needed.
"""

DOCTOR_CODES = """\
exit codes:
  0    nothing failed
  1    with --strict: nothing failed, but something deserves a look
  2    something failed, and its line names the fix; or wrong usage
  130  stopped with Ctrl-C before it was done

Each check is explained in docs/guides/troubleshooting.md.
"""

DOCTOR = "`paperboy doctor` checks everything and names the fix."


def main() -> None:
    """The console script."""
    code: int = Exit.NOTHING_DONE
    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read along has left; Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.OK
    except KeyboardInterrupt:
        # Before the program was under way; from then on Ctrl-C is a signal like SIGTERM.
        code = Exit.STOPPED
    finally:
        _leave_in_time(code, LINGER)
        for number in STOPS:
            # Python's end puts the default back, which would change how the program ended.
            signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line; its exit code."""
    asked = _parser().parse_args(arguments)
    # Late, like all that takes a while: --help answers at once, and Ctrl-C is understood early.
    from adapters import logs, settings

    sys.excepthook = logs.report
    serves = asked.command == "run"
    if asked.command == "doctor":
        from adapters.doctor.command import doctor

        examined = doctor(offline=asked.offline, as_json=asked.json, strict=asked.strict)
        return asyncio.run(_until_stopped(examined, Exit.STOPPED))
    try:
        given, warnings = settings.load()
        told = "log_level" in given.model_fields_set
        logs.configure(
            level=given.log_level if serves or told else "WARNING",
            form=given.log_format,
            secrets=given.secrets,
        )
        _complain(*warnings, *([DOCTOR] if serves and warnings else []))
        stopped = Exit.OK if serves else Exit.STOPPED
        return asyncio.run(_until_stopped(_told(_task(given, asked), serves=serves), stopped))
    except PaperboyError as error:
        return _failed(error, serves=serves)


async def _told(task: Coroutine[Any, Any, int], *, serves: bool) -> int:
    """Carry out the task; an expected error is told at once and becomes the exit code, whatever
    thread may still be busy."""
    try:
        return await task
    except PaperboyError as error:
        code = _failed(error, serves=serves)
        _leave_in_time(code, LINGER)
        return code


def _failed(error: PaperboyError, *, serves: bool) -> Exit:
    _complain(*str(error).splitlines(), *([DOCTOR] if serves else []))
    return _code_of(error, serves=serves)


def _code_of(error: PaperboyError, *, serves: bool) -> Exit:
    from adapters.settings import SettingsError

    match error:
        case SettingsError():
            return Exit.USAGE
        case StoreError():
            return Exit.STORE
        case Unusable():
            return Exit.ADDRESS if serves else Exit.USAGE
        case _:
            return Exit.NOTHING_DONE


def _task(given: Settings, asked: argparse.Namespace) -> Coroutine[Any, Any, int]:
    if asked.command == "run":
        from adapters import serving

        return serving.serve(given)
    if asked.command in {"load", "backfill"}:
        return _adding_task(given, asked)
    from adapters import tasks

    match asked.command:
        case "ask":
            return tasks.ask(given, " ".join(asked.text), channel=asked.channel, as_json=asked.json)
        case "poll":
            return tasks.poll(given)
        case "outbox":
            return _outbox_task(given, asked)
        case _:
            return tasks.migrate(given)


def _adding_task(given: Settings, asked: argparse.Namespace) -> Coroutine[Any, Any, int]:
    from adapters import backfilling, loading

    if asked.command == "load":
        return loading.load(given, asked.file)
    return backfilling.backfill(given, asked.first, asked.last)


def _outbox_task(given: Settings, asked: argparse.Namespace) -> Coroutine[Any, Any, int]:
    from adapters import tasks

    match asked.action:
        case "list":
            return tasks.list_letters(given)
        case "retry":
            return tasks.retry_letter(given, asked.id)
        case _:
            return tasks.drop_letter(given, asked.id)


async def _until_stopped(task: Coroutine[Any, Any, int], stopped: int) -> int:
    """Run the task.  The first Ctrl-C or SIGTERM cancels it, so that it tidies up; a second ends it
    at once."""
    running = asyncio.ensure_future(task)
    loop = asyncio.get_running_loop()
    asked_at: float | None = None

    def stop() -> None:
        nonlocal asked_at
        if asked_at is None:
            asked_at = time.monotonic()
            _leave_in_time(stopped, LEAVE)
            running.cancel()
        elif time.monotonic() - asked_at > IMPATIENT:
            os._exit(Exit.STOPPED)

    for number in STOPS:
        loop.add_signal_handler(number, stop)
    try:
        return await running
    except asyncio.CancelledError:
        if asked_at is None:
            raise
        return stopped
    finally:
        for number in STOPS:
            loop.remove_signal_handler(number)
            if asked_at is not None:
                # It is leaving, perhaps slowly; the default would end it as if it had crashed.
                signal.signal(number, lambda *_: stop())


def _leave_in_time(code: int, seconds: float) -> None:
    reaper = threading.Timer(seconds, os._exit, [int(code)])
    reaper.daemon = True
    reaper.start()


def _complain(*sentences: str) -> None:
    for sentence in sentences:
        print(f"paperboy: {sentence}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _described(
        argparse.ArgumentParser(prog="paperboy"),
        "Brings new research papers into team chat.",
        "paperboy run",
        'paperboy ask "/papers splatting"',
        "paperboy ask --help",
    )
    version = importlib.metadata.version("paperboy")
    parser.add_argument("--version", action="version", version=f"paperboy {version}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    _described(
        commands.add_parser("run", help="read the sources, post what is owed, serve the chat"),
        "Reads the sources again and again, posts what is owed, and serves the local channel, a "
        "chat in the browser, on http://HOST:PORT until it is stopped.",
        "paperboy run",
        "PORT=8081 paperboy run",
    )
    ask = _described(
        commands.add_parser("ask", help="ask one thing, as in the chat"),
        "Asks one thing, as if it was typed into the local channel, and prints the answer. While "
        "another Paperboy has the database it only reads: it asks no source and stores nothing.",
        'paperboy ask "/papers splatting"',
        "paperboy ask '/papers \"gaussian splatting\" -survey'",
        "paperboy ask --json 2606.06690",
    )
    ask.add_argument("text", nargs="+", metavar="TEXT", help="the command; /papers may be left out")
    ask.add_argument("--json", action="store_true", help="print the reply as JSON")
    ask.add_argument(
        "--channel", default="papers", metavar="NAME", help="the local channel to ask in (papers)"
    )
    poll = _described(
        commands.add_parser("poll", help="read every source once"),
        "Reads every source once, stores what it says, posts what that owes to the channels, "
        "prints one line per source, and ends.",
        "paperboy poll --once",
    )
    poll.add_argument(
        "--once", action="store_true", required=True, help="`paperboy run` reads again and again"
    )
    load = _described(
        commands.add_parser("load", help="add papers from a file"),
        "Adds papers from a file of JSON lines, also packed with gzip or xz. They can be found; "
        "nothing is posted for them. A line is an object with title and, where known, id (arXiv or "
        "DOI), abstract, authors, categories, comment and first_seen (the day of arXiv's list). "
        "Lines that cannot be read are skipped, counted and named.",
        "paperboy load papers.jsonl",
        "paperboy load arxiv.jsonl.xz",
        "grep splatting papers.jsonl | paperboy load -",
    )
    load.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    backfill = _described(
        commands.add_parser("backfill", help="fetch the lists of earlier days from arXiv"),
        "Fetches the papers of earlier lists of arXiv's by date, at most 366 days at once. They "
        "can be found and counted; nothing is posted for them. arXiv may be asked once in three "
        "seconds, so a day takes some ten. `run` fills the last 30 days by itself.",
        "paperboy backfill --from 2026-06-01 --to 2026-06-30",
    )
    backfill.add_argument("--from", dest="first", required=True, metavar="DATE", help="first day")
    backfill.add_argument("--to", dest="last", required=True, metavar="DATE", help="last day")
    _outbox(
        commands.add_parser("outbox", help="see, retry or drop messages that could not be posted")
    )
    doctor = _described(
        commands.add_parser("doctor", help="say what is wrong here, and how to mend it"),
        "Checks the settings, the database, the disk, the lock, the port, the search index, what "
        "is owed, the clock and the sources, and says of each whether it is ok, deserves a look "
        "(warn) or does not work (fail), why, and how to mend it. It changes nothing, and also "
        "works beside a running Paperboy. It takes ten seconds at the most.",
        "paperboy doctor",
        "paperboy doctor --offline",
        "paperboy doctor --json --strict",
        codes=DOCTOR_CODES,
    )
    doctor.add_argument("--json", action="store_true", help="print what was found as JSON")
    doctor.add_argument("--offline", action="store_true", help="do not ask the sources")
    doctor.add_argument("--strict", action="store_true", help="end with 1 when there are warnings")
    _described(
        commands.add_parser("migrate", help="create the database or bring it up to date"),
        "Creates the database or brings it up to date. `run`, `poll` and `load` do so by "
        "themselves.",
        "paperboy migrate",
    )
    return parser


def _outbox(parser: argparse.ArgumentParser) -> None:
    _described(
        parser,
        "Messages that could not be posted are kept as dead letters, with the reason. `list` shows "
        "them, and the channels and workspaces that are left alone after failures; it only reads. "
        "`retry` lets one be tried again, `drop` gives it up; both need the database, so stop a "
        "Paperboy that runs on it first.",
        "paperboy outbox list",
        "paperboy outbox retry mfrggzdfmztwq2lknnwg23tpo",
        "paperboy outbox drop mfrggzdfmztwq2lknnwg23tpo",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _described(
        actions.add_parser("list", help="show the dead letters"),
        "Shows the dead letters and what is left alone after failures.",
        "paperboy outbox list",
    )
    for action, what in (("retry", "try a dead letter again"), ("drop", "give a dead letter up")):
        one = _described(
            actions.add_parser(action, help=what),
            f"{what[0].upper()}{what[1:]}. Who did it is kept.",
            f"paperboy outbox {action} mfrggzdfmztwq2lknnwg23tpo",
        )
        one.add_argument("id", metavar="ID", help="as `paperboy outbox list` shows it")


def _described(
    parser: argparse.ArgumentParser, description: str, *examples: str, codes: str = CODES
) -> argparse.ArgumentParser:
    lines = "".join(f"  {example}\n" for example in examples)
    parser.description = description
    parser.epilog = f"examples:\n{lines}\n{codes}"
    parser.formatter_class = _Help
    parser.allow_abbrev = False
    return parser


class _Help(argparse.HelpFormatter):
    """Folds the description, and leaves the examples and codes as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith("examples:"):
            return text
        return super()._fill_text(text, width, indent)


if __name__ == "__main__":
    main()
