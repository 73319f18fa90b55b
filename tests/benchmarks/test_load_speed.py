"""How fast a large file is loaded, and how soon a program that has it is ready."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / ".." / "shared"
PAPERS = SHARED / "data" / "arxiv_118k.jsonl.xz"
COUNT = 118_151
PER_SECOND = 1_500
READY = 2.0  #: seconds from the start to the first answer
PROGRAM = shutil.which("paperboy", path=str(Path(sys.executable).parent))
NOBODY = "http://127.0.0.1:9"

pytestmark = [
    pytest.mark.skipif(
        "PAPERBOY_PROVE" not in os.environ, reason="a benchmark: make bench (PAPERBOY_PROVE=1)"
    ),
    pytest.mark.skipif(not PAPERS.exists(), reason="needs ../shared: data/arxiv_118k.jsonl.xz"),
    pytest.mark.timeout(900),
]


def test_loading_and_starting(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": "0",
        "ARXIV_FEED_URL": NOBODY,
        "ARXIV_API_URL": NOBODY,
        "HUGGINGFACE_URL": NOBODY,
    }
    began = time.perf_counter()
    loaded = subprocess.run(
        [PROGRAM, "load", str(PAPERS.resolve())],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - began
    assert loaded.stdout.startswith(f"{COUNT:,} papers read")
    print(f"\nload: {COUNT / seconds:,.0f} papers a second ({seconds:.0f} s, goal {PER_SECOND:,})")

    began = time.perf_counter()
    process = subprocess.Popen(
        [PROGRAM, "run"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        url = process.stdout.readline().split()[3]
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            assert answer.status == 200
        ready = time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    print(f"ready: {ready:.2f} s after the start over {COUNT:,} papers (goal {READY} s)")
    assert COUNT / seconds >= PER_SECOND
    assert ready <= READY
