"""The program as its user has it: a real process, an empty folder, sources on loopback."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[3]
RECORDINGS = ROOT / "tests" / "recordings"
PROGRAM = shutil.which("paperboy", path=str(Path(sys.executable).parent))
NOBODY = "http://127.0.0.1:9"  #: nothing listens there: every source is away
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "COVERAGE_PROCESS_START")


@dataclass(slots=True)
class Shell:
    """Runs `paperboy` in one folder with one environment."""

    folder: Path
    environment: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __call__(self, *arguments, stdin="", **environment) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self, *arguments, **environment) -> subprocess.Popen[str]:
        """Start it and leave it running."""
        process = subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process


@pytest.fixture
def paperboy(tmp_path) -> Iterator[Shell]:
    assert PROGRAM, "the console script is not installed: make install"
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "ARXIV_FEED_URL": NOBODY,
        "ARXIV_API_URL": f"{NOBODY}/api/query",
        "HUGGINGFACE_URL": NOBODY,
        "PORT": "0",
        "COLUMNS": "80",
    }
    shell = Shell(tmp_path, environment)
    yield shell
    for process in shell.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class Recorded(BaseHTTPRequestHandler):
    """Answers as arXiv and Hugging Face do, with the small recordings of this suite."""

    def do_GET(self):
        place = urlsplit(self.path)
        if place.path.startswith("/rss/"):
            kind, name = "application/rss+xml", "arxiv_feed.rss.xml"
        elif place.path == "/api/query":
            kind, name = "application/atom+xml", "arxiv_api.atom.xml"
        elif "sort=trending" in place.query:
            kind, name = "application/json", "hf_trending.json"
        else:
            kind, name = "application/json", "hf_daily.json"
        body = (RECORDINGS / name).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def sources() -> Iterator[dict[str, str]]:
    """The settings that point at sources which answer."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Recorded) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield {
            "ARXIV_FEED_URL": address,
            "ARXIV_API_URL": f"{address}/api/query",
            "HUGGINGFACE_URL": address,
        }
        server.shutdown()
        serving.join()
