"""A folder in which `paperboy doctor` is called, and sources on loopback that can be made to
fail.
"""

import asyncio
import ctypes
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from adapters.doctor import report
from adapters.doctor.examination import examine
from adapters.doctor.findings import Level
from adapters.settings import review, variables
from bot.clock import SystemClock

ROOT = Path(__file__).parents[3]
RECORDINGS = ROOT / "tests" / "recordings"
NOBODY = "http://127.0.0.1:9"
PAPER = '{"title": "Splatting", "id": "2606.00001", "first_seen": "2026-06-12"}\n'


def program_path() -> str:
    found = shutil.which("paperboy", path=str(Path(sys.executable).parent))
    assert found, "the console script is not installed: make install"
    return found


@dataclass
class Place:
    """A folder in which `paperboy` is called."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def call(self, *arguments, stdin="", preexec_fn=None, **environment):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return subprocess.run(
            [program_path(), *arguments],
            cwd=self.folder,
            env=kept | self.environment | environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=preexec_fn,
        )

    def start(self, *arguments, **environment):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        process = subprocess.Popen(
            [program_path(), *arguments],
            cwd=self.folder,
            env=kept | self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def doctor(self, *arguments, real=False, preexec_fn=None, **environment):
        """The findings by check, and how it ended; offline unless sources are given.

        In this process, for speed, unless it shall be a `real` one.
        """
        environment = self.environment | environment
        more = () if "HUGGINGFACE_URL" in environment else ("--offline",)
        arguments = ("doctor", "--json", *more, *arguments)
        if real or preexec_fn:
            done = self.call(*arguments, preexec_fn=preexec_fn, **environment)
        else:
            done = inside(self.folder, environment, offline="--offline" in arguments)
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        said = json.loads(done.stdout)
        found: dict[str, list[dict[str, str]]] = {}
        for finding in said["findings"]:
            found.setdefault(finding["check"], []).append(finding)
        assert done.returncode == (2 if said["failures"] else 0)
        return found, done

    @property
    def data(self):
        return self.folder / "data"


def inside(folder: Path, environment: dict[str, str], *, offline: bool) -> SimpleNamespace:
    """What the command does, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in (*variables(), "DYNO"):
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        reviewed = review()
        found = asyncio.run(examine(reviewed, SystemClock(), offline=offline))
    out = io.StringIO()
    report.show_json(found, reviewed.settings, out)
    code = 2 if found.count(Level.FAIL) else 0
    return SimpleNamespace(stdout=out.getvalue(), stderr="", returncode=code)


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def one(found, check, level) -> str:
    """What is said of the check at that level, in one line."""
    said = [finding for finding in found[check] if finding["level"] == level]
    assert said, found[check]
    assert level == "ok" or said[0]["fix"]
    return " ".join(said[0][part] for part in ("what", "why", "fix"))


def obey_permissions() -> None:
    """Let permissions count for root too: drop CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


class Answering(BaseHTTPRequestHandler):
    """Answers with the recordings, unless the server's `fault` says otherwise for that place."""

    def do_GET(self):
        where = urlsplit(self.path).path
        if where.startswith("/rss/"):
            name, kind, file = "feed", "application/rss+xml", "arxiv_feed.rss.xml"
        elif where == "/api/query":
            name, kind, file = "api", "application/atom+xml", "arxiv_api.atom.xml"
        else:
            name, kind, file = "daily", "application/json", "hf_daily.json"
        self.server.asked.append((name, time.monotonic()))
        fault = self.server.faults.get(name, "")
        if fault == "hang":
            self.server.let_go.wait(30)
            return None
        if fault == "challenge":
            return self.say(200, "text/html", b"<title>Just a moment...</title>")
        if fault == "429":
            return self.say(429, "text/plain", b"Rate exceeded.")
        if fault == "503":
            return self.say(503, "text/plain", b"")
        if fault == "new format":
            return self.say(200, kind, b'[{"paper": {"number": 1}}]')
        return self.say(200, kind, (RECORDINGS / file).read_bytes())

    def date_time_string(self, timestamp=None):
        return format_datetime(
            datetime.now(UTC) + self.server.skews.get(self.place(), timedelta(0))
        )

    def place(self):
        return "daily" if "daily" in self.path else "arxiv"

    def say(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


class World(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.faults: dict[str, str] = {}
        self.skews: dict[str, timedelta] = {}
        self.asked: list[tuple[str, float]] = []
        self.let_go = threading.Event()

    @property
    def settings(self):
        address = f"http://127.0.0.1:{self.server_port}"
        return {
            "ARXIV_FEED_URL": address,
            "ARXIV_API_URL": f"{address}/api/query",
            "HUGGINGFACE_URL": address,
        }
