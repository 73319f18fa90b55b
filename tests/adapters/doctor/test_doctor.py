"""`paperboy doctor`: a sound place is ok, and each broken thing is recognised."""

import asyncio
import ctypes
import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from adapters.doctor import database, holder, places, program, report, sources
from adapters.doctor.examination import Examination, examine
from adapters.doctor.findings import Check, Finding, Level, fail, ok, warn
from adapters.settings import Settings, review, variables
from adapters.storage.lock import held
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


@pytest.fixture
def place(tmp_path) -> Iterator[Place]:
    here = Place(tmp_path, {"PORT": "0"})
    yield here
    for process in here.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


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


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Path:
    """A data folder with a database and an index of one paper."""
    here = Place(tmp_path_factory.mktemp("loaded"))
    done = here.call("load", "-", stdin=PAPER)
    assert done.returncode == 0, done.stderr
    return here.data


@pytest.fixture
def filled(place, loaded) -> Place:
    """One with a database and an index of one paper."""
    shutil.copytree(loaded, place.data)
    return place


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


# -- sources on loopback -------------------------------------------------------


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


@pytest.fixture
def world() -> Iterator[World]:
    with World() as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server
        server.let_go.set()
        server.shutdown()
        serving.join()


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


def obey_permissions() -> None:
    """Let permissions count for root too: drop CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH."""
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


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


# -- database ------------------------------------------------------------------


def test_a_database_of_another_program(place):
    place.data.mkdir()
    with closing(sqlite3.connect(place.data / "paperboy.db")) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.commit()
    found, _ = place.doctor()
    assert "of another program" in one(found, "database", "fail")


def test_a_file_that_is_no_database(place):
    place.data.mkdir()
    (place.data / "paperboy.db").write_text("Dear diary")
    found, _ = place.doctor()
    assert "is not a database" in one(found, "database", "fail")


@pytest.mark.parametrize("url", ["postgresql://me:pw12345@db/x", "mysql://x", "sqlite:///:memory:"])
def test_a_database_that_cannot_be_used(place, url):
    found, done = place.doctor(DATABASE_URL=url)
    assert one(found, "database", "fail")
    assert "pw12345" not in done.stdout


def test_a_damaged_database(filled):
    path = filled.data / "paperboy.db"
    content = bytearray(path.read_bytes())
    content[4096 * 5 :] = b"\x55" * (len(content) - 4096 * 5)
    path.write_bytes(content)
    found, _ = filled.doctor()
    assert "is damaged" in one(found, "database", "fail")


def test_a_newer_and_an_older_schema(filled, monkeypatch):
    path = filled.data / "paperboy.db"
    monkeypatch.setattr(database, "HEAD", "9998")
    older = database.check_database(path, shared=False, seconds=5)
    assert (older.level, "older Paperboy" in older.what) == (Level.FAIL, True)
    assert "paperboy migrate" in older.fix
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    found, _ = filled.doctor()
    assert "a newer Paperboy" in one(found, "database", "fail")


