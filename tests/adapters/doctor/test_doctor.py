"""`paperboy doctor`: a sound place is ok, wrong settings and places are recognised, and how it
is shown.
"""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import threading
from contextlib import closing

import pytest
from doctor_world import ROOT, obey_permissions, one, tree

from adapters.doctor import places, program, report
from adapters.doctor.examination import Examination, examine
from adapters.doctor.findings import Check, Finding, Level, fail, ok, warn
from adapters.settings import Settings, review
from bot.clock import SystemClock

# -- nothing is wrong ----------------------------------------------------------


def test_where_nothing_was_ever_started_nothing_fails_and_nothing_is_made(place):
    found, done = place.doctor(real=True)
    assert done.returncode == 0
    assert {f["level"] for group in found.values() for f in group} == {"ok"}
    assert list(place.folder.iterdir()) == []


def test_a_sound_place_is_ok_and_stays_as_it_is(filled, world):
    before = tree(filled.folder)
    found, done = filled.doctor(real=True, **world.settings)
    assert done.returncode == 0
    assert set(found) == set(Check)
    assert {f["level"] for group in found.values() for f in group} == {"ok"}, done.stdout
    assert tree(filled.folder) == before
    asked = dict(world.asked)
    assert asked["api"] - asked["feed"] >= 3.0, "arXiv's terms: one request in three seconds"
    assert "every stored paper" in one(found, "search index", "ok")


def test_beside_a_running_process(place, world):
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = str(probe.getsockname()[1])
    process = place.start("run", PORT=port, **world.settings)
    assert "http://" in process.stdout.readline()
    found, done = place.doctor("--offline", real=True, PORT=port, **world.settings)
    assert f"pid {process.pid} has it and answers" in one(found, "lock", "ok")
    assert "our own process" in one(found, "port", "ok")
    assert one(found, "database", "ok")
    assert done.returncode == 0
    # With another PORT it is held, and does not answer there.
    found, _ = place.doctor("--offline", PORT="1", **world.settings)
    assert f"kill {process.pid}" in one(found, "lock", "warn")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=15)


# -- settings ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "level", "said"),
    [
        ({"PORT": "http"}, "fail", "PORT is 'http'"),
        ({"PAPERBOY_DATADIR": "x"}, "warn", "did you mean PAPERBOY_DATA_DIR?"),
        ({"HOST": "0.0.0.0"}, "fail", "WEB_TOKEN must be set"),
        ({"DEFAULT_TIMEZONE": "Europe/Berlinn"}, "fail", "did you mean Europe/Berlin?"),
        ({"HF_TOKEN_FILE": "/nowhere"}, "fail", "HF_TOKEN_FILE names /nowhere"),
    ],
)
def test_a_wrong_setting_is_told_and_the_rest_is_checked(place, settings, level, said):
    found, _ = place.doctor(**settings)
    assert said in one(found, "settings", level)
    assert set(found) >= {"database", "lock", "disk", "python"}


def test_what_is_right_stays_in_effect_beside_what_is_wrong(place):
    _, done = place.doctor(PORT="x", LOG_LEVEL="loud", CONTACT="me@example.org")
    said = json.loads(done.stdout)
    assert (said["settings"]["PORT"], said["settings"]["CONTACT"]) == ("8080", "me@example.org")
    assert said["failures"] == 2
    assert "CONTACT=me@example.org; 13 at" in done.stdout


@pytest.mark.parametrize("content", ["WEB_TOKEN='hunter2\n", "not a setting hunter2\n"])
def test_a_broken_dotenv(place, content):
    (place.folder / ".env").write_text(content)
    found, done = place.doctor()
    assert ".env, line 1, cannot be read" in one(found, "settings", "fail")
    assert "hunter2" not in done.stdout


def test_secrets_are_never_shown(place):
    secret = "hunter2-hunter2"
    for form in (["doctor"], ["doctor", "--json"]):
        done = place.call(
            *form,
            "--offline",
            WEB_TOKEN=secret,
            HF_TOKEN=secret,
            CONTACT=secret,
            ARXIV_FEED_URL=f"https://me:{secret}@example.org",
            HUGGINGFACE_URL=f"htp://me:{secret}@example.org",
        )
        assert secret not in done.stdout + done.stderr
        assert "(set, not shown)" in done.stdout


# -- places --------------------------------------------------------------------


def test_a_folder_that_may_not_be_written(place):
    place.data.mkdir(mode=0o555)
    found, _ = place.doctor(preexec_fn=obey_permissions if os.geteuid() == 0 else None)
    assert "may not write in the folder" in one(found, "data folder", "fail")


def test_a_folder_that_is_missing_or_a_file(place):
    found, _ = place.doctor(PAPERBOY_DATA_DIR=str(place.folder / "misspelt"))
    assert "mkdir -p" in one(found, "data folder", "warn")
    place.data.write_text("")
    found, _ = place.doctor()
    assert "is a file, not a folder" in one(found, "data folder", "fail")


