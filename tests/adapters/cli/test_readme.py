"""Every command in the README runs, and the Makefile does what the README says of it."""

import os
import re
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from adapters.cli import Exit

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text()
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
MAKE = [line for line in COMMANDS if line.startswith("make ")]
PAPERBOY = [line for line in COMMANDS if line.startswith(".venv/bin/paperboy ")]


def make(*arguments, folder=ROOT):
    # Where the suite itself was started by make, its variables are not for this one.
    own = ("MAKE", "MFLAGS", "VENV", "PYTEST_ARGS")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(own)}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_readme_opens_with_the_two_commands_that_rule():
    assert README.startswith("# Paperboy\n\n```sh\nmake run\nmake test\n```\n")


def test_the_readme_has_no_other_commands():
    assert sorted(MAKE + PAPERBOY) == sorted(COMMANDS)
    assert len(PAPERBOY) >= 6


@pytest.mark.parametrize("command", PAPERBOY)
def test_a_command_of_the_readme_runs(paperboy, sources, tmp_path, command):
    (tmp_path / "papers.jsonl").write_text('{"title": "Splatting", "first_seen": "2026-06-12"}\n')
    _, *arguments = shlex.split(command)
    if arguments == ["run"]:
        process = paperboy.start("run", **sources)
        assert "http://127.0.0.1:" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
        assert process.returncode == Exit.OK
        return
    result = paperboy(*arguments, **sources)
    assert (result.returncode, result.stderr) == (Exit.OK, "")
    assert result.stdout.strip()


@pytest.mark.parametrize("command", MAKE)
def test_a_target_of_the_readme_exists_and_is_explained(command):
    target = command.split()[1]
    assert make("-n", target).returncode == 0
    assert re.search(rf"^  make {target} +\w", make("help").stdout, re.MULTILINE)


def test_every_picture_and_page_that_the_readme_links_is_there():
    for target in re.findall(r"\]\(((?!https?:)[^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_make_names_the_python_that_it_needs(tmp_path):
    """In a copy, since it must not touch the environment that this suite runs in."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    result = make("run", f"PYTHON={old}", folder=tmp_path)
    assert result.returncode != 0
    assert "Paperboy needs Python 3.11 or newer" in result.stderr


def test_the_procfile_starts_what_the_readme_starts():
    lines = [line for line in (ROOT / "Procfile").read_text().splitlines() if line[:1] != "#"]
    assert lines == ["web: paperboy run"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_pinned_files_have_hashes_and_name_no_host(name):
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 20
    for entry in entries:
        assert re.match(
            r"[a-z0-9][a-z0-9-]*(\[\w+\])?==[\w.]+( ; [^\\]+)? \\\n    --hash=sha256:", entry
        ), entry
    assert "://" not in text
    assert "index" not in text


def test_what_runs_is_what_was_tested():
    """The development pins hold those of the program, version by version."""
    pinned = re.compile(r"^([a-z0-9-]+)(?:\[\w+\])?==(\S+)", re.MULTILINE)
    pins = {
        name: dict(pinned.findall((ROOT / name).read_text()))
        for name in ("requirements.txt", "requirements-dev.txt")
    }
    assert pins["requirements.txt"].items() <= pins["requirements-dev.txt"].items()


def test_the_sentence_that_arxiv_asks_for_is_said():
    assert "Thank you to arXiv for use of its open access interoperability." in README