def test_what_a_crash_left_is_read_and_kept(filled):
    """The log beside the database holds commits; neither is changed by looking."""
    path = filled.data / "paperboy.db"
    crash = f"""
import os, sqlite3
c = sqlite3.connect({str(path)!r})
c.execute("PRAGMA wal_autocheckpoint=0")
c.execute("INSERT INTO counters VALUES ('crash', 1)")
c.commit()
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", crash], check=True)
    log = path.with_name("paperboy.db-wal")
    before = (path.read_bytes(), log.read_bytes())
    assert before[1]
    found, _ = filled.doctor()
    assert one(found, "database", "ok")
    assert (path.read_bytes(), log.read_bytes()) == before


def test_a_large_database_is_read_as_far_as_the_time_allows(filled, monkeypatch):
    monkeypatch.setattr(database, "STEPS", 1)
    path = filled.data / "paperboy.db"
    said = database.check_database(path, shared=False, seconds=0)
    assert (said.level, "as far as it was read" in said.what) == (Level.OK, True)


# -- lock, port ----------------------------------------------------------------


def test_a_second_process_that_does_not_answer(filled):
    with held(filled.data / "paperboy.lock"):
        found, _ = filled.doctor()
        assert f"pid {os.getpid()} has it and does not answer" in one(found, "lock", "warn")
    found, _ = filled.doctor()
    assert "free" in one(found, "lock", "ok")


def test_without_the_kernels_list_the_named_process_is_looked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(holder, "KERNEL_LOCKS", tmp_path / "absent")
    file = tmp_path / "paperboy.lock"
    file.write_text(f"{os.getpid()}\n")
    found = holder.find_holder([file])
    assert found is not None
    assert found.pid == os.getpid()
    file.write_text("99999999\n")
    assert holder.find_holder([file]) is None
    file.write_text("")
    assert holder.find_holder([file]) is None


def test_a_port_that_a_stranger_has(place):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        found, _ = place.doctor(PORT=port)
    assert "in use by another program" in one(found, "port", "fail")
    assert "set PORT" in one(found, "port", "fail")


def test_a_port_that_another_paperboy_has():
    health = holder.Health(ok=True, pid=7, version="1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        other = holder.check_port("127.0.0.1", port, None, health)
        own = holder.check_port("127.0.0.1", port, holder.Holder(pid=7), health)
    assert (other.level, "another Paperboy (pid 7)" in other.what) == (Level.FAIL, True)
    assert own.level is Level.OK


def test_a_host_that_is_not_this_machine(place):
    found, _ = place.doctor(HOST="192.0.2.1", PORT="8080", WEB_TOKEN="let-me-in")
    assert "no address of this machine" in one(found, "port", "fail")


def test_a_process_whose_loops_stand_still():
    health = holder.Health(ok=False, pid=7, version="1")
    said = holder.check_lock(holder.Holder(pid=7), health, "http://127.0.0.1:8080")
    assert said.level is Level.FAIL


# -- search index, deliveries --------------------------------------------------


def test_an_index_that_is_broken_removed_or_behind(filled):
    files = filled.data / "index" / "files"
    kept = {path: path.read_bytes() for path in files.iterdir()}
    (name,) = [path for path in kept if path.suffix == ".term"]
    name.write_bytes(kept[name][:-20])
    found, _ = filled.doctor()
    assert "made anew" in one(found, "search index", "warn")
    name.write_bytes(kept[name])
    mark = filled.data / "index" / "mark.json"
    stands = json.loads(mark.read_text())
    mark.write_text(json.dumps(stands | {"seq": stands["seq"] - 1}))
    found, _ = filled.doctor()
    assert "behind by 1 paper;" in one(found, "search index", "ok")
    mark.write_text(json.dumps(stands | {"seq": stands["seq"] + 5}))
    found, _ = filled.doctor()
    assert "ahead of the database" in one(found, "search index", "warn")
    mark.unlink()
    found, _ = filled.doctor()
    assert "though papers are stored" in one(found, "search index", "warn")


def subscribe_and_owe(place: Place, **values: object) -> None:
    """One delivery of the stored paper, as it stands in the table."""
    with closing(sqlite3.connect(place.data / "paperboy.db")) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        columns = connection.execute("PRAGMA table_info(deliveries)").fetchall()
        row: dict[str, object] = {
            name: 0 if kind == "INTEGER" else "x"
            for _, name, kind, required, default, key in columns
            if required and default is None and not key
        }
        row |= {"id": "d1", "created_at": "2026-06-12 00:00:00.000000"} | values
        names = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        connection.execute(
            f"INSERT INTO deliveries ({names}) VALUES ({marks})", tuple(row.values())
        )
        connection.commit()


def test_dead_letters(filled):
    subscribe_and_owe(filled, state="dead", failure="The channel is gone.")
    found, done = filled.doctor()
    said = one(found, "deliveries", "warn")
    assert "1 card could not be posted" in said
    assert "The channel is gone." in said
    assert "paperboy outbox list" in said
    assert done.returncode == 0
    assert filled.call("doctor", "--offline", "--strict").returncode == 1


def test_what_waits_too_long(filled):
    subscribe_and_owe(filled, state="pending", due_at="2026-06-12 00:00:00.000000")
    found, _ = filled.doctor()
    assert "1 card waits" in one(found, "deliveries", "warn")
    assert "Start `paperboy run`." in one(found, "deliveries", "warn")


# -- sources, clock ------------------------------------------------------------


def test_sources_that_are_away(place):
    found, _ = place.doctor(
        real=True,
        ARXIV_FEED_URL=NOBODY,
        ARXIV_API_URL=f"{NOBODY}/api/query",
        HUGGINGFACE_URL=NOBODY,
    )
    for check, setting in (
        ("arxiv feed", "ARXIV_FEED_URL"),
        ("arxiv api", "ARXIV_API_URL"),
        ("hugging face", "HUGGINGFACE_URL"),
    ):
        assert "cannot be reached" in one(found, check, "fail")
        assert setting in one(found, check, "fail")
    assert "No source answered" in one(found, "clock", "warn")


def test_sources_that_answer_something_else(place, world):
    world.faults = {"feed": "challenge", "api": "challenge", "daily": "challenge"}
    found, _ = place.doctor(**world.settings)
    for check in ("arxiv feed", "arxiv api", "hugging face"):
        assert "a web page instead of data" in one(found, check, "fail")


def test_sources_that_are_out_of_order_or_write_in_a_new_way(place, world):
    world.faults = {"feed": "503", "daily": "new format"}
    found, _ = place.doctor(**world.settings)
    assert "out of order (503)" in one(found, "arxiv feed", "fail")
    assert "none can be read" in one(found, "hugging face", "fail")
    assert one(found, "arxiv api", "ok")


def test_an_arxiv_that_was_asked_too_often_is_asked_no_more(place, world):
    world.faults = {"feed": "429", "daily": "429"}
    found, done = place.doctor(**world.settings)
    assert "asked too often (429)" in one(found, "arxiv feed", "warn")
    assert "slow down" in one(found, "arxiv api", "warn")
    assert "429" in one(found, "hugging face", "warn")
    assert [name for name, _ in world.asked if name == "api"] == []
    assert done.returncode == 0


def test_a_cool_down_that_is_stored_is_kept(filled, world):
    until = (datetime.now(UTC) + timedelta(minutes=9)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(filled.data / "paperboy.db")) as connection:
        connection.execute(
            "INSERT INTO breakers (scope, fail_count, open_until, reason) VALUES (?, 1, ?, 'x')",
            (database.GATE, until),
        )
        connection.commit()
    found, _ = filled.doctor(**world.settings)
    assert "ask again in 8 minutes" in one(found, "arxiv feed", "warn")
    assert {name for name, _ in world.asked} == {"daily"}


def test_the_gate_keeps_its_cool_down_where_the_doctor_looks():
    from adapters.sources import arxiv_gate

    assert database.GATE == arxiv_gate.SCOPE


def test_it_ends_in_time_when_all_sources_hang(place, world):
    world.faults = {"feed": "hang", "api": "hang", "daily": "hang"}
    begun = time.monotonic()
    found, _ = place.doctor(real=True, **world.settings)
    # Ten seconds is the promise; a machine that runs other tests beside gets some more.
    assert time.monotonic() - begun < 20
    for check in ("arxiv feed", "arxiv api", "hugging face"):
        assert "did not answer in time" in one(found, check, "fail")


def test_the_patience_with_sources_fits_into_the_time():
    from adapters.doctor.examination import LONGEST
    from adapters.sources.arxiv_gate import SPACING

    assert timedelta(seconds=1) < sources.ARXIV_PATIENCE - SPACING - sources.FEED_PATIENCE
    assert max(sources.ARXIV_PATIENCE, sources.HUGGING_FACE_PATIENCE) < timedelta(seconds=LONGEST)


def test_a_clock_that_is_wrong(place, world):
    world.skews = {"arxiv": timedelta(minutes=-10), "daily": timedelta(minutes=-10)}
    found, _ = place.doctor(**world.settings)
    assert re.search(r"clock is (10|9) minutes ahead of", one(found, "clock", "warn"))
    assert "timedatectl" in one(found, "clock", "warn")


def test_a_source_whose_clock_is_wrong():
    minute = timedelta(minutes=1)
    said = sources.check_clock({"arXiv": -10 * minute, "Hugging Face": minute / 60})
    assert (said.level, "10 minutes behind that of arXiv" in said.what) == (Level.WARN, True)
    assert "It agrees with Hugging Face" in said.why
    assert sources.check_clock({"arXiv": 2 * minute}).level is Level.OK
    assert sources.check_clock({"arXiv": 2.1 * minute}).level is Level.WARN


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