def test_a_dyno_forgets(place):
    found, _ = place.doctor(DYNO="web.1")
    assert "vanish" in one(found, "data folder", "warn")


@pytest.mark.parametrize(
    ("megabytes", "level"), [(501, Level.OK), (499, Level.WARN), (51, Level.WARN), (49, Level.FAIL)]
)
def test_a_disk_that_is_nearly_full(tmp_path, monkeypatch, megabytes, level):
    monkeypatch.setattr(places, "free_bytes", lambda _folder: megabytes * 1_000_000)
    assert places.check_disk(tmp_path).level is level


def test_a_small_disk(place):
    place.data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place.data)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:  # the stub above shows the same
        return
    try:
        found, _ = place.doctor()
    finally:
        subprocess.run(["umount", str(place.data)], check=True)
    assert "1 MB are free" in one(found, "disk", "fail")


# -- the program's own ---------------------------------------------------------


def test_versions():
    assert program.check_python((3, 10, 9)).level is Level.FAIL
    assert "harmless" in program.check_sqlite((3, 51, 2)).what
    assert "harmless" not in program.check_sqlite((3, 51, 3)).what


def test_zones_without_data(monkeypatch):
    def nothing(name):
        raise KeyError(name)

    monkeypatch.setattr(program, "ZoneInfo", nothing)
    said = program.check_zones("UTC")
    assert (said.level, "tzdata" in said.fix) == (Level.FAIL, True)


async def test_a_check_that_breaks_or_hangs_is_a_finding(tmp_path, monkeypatch):
    from adapters.doctor import examination

    def broken(*_arguments):
        raise RuntimeError("boom")

    waiting = threading.Event()

    def hanging(*_arguments, **_options):
        waiting.wait(20)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program, "check_python", broken)
    monkeypatch.setattr(examination, "check_database", hanging)
    monkeypatch.setattr(examination, "LONGEST", 2.0)
    found = await examine(review(), SystemClock(), offline=True)
    waiting.set()
    said = {finding.check: finding for finding in found.findings}
    assert "RuntimeError: boom" in said[Check.PYTHON].why
    assert said[Check.DATABASE].level is Level.WARN
    assert said[Check.LOCK].level is Level.OK


# -- what is shown -------------------------------------------------------------


class Screen:
    """A terminal of 80 columns."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return True


def examined() -> Examination:
    return Examination(
        findings=(
            ok(Check.PYTHON, "Python 3.11."),
            warn(Check.DISK, "400 MB are free.", why="Long " * 30, fix="Free some."),
            fail(Check.PORT, "Port \x1b[31m8080 is in use.", fix="Set PORT."),
        ),
        offline=True,
    )


def test_on_a_terminal_it_is_aligned_and_words_carry_what_colours_say(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen()
    report.show(examined(), Settings(), screen)
    assert "\x1b[31m8080" not in screen.text
    assert "\x1b[" in screen.text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", screen.text)
    lines = plain.splitlines()
    assert max(map(len, lines)) <= 80
    columns = {
        line.index(word) for line in lines for word in ("Python", "400 MB", "Port") if word in line
    }
    assert len(columns) == 1
    assert [line.split()[0] for line in lines if line[:1].strip()][:3] == ["ok", "warn", "fail"]
    assert "Fix: Free some." in plain


def test_in_a_pipe_every_finding_is_one_line(place):
    done = place.call("doctor", "--offline", PORT="x")
    lines = done.stdout.splitlines()
    assert "\x1b" not in done.stdout
    assert all(re.match(r"(ok|warn|fail) +\S", line) for line in lines[:-1])
    assert lines[-1].startswith("1 failure, 0 warnings")
    assert "--offline" in lines[-1]


def test_what_is_wrong_always_has_a_fix():
    with pytest.raises(ValueError, match="without a fix"):
        Finding(check=Check.PORT, level=Level.FAIL, what="Broken.")


def test_the_guide_has_a_heading_for_every_check():
    guide = (ROOT / "docs" / "guides" / "troubleshooting.md").read_text()
    assert re.findall(r"^## (.+)$", guide, re.MULTILINE) == list(Check)


def test_a_start_that_fails_points_to_the_doctor(place):
    done = place.call("run", PORT="x")
    assert done.returncode == 2
    assert done.stderr.count("paperboy doctor") == 1
    assert "paperboy doctor" not in place.call("migrate", PORT="x").stderr


def test_the_examination_needs_no_running_loop_of_others(tmp_path, monkeypatch):
    """Its threads are its own: the loop's end waits for none of them."""
    monkeypatch.chdir(tmp_path)
    found = asyncio.run(examine(review(), SystemClock(), offline=True))
    assert [finding.check for finding in found.findings] == [
        check for check in Check if check not in report_of_sources()
    ]


def report_of_sources() -> set[Check]:
    return {Check.ARXIV_FEED, Check.ARXIV_API, Check.HUGGING_FACE, Check.CLOCK}
