"""The two commands that rule, from nothing: a clean clone, its own environment."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")

pytestmark = [
    pytest.mark.skipif(
        "PAPERBOY_PROVE" not in os.environ,
        reason="long proof, installs everything anew: PAPERBOY_PROVE=1",
    ),
    pytest.mark.timeout(900),
]


def test_make_run_in_a_clean_clone(tmp_path):
    """What is committed runs: the environment is built, the page is served, a stop is clean; the
    second start installs nothing."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.startswith(("PIP_", "SSL_", "REQUESTS_"))
    } | {
        "PORT": "0",
        "ARXIV_FEED_URL": "http://127.0.0.1:9",
        "ARXIV_API_URL": "http://127.0.0.1:9",
        "HUGGINGFACE_URL": "http://127.0.0.1:9",
    }
    # The base interpreter, so that nothing of this suite's environment is seen.
    python = Path(sys.base_prefix) / "bin" / "python3"
    said = []
    for _ in range(2):
        process = subprocess.Popen(
            ["make", f"PYTHON={python}", "run"],
            cwd=clone,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            line = process.stdout.readline()
            url = line.split()[3]
            with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
                assert answer.status == 200
        finally:
            # As Ctrl-C does: to make and to the program alike.
            os.killpg(process.pid, signal.SIGINT)
            said.append(process.communicate(timeout=30)[1])
    assert "Installing what Paperboy needs" in said[0]
    assert "Installing" not in said[1]
    assert not any("Traceback" in one for one in said)
    status = subprocess.run(
        ["git", "status", "--short"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
